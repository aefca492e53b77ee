"""Say how people are held against lists of the sanctioned and of the politically exposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

ALIASES_MAX = 10
HITS_MAX = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """Hold what is known of someone; `country` is an ISO 3166 two-letter code.

    Of more than ALIASES_MAX aliases the first are looked at.
    """

    name: str
    aliases: tuple[str, ...] = ()
    birth_date: date | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """Tell of a listed person or organisation a subject may be; nobody has decided yet."""

    list_name: str
    entry_id: str
    matched_name: str
    score_ppm: int
    program: str

    @property
    def key(self) -> str:
        """Name the list's entry across versions: what a decision `not a match` is kept for."""
        return f"{self.list_name}:{self.entry_id}"


@dataclass(frozen=True, slots=True)
class ListVersion:
    """Tell which list is in use: SHA-256 of its files in hex; empty when there is no such list."""

    name: str
    digest: str
    entries: int
    loaded_at: datetime | None

    @property
    def is_present(self) -> bool:
        """Tell whether the list has been read at all."""
        return self.loaded_at is not None


@dataclass(frozen=True, slots=True)
class ListFault:
    """Tell why a list's files cannot be used; `line` is 0 when it is about a whole file.

    It never quotes what stands there.
    """

    list_name: str
    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Tell which lists are new since the last look (screen again), and which could not be read."""

    changed: tuple[str, ...]
    faults: Sequence[ListFault]


class ScreeningPort(Protocol):
    """Hold people against lists kept on this machine."""

    def screen(self, subject: Subject) -> tuple[Hit, ...]:
        """List possible matches, the best first, at most HITS_MAX and one an entry.

        Pure computation, some milliseconds.
        """

    def versions(self) -> tuple[ListVersion, ...]:
        """Name every list, also those there are no files of."""

    def refresh(self) -> Refreshed:
        """Read lists whose files are new: seconds, in a thread please.

        A list that cannot be read, or whose files are gone, stays in use as it was.
        """
