"""Decide when a message is tried again: for a day, never so long that a backlog lingers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# What passes between one failed attempt and the next; the last repeats. None is above half an
# hour, so that whatever waits when a channel comes back is sent within that (F28).
DELAYS_S = (15, 60, 300, 1_200)
URGENT_DELAYS_S = (5, 15, 30, 60)
"""The same for what expires, such as codes."""

ATTEMPTS_MAX = 80
"""More than a day of attempts."""

# A delay is stretched or shrunk by up to 10 %, so that an outage's messages do not return at once.
JITTER_LIMIT = 201
_JITTER_FLOOR = 900
_PER_MILLE = 1_000


class Verdict(StrEnum):
    """Name how one attempt ended.

    REFUSED is final: the other side will never take this message, or it cannot be written.
    """

    SENT = "sent"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tell how one attempt ended; `error` is a short word without personal data."""

    verdict: Verdict
    error: str | None = None


def delay_s(attempts: int, jitter: int, *, is_urgent: bool) -> int:
    """Return the seconds to wait after so many failed attempts (from 1).

    `jitter` is drawn from 0 up to but not including JITTER_LIMIT.
    """
    if not 0 <= jitter < JITTER_LIMIT:
        raise ValueError(f"jitter lies below {JITTER_LIMIT}")
    delays = URGENT_DELAYS_S if is_urgent else DELAYS_S
    delay = delays[min(attempts, len(delays)) - 1]
    return delay * (_JITTER_FLOOR + jitter) // _PER_MILLE


def next_attempt(attempts: int, now: datetime, jitter: int, *, is_urgent: bool) -> datetime:
    """Return when to try again after so many failed attempts."""
    return now + timedelta(seconds=delay_s(attempts, jitter, is_urgent=is_urgent))
