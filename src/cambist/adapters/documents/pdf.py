"""Decide which PDFs may be handed on: whole, short, readable, and with nothing that acts.

A scan of bytes, not a reader: names are found wherever they stand, escaped ones and those in
packed object streams too (ISO 32000-2, 7.3.5 and 7.5.7).
"""

import re
import zlib
from collections.abc import Iterator

from cambist.ports.documents import DocumentRefusal, DocumentRefusedError

PAGES_MAX = 200
OBJECT_STREAMS_MAX = 5_000
UNPACKED_MAX = 32 * 1024**2
TAIL = 1_024
DICTIONARY_MAX = 4_096

FORBIDDEN = frozenset(
    {
        b"Encrypt",
        b"JavaScript",
        b"Launch",
        b"EmbeddedFile",
        b"EmbeddedFiles",
        b"GoToE",
        b"ImportData",
        b"Rendition",
        b"RichMedia",
        b"SubmitForm",
        b"XFA",
    }
)
"""What acts, hides or carries something else."""
OBJECT_STREAM_NAMES = frozenset(
    {b"Type", b"ObjStm", b"N", b"First", b"Length", b"Extends", b"Filter", b"FlateDecode"}
)

_VERSION = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)[\r\n \t]")
_END = re.compile(rb"%%EOF[\s\x00]*\Z")
_NAME = re.compile(rb"/((?:[^\x00\t\n\f\r ()<>\[\]{}/%#]|#[0-9A-Fa-f]{2}){1,127})")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# A bare /JS turns up in packed bytes by chance; one with a script behind it does not.
_SCRIPT = re.compile(rb"\s*(?:[(<]|[0-9]{1,10}\s+[0-9]{1,5}\s+R)")
_PACKED = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])\s*(?=[/>])")
_STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")


def examine(content: bytes) -> None:
    """Look a PDF through.

    Raises:
        DocumentRefusedError: BROKEN when it does not begin or end like one, else TOO_COMPLEX.
    """
    if not _VERSION.match(content) or not _END.search(content[-TAIL:]):
        raise DocumentRefusedError(DocumentRefusal.BROKEN)
    packed, pages = _look_through(content)
    unpacked = 0
    for text in _object_streams(content):
        packed -= 1
        unpacked += len(text)
        if unpacked > UNPACKED_MAX:
            raise _too_complex()
        nested, more = _look_through(text)
        pages += more
        if nested:
            raise _too_complex()
    # One that was named but not found is one this scan cannot look into.
    if packed or pages > PAGES_MAX:
        raise _too_complex()


def _look_through(text: bytes) -> tuple[int, int]:
    """Refuse what is forbidden, and count the names ObjStm and Page."""
    packed = pages = 0
    for name, end in _names(text):
        if name in FORBIDDEN or (name == b"JS" and _SCRIPT.match(text, end)):
            raise _too_complex()
        packed += name == b"ObjStm"
        pages += name == b"Page"
    return packed, pages


def _names(text: bytes) -> Iterator[tuple[bytes, int]]:
    for match in _NAME.finditer(text):
        name = match[1]
        if b"#" in name:
            name = _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode("ascii")), name)
        yield name, match.end()


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Unpack object streams; those without a filter were seen as they stand."""
    seen = 0
    for match in _STREAM.finditer(content):
        start = content.rfind(b"obj", max(0, match.start() - DICTIONARY_MAX), match.start())
        dictionary = content[start : match.start()] if start >= 0 else b""
        names = [name for name, _ in _names(dictionary)]
        if b"ObjStm" not in names:
            continue
        seen += 1
        is_packed = b"Filter" in names
        # Readers know chains, short names, references and predictors; this scan does not.
        is_odd = not OBJECT_STREAM_NAMES.issuperset(names) or names.count(b"Filter") > 1
        if seen > OBJECT_STREAMS_MAX or is_odd or (is_packed and not _PACKED.search(dictionary)):
            raise _too_complex()
        end = content.find(b"endstream", match.end())
        if end < 0:
            raise _too_complex()
        yield _unpacked(content[match.end() : end]) if is_packed else b""


def _unpacked(content: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(content, UNPACKED_MAX + 1)
    except zlib.error:
        raise _too_complex() from None
    if not unpacker.eof:
        raise _too_complex()
    return text


def _too_complex() -> DocumentRefusedError:
    return DocumentRefusedError(DocumentRefusal.TOO_COMPLEX)
