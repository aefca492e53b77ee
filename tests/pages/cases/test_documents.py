"""Prove how documents are sent through the pages, and what is said of those not taken."""

from collections.abc import Iterator

import pytest

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.documents import DocumentKind
from cambist.http.multipart_body import FILE_BYTES_MAX
from cambist.http.uploading import Upload
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.cases.acting import REFUSED_FILES
from cambist.pages.cases.app import FORM_BYTES_MAX
from cambist.pages.cases.shown import Notice, Wrong
from cambist.ports.documents import DocumentRefusal
from tests.pages.cases.answers import TEXTS, said, show, upload
from tests.pages.cases.scenery import ORDER, PAGE
from tests.pages.cases.stage import Stage, cookie, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as ready:
        yield ready


@pytest.mark.parametrize("name", ["identity", "aml"])
def test_document_is_taken_for_the_case_that_is_open(stage: Stage, name: str) -> None:
    show(stage, name)
    assert upload(stage, b"\xff\xd8\xff", "C:\\Jana\\card.JPG").status_code == 303
    kind = CaseKind(name)
    expected = Upload(ORDER, None, kind, DocumentKind.ID_FRONT, b"\xff\xd8\xff", ".JPG")
    assert stage.uploads.taken == [expected]
    assert TEXTS.document_kinds[DocumentKind.ID_FRONT] in stage.get("/case").text


@pytest.mark.parametrize("refusal", DocumentRefusal)
def test_refused_document_is_said_beside_the_file(stage: Stage, refusal: DocumentRefusal) -> None:
    show(stage, "identity")
    stage.uploads.refusal = DomainError(
        ErrorCode.DOCUMENT_INVALID, field="file", reason=refusal.value
    )
    answer = upload(stage, b"x")
    assert answer.status_code == 422
    assert f'id="e-file">{said(REFUSED_FILES[refusal])}<' in answer.text


def test_file_of_ten_megabytes_is_taken_and_one_byte_more_is_not(stage: Stage) -> None:
    show(stage, "identity")
    assert upload(stage, bytes(FILE_BYTES_MAX)).status_code == 303
    for size in (FILE_BYTES_MAX + 1, 2 * FILE_BYTES_MAX):
        answer = upload(stage, bytes(size))
        assert answer.status_code == 413
        assert f'id="e-file">{said(Wrong.FILE_TOO_LARGE)}<' in answer.text
    assert len(stage.uploads.taken) == 1


def test_file_that_was_not_chosen_is_asked_for(stage: Stage) -> None:
    show(stage, "identity")
    answer = upload(stage, None)
    assert (answer.status_code, said(Wrong.FILE_MISSING) in answer.text) == (422, True)


def test_one_file_too_many_is_said(stage: Stage) -> None:
    show(stage, "identity")
    stage.uploads.refusal = DomainError(ErrorCode.LIMIT_EXCEEDED, limit=20)
    answer = upload(stage, b"x")
    assert (answer.status_code, TEXTS.notices[Notice.TOO_MANY_FILES] in answer.text) == (409, True)


@pytest.mark.parametrize("kind", ["", "nothing", "id-front\x00"])
def test_document_of_no_kind_is_refused(stage: Stage, kind: str) -> None:
    show(stage, "identity")
    assert upload(stage, b"x", kind=kind).status_code == 400


def test_document_without_the_sessions_token_is_refused(stage: Stage) -> None:
    show(stage, "identity")
    for token in ("", "0" * 64):
        assert upload(stage, b"x", token=token).status_code == 403
    assert stage.uploads.taken == []


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"\xff%zz=&&;", "application/x-www-form-urlencoded", 403),
        (b"form=%ff%fe", "application/x-www-form-urlencoded", 403),
        (b"{", "application/json", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"a=" + b"b" * FORM_BYTES_MAX, "application/x-www-form-urlencoded", 413),
        (b"", "", 400),
    ],
)
@pytest.mark.parametrize("action", ["identity", "document"])
def test_broken_forms_are_refused(
    stage: Stage, action: str, body: bytes, media_type: str, status: int
) -> None:
    show(stage, "identity")
    answer = stage.client.post(
        f"/order/{PAGE}/case/{action}",
        content=body,
        headers={"content-type": media_type, **cookie("sessionSESSIONsessionSESSION1234")},
    )
    assert answer.status_code == (400 if action == "document" else status)
    assert (stage.bus.commands, stage.uploads.taken) == ([], [])
