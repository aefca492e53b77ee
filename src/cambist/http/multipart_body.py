"""Decide how a form with one file is read: bounded, in memory, never through a file of ours."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import multipart

from cambist.http.refusals import Fault, refuse

MEDIA_TYPE = "multipart/form-data"
FILE_BYTES_MAX = 10 * 1024**2
FIELDS_BYTES_MAX = 64 * 1024
"""Of all texts together."""
BODY_BYTES_MAX = FILE_BYTES_MAX + FIELDS_BYTES_MAX
"""What a route that takes such forms bounds its bodies to."""

PARTS_MAX = 20
NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class SentFile:
    """Hold a file as it was sent; `claimed_type` is its name's ending or its media type."""

    content: bytes
    claimed_type: str | None


@dataclass(frozen=True, slots=True)
class SentForm:
    """Hold a form's texts by name, and its file when there was one with a name of its own."""

    fields: Mapping[str, str]
    file: SentFile | None


class _Reader:
    """Collect parts as the parser finds them."""

    def __init__(self, file_field: str) -> None:
        self._file_field = file_field
        self._fields: dict[str, str] = {}
        self._file: SentFile | None = None
        self._part: multipart.MultipartSegment | None = None
        self._content = bytearray()
        self._names: set[str] = set()
        # Whether it is the file's.
        self._room = {True: FILE_BYTES_MAX, False: FIELDS_BYTES_MAX}

    def take(self, event: object) -> None:
        """Take one event of the parser: a part's head, some of its content, its end."""
        if isinstance(event, multipart.MultipartSegment):
            self._begin(event)
        elif isinstance(event, bytes | bytearray):
            self._room[self._is_file] -= len(event)
            if self._room[self._is_file] < 0:
                raise refuse(Fault.BODY_TOO_LARGE)
            self._content += event
        else:
            self._end()

    def form(self) -> SentForm:
        """Give what was read."""
        return SentForm(self._fields, self._file)

    @property
    def _is_file(self) -> bool:
        return self._part is not None and self._part.name == self._file_field

    def _begin(self, part: multipart.MultipartSegment) -> None:
        name = part.name or ""
        if not 0 < len(name) <= NAME_MAX or name in self._names:
            raise refuse(Fault.REQUEST_INVALID)
        self._names.add(name)
        self._part, self._content = part, bytearray()

    def _end(self) -> None:
        part, content = self._part, bytes(self._content)
        self._part, self._content = None, bytearray()
        if part is None:
            raise refuse(Fault.REQUEST_INVALID)
        if part.name != self._file_field:
            self._fields[str(part.name)] = _text(content)
        elif part.filename or content:
            # A browser sends a file that was not chosen as one without name and content.
            self._file = SentFile(content, _claim(part))


async def read_form(
    chunks: AsyncIterator[bytes], boundary: str | None, file_field: str
) -> SentForm:
    """Read a multipart form whose only file is in `file_field`; names must not repeat.

    Raises:
        RefusedError: BODY_TOO_LARGE when file or fields exceed their bounds, REQUEST_INVALID.
    """
    if not boundary:
        raise refuse(Fault.REQUEST_INVALID)
    reader = _Reader(file_field)
    try:
        # Its strict mode refuses a last line break that comes in a chunk of its own.
        with multipart.PushMultipartParser(boundary, max_segment_count=PARTS_MAX) as parser:
            async for chunk in chunks:
                for event in parser.parse(chunk):
                    reader.take(event)
    except multipart.ParserLimitReached:
        raise refuse(Fault.BODY_TOO_LARGE) from None
    except multipart.MultipartError:
        raise refuse(Fault.REQUEST_INVALID) from None
    return reader.form()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise refuse(Fault.REQUEST_INVALID) from None


def _claim(part: multipart.MultipartSegment) -> str | None:
    """Read what a file claims to be; its name is looked at for its ending only, and not kept."""
    ending = PurePath(part.filename or "").suffix
    claimed: str | None = ending or part.content_type
    return claimed
