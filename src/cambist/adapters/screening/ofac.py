"""Decide how OFAC's SDN list is read: sdn.csv and, when it is there, alt.csv.

Source: OFAC, SDN data specification (no header row, `-0-` for nothing, weak aliases and birth
dates within the remarks).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cambist.adapters.screening.entries import (
    ENTRIES_MAX,
    NAMES_MAX,
    TEXT_KEPT,
    YEARS,
    Entry,
    ListMalformedError,
    rows,
)
from cambist.domain.compliance.matching import Born

SDN_FILE = "sdn.csv"
ALT_FILE = "alt.csv"
SDN_COLUMNS = 12
ALT_COLUMNS = 5
NOTHING = "-0-"
THINGS = frozenset({"vessel", "aircraft"})
"""Types of entries that are nobody: not screened."""

_ID = re.compile(r"[0-9]{1,10}", re.ASCII)
_WEAK_ALIAS = re.compile(r"\b[afn]\.k\.a\. ['\"]([^'\"]{1,300})['\"]")
_BIRTH = re.compile(
    r"\bDOB (?P<circa>circa )?(?:(?:(?P<day>[0-9]{1,2}) )?(?P<month>[A-Z][a-z]{2}) )?"
    r"(?P<year>[0-9]{4})(?: ?(?:to|-) ?(?:(?:[0-9]{1,2} )?[A-Z][a-z]{2} )?(?P<last>[0-9]{4}))?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class _Person:
    names: list[str]
    program: str
    remarks: str


def read_ofac(files: Mapping[str, bytes]) -> tuple[Entry, ...]:
    """Read the list from its files by name.

    Raises:
        ListMalformedError: a row is not as specified, or the two files do not belong together.
    """
    seen, people = _main_rows(files[SDN_FILE])
    _add_aliases(files.get(ALT_FILE, b""), seen, people)
    return tuple(
        Entry(
            number,
            tuple(person.names),
            births(person.remarks),
            frozenset(),
            person.program[:TEXT_KEPT],
        )
        for number, person in people.items()
    )


def _main_rows(content: bytes) -> tuple[set[str], dict[str, _Person]]:
    """Read every entry's number, and those that are people or organisations."""
    people: dict[str, _Person] = {}
    seen: set[str] = set()
    for line, row in rows(SDN_FILE, content, SDN_COLUMNS):
        number, name, kind, program = row[0], row[1], row[2].lower(), row[3]
        if not _ID.fullmatch(number) or number in seen or len(seen) >= ENTRIES_MAX:
            raise ListMalformedError(
                SDN_FILE, line, "the entry's number is bad, double, or one too many"
            )
        if name in ("", NOTHING):
            raise ListMalformedError(SDN_FILE, line, "an entry without a name")
        seen.add(number)
        if kind not in THINGS:
            remarks = "" if row[11] == NOTHING else row[11]
            names = [name, *_WEAK_ALIAS.findall(remarks)]
            people[number] = _Person(names, program, remarks)
    if not seen:
        raise ListMalformedError(SDN_FILE, 1, "no entries")
    return seen, people


def _add_aliases(content: bytes, seen: set[str], people: dict[str, _Person]) -> None:
    for line, row in rows(ALT_FILE, content, ALT_COLUMNS):
        number, name = row[0], row[3]
        if number not in seen:
            raise ListMalformedError(ALT_FILE, line, f"an alias of no entry of {SDN_FILE}")
        if number not in people or name in ("", NOTHING):
            continue
        if len(people[number].names) >= NAMES_MAX:
            raise ListMalformedError(ALT_FILE, line, "too many aliases of one entry")
        people[number].names.append(name)


def births(remarks: str) -> tuple[Born, ...]:
    """Find birth dates in remarks (`DOB 18 Mar 1959; alt. DOB circa 1960;`); odd ones are none."""
    found = []
    for match in _BIRTH.finditer(remarks):
        year = int(match["year"])
        last = int(match["last"]) if match["last"] else year
        if year not in YEARS or last not in YEARS or last < year:
            continue
        if match["circa"]:
            found.append(Born(year - 1, last_year=last + 1))
        elif last > year or match["month"] not in _MONTHS:
            found.append(Born(year, last_year=last))
        else:
            day = int(match["day"]) if match["day"] else None
            found.append(Born(year, _MONTHS.index(match["month"]) + 1, day))
    return tuple(found)
