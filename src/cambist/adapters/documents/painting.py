"""Decide what is left of a picture: its pixels, upright, on white, not larger than needed."""

import io
import struct
from typing import assert_never

from PIL import Image, JpegImagePlugin, PngImagePlugin

from cambist.adapters.documents.sizes import PixelSize
from cambist.ports.documents import (
    CleanDocument,
    DocumentRefusal,
    DocumentRefusedError,
    MediaType,
)

SIDE_KEPT = 3_000
"""An A4 page at 250 dots an inch; larger pictures are made smaller."""
JPEG_QUALITY = 88
PNG_BYTES_KEPT = 8 * 1024**2
"""A larger one becomes a JPEG."""

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BAD_EXIF = (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error)


def paint_anew(content: bytes, kind: MediaType, announced: PixelSize) -> CleanDocument:
    """Decode a picture and encode its pixels and nothing else.

    Raises:
        DocumentRefusedError: BROKEN when the decoder sees another size than was announced.
        OSError, SyntaxError, ValueError and others: whatever the decoder says of a bad picture.
    """
    picture = _opened(content, kind)
    if picture.size != (announced.width, announced.height):
        raise DocumentRefusedError(DocumentRefusal.BROKEN)
    turn = _UPRIGHT.get(_orientation(picture))
    if kind is MediaType.JPEG:
        # Decodes a large one at a fraction of its size to begin with.
        picture.draft(None, (SIDE_KEPT, SIDE_KEPT))
    plain = _plain(picture)
    plain.thumbnail((SIDE_KEPT, SIDE_KEPT), reducing_gap=2.0)
    plain = _on_white(plain)
    if turn is not None:
        plain = plain.transpose(turn)
    # Comment, profile, text: encoders take them from here.
    plain.info = {}
    kind, encoded = _encoded(plain, kind)
    return CleanDocument(kind, encoded, plain.width, plain.height)


def _opened(content: bytes, kind: MediaType) -> Image.Image:
    match kind:
        case MediaType.JPEG:
            return JpegImagePlugin.JpegImageFile(io.BytesIO(content))
        case MediaType.PNG:
            return PngImagePlugin.PngImageFile(io.BytesIO(content))
        case MediaType.PDF:
            raise ValueError("a PDF is no picture")
        case _:
            assert_never(kind)


def _orientation(picture: Image.Image) -> int:
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except _BAD_EXIF:
        return 1
    return found if isinstance(found, int) else 1


def _plain(picture: Image.Image) -> Image.Image:
    """Bring every mode to L, RGB or RGBA of 8 bits."""
    picture.load()
    if picture.mode.startswith("I"):
        # Sixteen bits: `convert` alone would clip them.
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA"):
        wanted = "RGBA"
    else:
        wanted = "L" if picture.mode in ("1", "L") else "RGB"
    # Without need no copy: of the largest pictures it is a hundred megabytes.
    return picture if picture.mode == wanted else picture.convert(wanted)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _encoded(picture: Image.Image, kind: MediaType) -> tuple[MediaType, bytes]:
    out = io.BytesIO()
    if kind is MediaType.PNG:
        picture.save(out, "PNG")
        if out.tell() <= PNG_BYTES_KEPT:
            return kind, out.getvalue()
        out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return MediaType.JPEG, out.getvalue()
