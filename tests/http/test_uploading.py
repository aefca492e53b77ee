"""Prove how documents come in: read within bounds, stored sealed, attached or taken back."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from cambist.app.customers.attach_document import AttachDocument
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.documents import DocumentKind
from cambist.http.multipart_body import FIELDS_BYTES_MAX, FILE_BYTES_MAX, SentForm, read_form
from cambist.http.refusals import RefusedError
from cambist.http.uploading import Upload, Uploads
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.documents import (
    CleanDocument,
    DocumentIntakeUnavailableError,
    DocumentRefusal,
    DocumentRefusedError,
    DocumentStoreUnavailableError,
    MediaType,
)

ORDER = OrderId(UUID(int=1))
DOCUMENT = UUID(int=2)
KEY = bytes(range(32))
SENT = Upload(ORDER, None, CaseKind.IDENTITY, DocumentKind.PASSPORT, b"dirty", ".png")
BOUNDARY = "xyz"


@dataclass
class House:
    """Be everything uploads need, and write down what happens."""

    refusal: BaseException | None = None
    taken: Exception | None = None
    stored: dict[UUID, bytes] = field(default_factory=dict)
    commands: list[object] = field(default_factory=list)
    full: bool = False
    notes: set[UUID] = field(default_factory=set)

    async def announce(self, document: UUID) -> None:
        self.notes.add(document)

    async def settle(self, document: UUID) -> None:
        self.notes.discard(document)

    async def unsettled(self, limit: int) -> Sequence[UUID]:
        return list(self.notes)[:limit]

    async def execute(self, command: object, gate: object = None) -> object:
        self.commands.append(command)
        if self.refusal is not None:
            raise self.refusal
        return None

    async def take(self, content: bytes, claimed_type: str | None) -> CleanDocument:
        if self.taken is not None:
            raise self.taken
        assert (content, claimed_type) == (b"dirty", ".png")
        return CleanDocument(MediaType.PNG, b"clean", 1, 1)

    async def put(self, document: UUID, content: bytes, key: bytes) -> None:
        assert document in self.notes
        if self.full:
            raise DocumentStoreUnavailableError
        assert (content, key) == (b"clean", KEY)
        self.stored[document] = content

    async def get(self, document: UUID, key: bytes) -> bytes:
        return self.stored[document]

    async def delete(self, document: UUID) -> None:
        if self.full:
            raise DocumentStoreUnavailableError
        self.stored.pop(document, None)

    async def document_key(self, order_id: OrderId, document_id: UUID) -> bytes:
        assert (order_id, document_id) == (ORDER, DOCUMENT)
        return KEY

    @property
    def uploads(self) -> Uploads:
        return Uploads(self, self, self, self, lambda: DOCUMENT)


async def test_clean_document_is_stored_before_it_is_described() -> None:
    house = House()
    assert await house.uploads.take(SENT) == DOCUMENT
    assert (house.stored, house.notes) == ({DOCUMENT: b"clean"}, set())
    assert house.commands == [
        AttachDocument(
            ORDER,
            None,
            DOCUMENT,
            CaseKind.IDENTITY,
            DocumentKind.PASSPORT,
            "image/png",
            5,
            hashlib.sha256(b"clean").hexdigest(),
        )
    ]


@pytest.mark.parametrize("code", [ErrorCode.CASE_NOT_OPEN, ErrorCode.LIMIT_EXCEEDED])
async def test_document_that_is_not_attached_is_taken_back(code: ErrorCode) -> None:
    house = House(refusal=DomainError(code))
    with pytest.raises(DomainError, match=code.value):
        await house.uploads.take(SENT)
    assert (house.stored, house.notes) == ({}, set())


async def test_document_stays_when_nobody_knows_whether_it_was_attached() -> None:
    house = House(refusal=DomainError(ErrorCode.UNKNOWN_OUTCOME))
    with pytest.raises(DomainError):
        await house.uploads.take(SENT)
    assert (house.stored, house.notes) == ({DOCUMENT: b"clean"}, {DOCUMENT})


async def test_document_whose_upload_died_is_noted() -> None:
    house = House(refusal=asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await house.uploads.take(SENT)
    assert (house.stored, house.notes) == ({DOCUMENT: b"clean"}, {DOCUMENT})


@pytest.mark.parametrize("reason", DocumentRefusal)
async def test_refused_document_says_why_and_leaves_nothing(reason: DocumentRefusal) -> None:
    house = House(taken=DocumentRefusedError(reason))
    with pytest.raises(DomainError) as refused:
        await house.uploads.take(SENT)
    assert refused.value.code is ErrorCode.DOCUMENT_INVALID
    assert refused.value.facts == {"field": "file", "reason": reason.value}
    assert (house.stored, house.commands) == ({}, [])


async def test_what_cannot_be_taken_now_may_be_sent_again() -> None:
    for house in (House(taken=DocumentIntakeUnavailableError()), House(full=True)):
        with pytest.raises(DomainError) as refused:
            await house.uploads.take(SENT)
        assert refused.value.code is ErrorCode.OVERLOADED
        assert house.commands == []


def part(name: str, content: bytes, filename: str | None = None, media: str = "") -> bytes:
    disposition = f'form-data; name="{name}"'
    if filename is not None:
        disposition += f'; filename="{filename}"'
    head = f"Content-Disposition: {disposition}\r\n"
    if media:
        head += f"Content-Type: {media}\r\n"
    return f"--{BOUNDARY}\r\n{head}\r\n".encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def read(content: bytes, chunk: int = 7, boundary: str | None = BOUNDARY) -> SentForm:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), chunk):
            yield content[start : start + chunk]

    return await read_form(chunks(), boundary, "file")


@pytest.mark.parametrize("chunk", [1, 7, 10_000])
async def test_form_is_read_however_it_is_cut(chunk: int) -> None:
    form = await read(
        body(part("kind", "pas é".encode()), part("file", b"\x00\r\n--x", "a b.PNG", "image/png")),
        chunk,
    )
    assert dict(form.fields) == {"kind": "pas é"}
    assert form.file is not None
    assert (form.file.content, form.file.claimed_type) == (b"\x00\r\n--x", ".PNG")


@pytest.mark.parametrize(
    ("filename", "media", "claim"),
    [
        ("x.jpg", "image/png", ".jpg"),
        ("..\\..\\etc\\x.pdf", "", ".pdf"),
        ("../../etc/passwd", "image/png", "image/png"),
        ("noending", "", None),
    ],
)
async def test_name_is_looked_at_for_its_ending_only(
    filename: str, media: str, claim: str | None
) -> None:
    form = await read(body(part("file", b"x", filename, media)))
    assert form.file is not None
    assert form.file.claimed_type == claim


async def test_file_that_was_not_chosen_is_none() -> None:
    assert (await read(body(part("file", b"", "", "application/octet-stream")))).file is None
    assert (await read(body(part("kind", b"x")))).file is None


BROKEN: Sequence[tuple[bytes, str | None]] = (
    (b"", BOUNDARY),
    (b"nothing", BOUNDARY),
    (body(part("kind", b"x")), None),
    (body(part("kind", b"x")), "other"),
    (body(part("kind", b"x"), part("kind", b"y")), BOUNDARY),
    (body(part("file", b"x", "a.png"), part("file", b"y", "b.png")), BOUNDARY),
    (body(part("", b"x")), BOUNDARY),
    (body(part("k" * 101, b"x")), BOUNDARY),
    (body(part("kind", b"\xff\xfe")), BOUNDARY),
    (part("kind", b"x"), BOUNDARY),
)


@pytest.mark.parametrize(("content", "boundary"), BROKEN)
async def test_broken_form_is_refused(content: bytes, boundary: str | None) -> None:
    with pytest.raises(RefusedError) as refused:
        await read(content, boundary=boundary)
    assert refused.value.refusal.status == 400


async def test_bounds_hold_to_the_byte() -> None:
    whole = await read(body(part("file", bytes(FILE_BYTES_MAX), "x.png")), 65_536)
    assert whole.file is not None
    for content in (
        body(part("file", bytes(FILE_BYTES_MAX + 1), "x.png")),
        body(part("kind", bytes(FIELDS_BYTES_MAX + 1))),
        body(*(part(f"k{n}", b"x") for n in range(21))),
    ):
        with pytest.raises(RefusedError) as refused:
            await read(content, 65_536)
        assert refused.value.refusal.status == 413
