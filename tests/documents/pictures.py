"""Make pictures honest and hostile: floods, lies, truncated ones, ones with something inside."""

import io
import struct
import zlib

from PIL import Image

PNG_START = b"\x89PNG\r\n\x1a\n"
PAYLOAD = b"<script>alert('cambist-payload')</script>"


def chunk(name: bytes, content: bytes) -> bytes:
    """Write one PNG chunk."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def ihdr(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    """Write a PNG's header chunk; colour 0 is grey, 2 is RGB."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def flood_png(side: int) -> bytes:
    """Write a black one-bit PNG: some kilobytes that are side x side pixels."""
    row = bytes(1 + (side + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return PNG_START + ihdr(side, side, 1, 0) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def header_only_png(side: int) -> bytes:
    """Announce side x side pixels and send hardly any."""
    packed = zlib.compress(bytes(1_000))
    return PNG_START + ihdr(side, side) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def deep_png(side: int = 40) -> bytes:
    """Write a PNG of three times sixteen bits."""
    rows = (b"\0" + b"\xc0\x00\x40\x00\x20\x00" * side) * side
    body = ihdr(side, side, 16) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return PNG_START + body


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Put chunks behind a PNG's header."""
    at = len(PNG_START) + 25
    return png[:at] + b"".join(chunks) + png[at:]


def picture(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Paint a picture whose left upper corner is lighter than the rest."""
    made = Image.new("L", size, 40)
    made.paste(220, (0, 0, size[0] // 2, size[1] // 2))
    return made.convert(mode)


def png(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> bytes:
    """Write an honest PNG."""
    out = io.BytesIO()
    picture(mode, size).save(out, "PNG")
    return out.getvalue()


def sixteen_bit_grey(value: int) -> bytes:
    """Write a PNG of one grey of sixteen bits."""
    out = io.BytesIO()
    Image.new("I;16", (32, 32), value).save(out, "PNG")
    return out.getvalue()


def apng() -> bytes:
    """Write an animated PNG."""
    out = io.BytesIO()
    frames = [picture(size=(64, 48)), picture(size=(64, 48)).rotate(180)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def jpeg(mode: str = "RGB", size: tuple[int, int] = (64, 48), **told: object) -> bytes:
    """Write an honest JPEG; `told` goes to the encoder (comment, exif, icc_profile)."""
    out = io.BytesIO()
    picture(mode, size).save(out, "JPEG", **told)
    return out.getvalue()


def turned_jpeg(orientation: int) -> bytes:
    """Write a JPEG whose EXIF says how it is to be turned, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = PAYLOAD.decode()
    exif.get_ifd(0x8825)[29] = "2026:01:02"
    return jpeg(exif=exif.tobytes())


def crowded_exif(entries: int = 5_400) -> bytes:
    """Write as many EXIF entries as one segment holds: sixty thousand bytes of them."""
    rows = b"".join(struct.pack("<HHII", 0x9000 + i % 999, 4, 1, i) for i in range(entries))
    tiff = b"II*\0" + struct.pack("<IH", 8, entries) + rows + bytes(4)
    return with_segments(jpeg(), segment(0xE1, b"Exif\0\0" + tiff[:65_000]))


def segment(marker: int, content: bytes) -> bytes:
    """Write one JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segments(content: bytes, *segments: bytes) -> bytes:
    """Put segments at the beginning of a JPEG."""
    return content[:2] + b"".join(segments) + content[2:]


def lying_jpeg(side: int = 65_000) -> bytes:
    """Announce side x side pixels in the frame header of a small JPEG."""
    content = jpeg()
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", side, side) + content[at + 4 :]


def bmp() -> bytes:
    """Write a BMP."""
    out = io.BytesIO()
    picture().save(out, "BMP")
    return out.getvalue()
