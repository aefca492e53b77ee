"""Decide how many pixels a picture will need, from its header, before anything is unpacked.

Sources: PNG (W3C) 11.2.1; JPEG, ITU-T T.81 annex B.
"""

import struct
import zlib
from dataclasses import dataclass

from cambist.ports.documents import DocumentRefusal, DocumentRefusedError, MediaType

SEGMENTS_MAX = 10_000

_IHDR = struct.Struct(">I4sIIBBBBBI")
_PNG_HEADER_AT = 8
_SEGMENT = struct.Struct(">H")
_FRAME = struct.Struct(">BHH")
_START_OF_SCAN = 0xDA
# C4, C8 and CC among them are tables, not frames.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Hold a picture's width and height, both positive."""

    width: int
    height: int


def pixel_size(content: bytes, kind: MediaType) -> PixelSize:
    """Read a PNG's or JPEG's size from its header.

    Raises:
        DocumentRefusedError: BROKEN; TOO_COMPLEX when the header never ends.
    """
    try:
        width, height = _png(content) if kind is MediaType.PNG else _jpeg(content)
    except (struct.error, IndexError):
        raise DocumentRefusedError(DocumentRefusal.BROKEN) from None
    if width < 1 or height < 1:
        raise DocumentRefusedError(DocumentRefusal.BROKEN)
    return PixelSize(width, height)


def _png(content: bytes) -> tuple[int, int]:
    length, name, width, height, *_, checksum = _IHDR.unpack_from(content, _PNG_HEADER_AT)
    covered = content[_PNG_HEADER_AT + 4 : _PNG_HEADER_AT + _IHDR.size - 4]
    if length != 13 or name != b"IHDR" or zlib.crc32(covered) != checksum:
        raise DocumentRefusedError(DocumentRefusal.BROKEN)
    return width, height


def _jpeg(content: bytes) -> tuple[int, int]:
    """Walk the segments up to the frame header."""
    at = 2
    for _ in range(SEGMENTS_MAX):
        if content[at] != 0xFF:
            raise DocumentRefusedError(DocumentRefusal.BROKEN)
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        at += 2
        if marker in _STANDALONE:
            continue
        if marker in _FRAMES:
            _, height, width = _FRAME.unpack_from(content, at + 2)
            return width, height
        (length,) = _SEGMENT.unpack_from(content, at)
        if marker == _START_OF_SCAN or length < 2:
            raise DocumentRefusedError(DocumentRefusal.BROKEN)
        at += length
    raise DocumentRefusedError(DocumentRefusal.TOO_COMPLEX)
