"""Say how people's documents are taken in, made harmless, and kept outside the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class MediaType(StrEnum):
    """Name what is taken in."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


class DocumentRefusal(StrEnum):
    """Name why a document is not taken.

    TOO_COMPLEX covers what costs too much to look through and what nobody can: too many pages,
    encrypted, or with scripts, forms or files inside.
    """

    TOO_LARGE = "too-large"
    EMPTY = "empty"
    TYPE_UNKNOWN = "type-unknown"
    TYPE_MISMATCH = "type-mismatch"
    TOO_MANY_PIXELS = "too-many-pixels"
    BROKEN = "broken"
    TOO_COMPLEX = "too-complex"


class DocumentRefusedError(Exception):
    """The document is not taken; another one may be."""

    def __init__(self, reason: DocumentRefusal) -> None:
        super().__init__(f"refused: {reason.value}")
        self.reason = reason


class DocumentIntakeUnavailableError(Exception):
    """Too many documents wait, or the decoder cannot be started: send the same again later."""


class DocumentStoreUnavailableError(Exception):
    """The store cannot be read or written now, or has too little room left."""


class DocumentMissingError(Exception):
    """There is no such document (any more)."""


class DocumentSealBrokenError(Exception):
    """The document was altered, or its key is another."""


@dataclass(frozen=True, slots=True)
class CleanDocument:
    """Hold a document made harmless; pictures have a size in pixels."""

    media_type: MediaType
    content: bytes
    width: int | None
    height: int | None


class DocumentIntake(Protocol):
    """Look at what a stranger sent, in a process that may do nothing else."""

    async def take(self, content: bytes, claimed_type: str | None) -> CleanDocument:
        """Check a document and return what of it may be kept and served.

        Pictures are painted anew, so nothing but pixels is left of them. PDFs stay as they are
        and are only ever to be handed out as attachments. `claimed_type` is a media type or a
        file name's ending with its dot; None and `application/octet-stream` claim nothing.

        Raises:
            DocumentRefusedError: it is not taken.
            DocumentIntakeUnavailableError: not now.
        """


class DocumentStore(Protocol):
    """Keep documents sealed; `key` is 32 bytes the caller derives from its owner's.

    Whoever destroys the owner's key erases the document, in every backup too. All methods raise
    DocumentStoreUnavailableError.
    """

    async def announce(self, document: UUID) -> None:
        """Note, so that it survives a crash, that a document is put nobody may come to know of."""

    async def settle(self, document: UUID) -> None:
        """Drop the note: the document is known elsewhere, or deleted."""

    async def unsettled(self, limit: int) -> Sequence[UUID]:
        """List documents announced so long ago that whoever did it must have died."""

    async def put(self, document: UUID, content: bytes, key: bytes) -> None:
        """Write a document so that it survives a crash once this returns; twice is once."""

    async def get(self, document: UUID, key: bytes) -> bytes:
        """Read a document.

        Raises:
            DocumentMissingError: there is none.
            DocumentSealBrokenError: altered, or sealed under another key.
        """

    async def delete(self, document: UUID) -> None:
        """Remove a document; nothing happens when there is none."""
