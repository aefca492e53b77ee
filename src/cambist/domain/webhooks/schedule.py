"""Decide when a callback is tried again and which answer ends it: ten attempts over 26 hours."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

# What passes between one failed attempt and the next; the nine delays add up to 26 hours.
DELAYS_S = (60, 240, 900, 2_400, 3_600, 7_200, 14_400, 21_600, 43_200)
ATTEMPTS_MAX = len(DELAYS_S) + 1

# A delay is stretched or shrunk by up to 5 %, so that an outage's callbacks do not return at once.
JITTER_LIMIT = 101
_JITTER_FLOOR = 950
_PER_MILLE = 1_000

RETRY_AFTER_MAX_S = 43_200
DEFERRAL_S = 5

_GONE = 410
_PATIENT = frozenset({429, 503})
_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)


class Verdict(StrEnum):
    """Name what an attempt's outcome means for its callback."""

    DELIVERED = "delivered"
    RETRY = "retry"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tell how one attempt ended: the answer's status, or the error when there was no answer."""

    status: int | None
    error: str | None
    duration_ms: int
    retry_after: str | None = None


def judge(outcome: Outcome) -> Verdict:
    """Weigh an outcome: 2xx delivers, 410 says never again, all else (3xx too) is tried again."""
    if outcome.error is not None or outcome.status is None:
        return Verdict.RETRY
    if 200 <= outcome.status <= 299:
        return Verdict.DELIVERED
    return Verdict.GONE if outcome.status == _GONE else Verdict.RETRY


def disables_endpoint(outcome: Outcome) -> bool:
    """Tell whether the endpoint asked for no more callbacks at all (410 Gone).

    Source: Standard Webhooks 1.0, "410 Gone".
    """
    return judge(outcome) is Verdict.GONE


def delay_s(attempts: int, jitter: int) -> int:
    """Return the seconds to wait after so many failed attempts (1 to ATTEMPTS_MAX - 1).

    `jitter` is drawn from 0 up to but not including JITTER_LIMIT.
    """
    if not 0 <= jitter < JITTER_LIMIT:
        raise ValueError(f"jitter lies below {JITTER_LIMIT}")
    return DELAYS_S[attempts - 1] * (_JITTER_FLOOR + jitter) // _PER_MILLE


def next_attempt(attempts: int, outcome: Outcome, now: datetime, jitter: int) -> datetime:
    """Return when to try again: by the table, but no sooner than 429 or 503 asked for.

    A Retry-After beyond RETRY_AFTER_MAX_S counts as that much.
    """
    wait_s = delay_s(attempts, jitter)
    if outcome.status in _PATIENT and outcome.retry_after is not None:
        wait_s = max(wait_s, min(retry_after_s(outcome.retry_after, now), RETRY_AFTER_MAX_S))
    return now + timedelta(seconds=wait_s)


def retry_after_s(value: str, now: datetime) -> int:
    """Read a Retry-After header (seconds or an HTTP date) as seconds from now; nonsense is 0.

    Source: RFC 9110 section 10.2.3.
    """
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return int(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, (moment - now) // timedelta(seconds=1))
