"""Decide what the decoder's process may do: read one document, use some memory, answer, end.

Asked as `child TYPE WIDTH HEIGHT` with the document as its input. It answers READY, then a line
of JSON, then the clean picture; what is not done is told by the exit code.
"""

import os
import resource
import struct
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress

import msgspec
from PIL import Image, TiffImagePlugin

from cambist.adapters.documents.painting import paint_anew
from cambist.adapters.documents.pdf import examine
from cambist.adapters.documents.sizes import PixelSize
from cambist.adapters.documents.talk import EXITS, READY, Told
from cambist.ports.documents import (
    CleanDocument,
    DocumentRefusal,
    DocumentRefusedError,
    MediaType,
)

MEMORY_MAX_BYTES = 512 * 1024**2
CPU_MAX_S = 10
NOBODY = 65_534
"""Of no use to anybody: user and group of that name on Linux."""

# Read EXIF; Pillow imports it only when it needs it, and then no file can be opened any more.
_PLUGINS = (TiffImagePlugin,)
_BAD_PICTURE = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError)
_BAD_DATA = (struct.error, zlib.error, OverflowError, AssertionError, AttributeError)


def lock_down() -> None:
    """Give up everything but memory, time and the three open files.

    Without room for another open file there is no file, no socket and no network. The limit on
    processes does not bind root, so root becomes nobody.
    """
    Image.preinit()
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_MAX_BYTES),
        (resource.RLIMIT_CPU, CPU_MAX_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (limit, limit))
    if os.geteuid() == 0:
        # A root without this right has none to raise its limits either.
        with suppress(PermissionError):
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)


def clean(content: bytes, kind: MediaType, announced: PixelSize) -> CleanDocument:
    """Return what may be kept of a document, for a PDF nothing but the verdict.

    Raises:
        DocumentRefusedError: BROKEN or TOO_COMPLEX.
    """
    try:
        if kind is MediaType.PDF:
            examine(content)
            return CleanDocument(kind, b"", None, None)
        return paint_anew(content, kind, announced)
    except MemoryError:
        raise DocumentRefusedError(DocumentRefusal.TOO_COMPLEX) from None
    except (*_BAD_PICTURE, *_BAD_DATA):
        raise DocumentRefusedError(DocumentRefusal.BROKEN) from None


def main(arguments: Sequence[str]) -> int:
    """Clean the document that comes in; 0 when it is done."""
    kind, width, height = arguments
    lock_down()
    out = sys.stdout.buffer
    out.write(READY)
    out.flush()
    try:
        done = clean(sys.stdin.buffer.read(), MediaType(kind), PixelSize(int(width), int(height)))
    except DocumentRefusedError as refused:
        return EXITS[refused.reason]
    told = Told(done.media_type, len(done.content), done.width, done.height)
    out.write(msgspec.json.encode(told) + b"\n")
    out.write(done.content)
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
