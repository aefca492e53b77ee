"""Decide what must become of each document a stranger may send (harness H12)."""

import functools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cambist.adapters.documents.intake import IntakeLimits
from cambist.ports.documents import DocumentRefusal, MediaType
from tests.documents import papers
from tests.documents.pictures import (
    PAYLOAD,
    PNG_START,
    apng,
    bmp,
    chunk,
    crowded_exif,
    deep_png,
    flood_png,
    header_only_png,
    ihdr,
    jpeg,
    lying_jpeg,
    png,
    segment,
    sixteen_bit_grey,
    turned_jpeg,
    with_chunks,
    with_segments,
)

JPEG, PNG, PDF = MediaType.JPEG, MediaType.PNG, MediaType.PDF
BROKEN, TOO_COMPLEX = DocumentRefusal.BROKEN, DocumentRefusal.TOO_COMPLEX
UNKNOWN, MISMATCH = DocumentRefusal.TYPE_UNKNOWN, DocumentRefusal.TYPE_MISMATCH
PIXELS = DocumentRefusal.TOO_MANY_PIXELS


@dataclass(frozen=True, slots=True)
class Case:
    """Hold a document, what its sender says it is, and what must become of it."""

    name: str
    content: bytes
    claimed: str | None
    wanted: MediaType | DocumentRefusal


@functools.cache
def cases() -> tuple[Case, ...]:
    """Make every document of the corpus, once."""
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    yield from _floods()
    yield from _honest()
    yield from _masked()
    yield from _carriers()
    yield from _broken()
    for name, content in papers.HONEST.items():
        yield Case(f"pdf: {name}", content, "application/pdf", PDF)
    for name, content in papers.HOSTILE.items():
        yield Case(f"pdf: {name}", content, "application/pdf", TOO_COMPLEX)
    for name, content in papers.BROKEN.items():
        yield Case(f"pdf: {name}", content, "application/pdf", BROKEN)


def _floods() -> Iterator[Case]:
    limit = IntakeLimits().bytes_max
    yield Case("13000 x 13000 in 20 KB", flood_png(13_000), "image/png", PIXELS)
    yield Case("30000 x 30000 announced", header_only_png(30_000), "image/png", PIXELS)
    yield Case("65000 x 65000 announced", lying_jpeg(), "image/jpeg", PIXELS)
    yield Case("one pixel high, far too long", header_only_strip(), "image/png", PIXELS)
    yield Case("nothing", b"", "image/png", DocumentRefusal.EMPTY)
    yield Case("one byte too many", png() + bytes(limit), None, DocumentRefusal.TOO_LARGE)
    small = segment(0xE5, b"") * 10_001
    yield Case("header without end", with_segments(jpeg(), small), "image/jpeg", TOO_COMPLEX)


def header_only_strip() -> bytes:
    """Announce few pixels in all, in one very long row."""
    return PNG_START + ihdr(1_000_000, 1) + chunk(b"IEND", b"")


def _honest() -> Iterator[Case]:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield Case(f"png {mode}", png(mode), "image/png", PNG)
    for mode in ("L", "RGB", "CMYK"):
        yield Case(f"jpeg {mode}", jpeg(mode), "image/jpeg", JPEG)
    yield Case("sixteen bits of grey", sixteen_bit_grey(40_000), ".png", PNG)
    yield Case("three times sixteen bits", deep_png(), None, PNG)
    yield Case("progressive", jpeg(progressive=True), "image/jpg; charset=binary", JPEG)
    yield Case("nothing claimed", jpeg(), "application/octet-stream", JPEG)
    yield Case("five thousand square", flood_png(5_000), "image/png", PNG)


def _masked() -> Iterator[Case]:
    yield Case("bmp as png", bmp(), "image/png", UNKNOWN)
    yield Case("gif with a script", b"GIF89a/*" + bytes(9) + b"*/=1;alert(1)", None, UNKNOWN)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    yield Case("svg as png", svg, "image/png", UNKNOWN)
    yield Case("page as jpeg", b"<!DOCTYPE html>" + PAYLOAD, "image/jpeg", UNKNOWN)
    yield Case("archive as pdf", b"PK\x03\x04" + bytes(99), "application/pdf", UNKNOWN)
    yield Case("pdf behind a kilobyte", b" " * 99 + papers.pdf(), "application/pdf", UNKNOWN)
    yield Case("png as jpeg", png(), "image/jpeg", MISMATCH)
    yield Case("jpeg as pdf", jpeg(), ".pdf", MISMATCH)
    yield Case("png as a page", png(), "text/html", MISMATCH)
    yield Case("png as svg", png(), "image/svg+xml", MISMATCH)


def _carriers() -> Iterator[Case]:
    """Make pictures with something in them that must not come out again."""
    text = chunk(b"tEXt", b"Comment\0" + PAYLOAD)
    packed = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(PAYLOAD))
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(PAYLOAD))
    yield Case("page behind a png", png() + PAYLOAD, "image/png", PNG)
    yield Case("page behind a jpeg", jpeg() + PAYLOAD, "image/jpeg", JPEG)
    yield Case("page in a png's text", with_chunks(png(), text), "image/png", PNG)
    yield Case("page in a png's packed text", with_chunks(png(), packed), "image/png", PNG)
    yield Case("page in a png's profile", with_chunks(png(), profile), "image/png", PNG)
    yield Case("page in an own chunk", with_chunks(png(), chunk(b"caMb", PAYLOAD)), None, PNG)
    yield Case("page in a jpeg's comment", jpeg(comment=PAYLOAD), "image/jpeg", JPEG)
    yield Case("page in a jpeg's profile", jpeg(icc_profile=PAYLOAD), "image/jpeg", JPEG)
    yield Case("page and place in exif", turned_jpeg(1), "image/jpeg", JPEG)
    yield Case("crowded exif", crowded_exif(), "image/jpeg", JPEG)
    yield Case("bad exif", with_segments(jpeg(), segment(0xE1, b"Exif\0\0" + PAYLOAD)), None, JPEG)
    yield Case("megabytes of exif", with_segments(jpeg(), *_megabytes()), "image/jpeg", JPEG)
    yield Case("animation", apng(), "image/png", PNG)


def _megabytes() -> list[bytes]:
    return [segment(0xE1, b"Exif\0\0" + PAYLOAD * 1_000)] * 150


def _broken() -> Iterator[Case]:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64 * 1024**2), 9))
    yield Case("png cut off", png(size=(400, 300))[:200], "image/png", BROKEN)
    yield Case("jpeg cut off", jpeg(size=(400, 300))[:-300], "image/jpeg", BROKEN)
    yield Case("png header cut off", png()[:20], "image/png", BROKEN)
    yield Case("jpeg header cut off", jpeg()[:30], "image/jpeg", BROKEN)
    yield Case("png of no width", PNG_START + ihdr(0, 9), "image/png", BROKEN)
    yield Case("png with a bad checksum", png()[:29] + b"xxxx" + png()[33:], "image/png", BROKEN)
    yield Case("second header with more pixels", with_chunks(png(), ihdr(9_999, 9)), None, BROKEN)
    yield Case("text that unpacks to 64 MB", with_chunks(png(), bomb), "image/png", BROKEN)
