"""Decide how the EU's consolidated list of financial sanctions (XML, version 1.1) is read."""

from collections.abc import Mapping
from xml.parsers import expat

from cambist.adapters.screening.entries import (
    ENTRIES_MAX,
    NAMES_MAX,
    TEXT_KEPT,
    YEARS,
    Entry,
    ListMalformedError,
)
from cambist.domain.compliance.matching import Born

EU_FILE = "eu.xml"
ROOT = "export"
ENTITY = "sanctionEntity"
DEPTH_MAX = 32
SAID_MAX = 250
"""Birth dates of one entity, and regulations it is listed by; more are no list of anybody."""


def read_eu(files: Mapping[str, bytes]) -> tuple[Entry, ...]:
    """Read the list in one pass; nothing outside it is fetched, and a DOCTYPE ends it.

    Raises:
        ListMalformedError: no such XML, an entity without number or name, or too much of anything.
    """
    return _Reader().read(files[EU_FILE])


class _Reader:
    """Follow the parser; entities hold what they say of themselves in attributes."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._path: list[str] = []
        self._number = ""
        self._names: list[str] = []
        self._born: list[Born] = []
        self._programs: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def read(self, content: bytes) -> tuple[Entry, ...]:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            raise ListMalformedError(EU_FILE, error.lineno, "not well-formed XML") from None
        except (LookupError, ValueError):
            # An encoding Python does not know, or cannot map byte by byte.
            raise self._fault("the encoding is not known") from None
        if not self._entries:
            raise self._fault("no entries")
        return tuple(self._entries.values())

    def _doctype(self, *_: object) -> None:
        raise self._fault("a DOCTYPE")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        self._path.append(name)
        if len(self._path) > DEPTH_MAX:
            raise self._fault("nested too deep")
        if len(self._path) == 1 and name != ROOT:
            raise self._fault("not an export of the consolidated list")
        if self._path == [ROOT, ENTITY]:
            self._open(attributes.get("logicalId", ""))
        elif self._path[:2] == [ROOT, ENTITY] and len(self._path) == 3:
            self._hear(name, attributes)

    def _end(self, _tag: str) -> None:
        if self._path == [ROOT, ENTITY]:
            self._close()
        self._path.pop()

    def _open(self, number: str) -> None:
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise self._fault("an entity without a number")
        if number in self._entries or len(self._entries) >= ENTRIES_MAX:
            raise self._fault("an entity's number is double, or one too many")
        self._number = number
        self._names, self._born, self._programs = [], [], []

    def _hear(self, name: str, attributes: dict[str, str]) -> None:
        if name == "nameAlias":
            parts = [attributes.get(part, "") for part in ("firstName", "middleName", "lastName")]
            whole = attributes.get("wholeName", "").strip() or " ".join(filter(None, parts)).strip()
            if len(self._names) >= NAMES_MAX:
                raise self._fault("too many aliases of one entity")
            if whole:
                self._names.append(whole[:TEXT_KEPT])
        elif name == "birthdate":
            self._born.extend(_births(attributes))
        elif name == "regulation":
            programme = attributes.get("programme", "")[:TEXT_KEPT]
            if programme and programme not in self._programs:
                self._programs.append(programme)
        if max(len(self._born), len(self._programs)) > SAID_MAX:
            raise self._fault("too many birth dates or regulations of one entity")

    def _close(self) -> None:
        if not self._names:
            raise self._fault("an entity without a name")
        names = tuple(dict.fromkeys(self._names))
        program = ", ".join(self._programs)[:TEXT_KEPT]
        self._entries[self._number] = Entry(
            self._number, names, tuple(self._born), frozenset(), program
        )

    def _fault(self, reason: str) -> ListMalformedError:
        return ListMalformedError(EU_FILE, self._parser.CurrentLineNumber, reason)


def _births(attributes: Mapping[str, str]) -> tuple[Born, ...]:
    """Read a birthdate element; one that says no usable year is left out."""
    first = _number(attributes, "year") or _number(attributes, "yearRangeFrom")
    last = _number(attributes, "yearRangeTo") or first
    year, *rest = (attributes.get("birthdate") or "").split("-")
    if len(rest) == 2 and all(part.isascii() and part.isdigit() for part in (year, *rest)):
        first = last = int(year)
        month, day = int(rest[0]), int(rest[1])
    else:
        month, day = _number(attributes, "monthOfYear"), _number(attributes, "dayOfMonth")
    if first not in YEARS or last not in YEARS or last < first:
        return ()
    if attributes.get("circa") == "true":
        return (Born(first - 1, last_year=last + 1),)
    if last > first or not month:
        return (Born(first, last_year=last),)
    return (Born(first, month, day or None),)


def _number(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
