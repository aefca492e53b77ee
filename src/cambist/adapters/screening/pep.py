"""Decide how our own list of politically exposed persons is read: pep.csv, one a row."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date

from cambist.adapters.screening.entries import (
    ENTRIES_MAX,
    TEXT_KEPT,
    Entry,
    ListMalformedError,
    rows,
)
from cambist.domain.compliance.matching import Born

PEP_FILE = "pep.csv"
HEADER = ["name", "birth_date", "country", "position"]

_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)


def read_pep(files: Mapping[str, bytes]) -> tuple[Entry, ...]:
    """Read the list: header HEADER, birth_date ISO 8601 or empty, country two letters or empty.

    An entry's id is made of its name, birth date and country, so it survives new rows and
    positions. The same person twice is one entry.

    Raises:
        ListMalformedError: a header or row that is not as said.
    """
    found: dict[str, Entry] = {}
    headed = False
    for line, row in rows(PEP_FILE, files[PEP_FILE], len(HEADER)):
        if not headed:
            if row != HEADER:
                raise ListMalformedError(PEP_FILE, line, "the header is another")
            headed = True
            continue
        if len(found) >= ENTRIES_MAX:
            raise ListMalformedError(PEP_FILE, line, "too many entries")
        entry = _entry(line, *row)
        found.setdefault(entry.entry_id, entry)
    if not headed:
        raise ListMalformedError(PEP_FILE, 1, "the header is missing")
    return tuple(found.values())


def _entry(line: int, name: str, birth: str, country: str, position: str) -> Entry:
    if not name:
        raise ListMalformedError(PEP_FILE, line, "an entry without a name")
    if country and not _COUNTRY.fullmatch(country):
        raise ListMalformedError(PEP_FILE, line, "the country is no two-letter code")
    try:
        born = date.fromisoformat(birth) if birth else None
    except ValueError:
        raise ListMalformedError(PEP_FILE, line, "the birth date is none") from None
    identity = "\n".join((name, born.isoformat() if born else "", country.upper()))
    return Entry(
        hashlib.sha256(identity.encode()).hexdigest()[:16],
        (name[:TEXT_KEPT],),
        (Born(born.year, born.month, born.day),) if born else (),
        frozenset({country.upper()} if country else ()),
        position[:TEXT_KEPT],
    )
