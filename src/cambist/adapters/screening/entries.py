"""Decide what is kept of a listed person, whatever list it comes from."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from cambist.domain.compliance.matching import Born

FILE_BYTES_MAX = 64 * 1024**2
ENTRIES_MAX = 200_000
NAMES_MAX = 250
FIELD_LENGTH_MAX = 16_384
TEXT_KEPT = 300
YEARS = range(1850, 2101)


class ListMalformedError(Exception):
    """A list's file is not as agreed; says where and why, never what stands there."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one listed person or organisation; `countries` are two-letter codes."""

    entry_id: str
    names: tuple[str, ...]
    born: tuple[Born, ...]
    countries: frozenset[str]
    program: str


def rows(file: str, content: bytes, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Walk the rows of a CSV file (UTF-8 or else Latin-1) with their lines, blank ones left out.

    Raises:
        ListMalformedError: a row that is no CSV, too long, or has not so many columns.
    """
    reader = csv.reader(io.StringIO(decode(content), newline=""), strict=True)
    try:
        for row in reader:
            if not row:
                continue
            if len(row) != columns:
                raise ListMalformedError(file, reader.line_num, f"{columns} columns are needed")
            if any(len(field) > FIELD_LENGTH_MAX for field in row):
                raise ListMalformedError(file, reader.line_num, "a field is too long")
            yield reader.line_num, [field.strip() for field in row]
    except csv.Error:
        raise ListMalformedError(file, reader.line_num, "not CSV") from None


def decode(content: bytes) -> str:
    """Read text of unnamed encoding; a DOS end-of-file mark at the end is dropped."""
    content = content.rstrip(b"\x1a\r\n\t ")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
