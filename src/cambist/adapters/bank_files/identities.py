"""Decide what a statement's line is called: the same in any file, and unlike any other line."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date

from cambist.domain.payments.rails import Flow

ENTRY_NUMBER_LENGTH_MAX = 7
"""An entry's reference of so few digits is its number in the statement, not a name for ever."""
REFERENCE_LENGTH_MAX = 70

_EMPTY = frozenset({"NOTPROVIDED", "NOTPROVIDE", "NONREF", "NOREF", "NONE", "N/A", "NULL"})
_COUNTER = re.compile(rf"[0-9]{{1,{ENTRY_NUMBER_LENGTH_MAX}}}", re.ASCII)


def says_something(reference: str | None) -> str | None:
    """Return a reference unless it is one of the words for none."""
    if reference is None or not reference.strip("0- "):
        return None
    return None if reference.upper() in _EMPTY else reference


def bank_reference(reference: str | None) -> str | None:
    """Return a bank's own reference when it can name one payment."""
    told = says_something(reference)
    return told if told is not None and len(told) <= REFERENCE_LENGTH_MAX else None


def named(*references: str | None) -> str | None:
    """Join what different references of the bank there are to one; None when there is none."""
    return "+".join(dict.fromkeys(one for one in references if one)) or None


def entry_reference(reference: str | None) -> str | None:
    """Return an entry's reference (NtryRef) unless it only counts within its statement."""
    told = bank_reference(reference)
    return None if told is None or _COUNTER.fullmatch(told) else told


class Identities:
    """Name the lines of one statement after another.

    A reference of the bank counts together with direction, amount and day, for not every bank
    keeps its references unique. A line the bank has no reference for is named by all it tells and
    by its number among its equals in the statement; those cost some 100 bytes of memory each.
    """

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def begin_statement(self) -> None:
        """Count equal lines from the first again."""
        self._counts.clear()

    def by_reference(
        self, reference: str, flow: Flow, units: int, currency: str, booked_on: date
    ) -> str:
        """Name a line the bank has named."""
        return f"{reference}/{flow.value}/{units}/{currency}/{booked_on.isoformat()}"

    def by_content(self, content: Sequence[object]) -> str:
        """Name a line by what it tells: SHA-256 in hex, and its number among its equals."""
        written = json.dumps([None if one is None else str(one) for one in content])
        digest = hashlib.sha256(written.encode())
        key = int.from_bytes(digest.digest()[:8], "big")
        number = self._counts.get(key, 0) + 1
        self._counts[key] = number
        return f"{digest.hexdigest()}.{number}"
