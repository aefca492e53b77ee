"""Decide how the intake and its child talk: a sign of life, an exit code, a line and bytes."""

import msgspec

from cambist.ports.documents import DocumentRefusal, MediaType

READY = b"ready\n"
EXITS = {DocumentRefusal.BROKEN: 10, DocumentRefusal.TOO_COMPLEX: 12}
LINE_MAX = 500


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say what the bytes behind the line are; a PDF's are none."""

    media_type: MediaType
    size: int
    width: int | None
    height: int | None
