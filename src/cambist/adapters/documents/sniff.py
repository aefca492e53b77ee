"""Decide what a document is: by its own bytes, in agreement with what its sender says."""

import puremagic

from cambist.ports.documents import DocumentRefusal, DocumentRefusedError, MediaType

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"%PDF-1.", MediaType.PDF),
    (b"%PDF-2.", MediaType.PDF),
)
"""At the very start: readers that look further are how polyglots work."""

CLAIMS = {
    "image/png": MediaType.PNG,
    "image/x-png": MediaType.PNG,
    ".png": MediaType.PNG,
    "image/jpeg": MediaType.JPEG,
    "image/jpg": MediaType.JPEG,
    "image/pjpeg": MediaType.JPEG,
    ".jpg": MediaType.JPEG,
    ".jpeg": MediaType.JPEG,
    "application/pdf": MediaType.PDF,
    "application/x-pdf": MediaType.PDF,
    ".pdf": MediaType.PDF,
}
NO_CLAIM = frozenset({"", "application/octet-stream"})


def sniff(content: bytes, claimed_type: str | None) -> MediaType:
    """Name the type of a document.

    Raises:
        DocumentRefusedError: TYPE_UNKNOWN, or TYPE_MISMATCH when another one is claimed.
    """
    found = next((kind for start, kind in SIGNATURES if content.startswith(start)), None)
    if found is None or not _is_confirmed(content, found):
        raise DocumentRefusedError(DocumentRefusal.TYPE_UNKNOWN)
    claim = (claimed_type or "").partition(";")[0].strip().lower()
    if claim not in NO_CLAIM and CLAIMS.get(claim) is not found:
        raise DocumentRefusedError(DocumentRefusal.TYPE_MISMATCH)
    return found


def _is_confirmed(content: bytes, found: MediaType) -> bool:
    """Ask the table of signatures for a second opinion."""
    try:
        return any(match.mime_type == found for match in puremagic.magic_string(content))
    except puremagic.PureError:
        return False
