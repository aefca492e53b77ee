"""Decide how a worker goes round: at once while there is work, idle without, slower on failure."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from cambist.kernel.errors import DomainError

FAILURE_WAIT_S = 0.5
FAILURE_WAIT_MAX_S = 30.0
DOUBLINGS_MAX = 16
HEARTBEAT_EVERY_S = 5.0
JITTER_STEPS = 1_000

_log = structlog.get_logger()


def _longest(limit: int) -> int:
    return limit - 1


async def run_forever(
    step: Callable[[], Awaitable[int]],
    stop: asyncio.Event,
    idle_s: float,
    name: str,
    heartbeat: Callable[[str], Awaitable[None]],
    jitter: Callable[[int], int] = _longest,
) -> None:
    """Repeat a step, which returns how much it did, until `stop` is set.

    A step that did nothing is followed by `idle_s` seconds of rest, one that failed by twice as
    much as the failure before, up to FAILURE_WAIT_MAX_S and cut at random to between half and
    all of it (`jitter` draws from 0 up to its limit). `heartbeat(name)` is called after a step
    that succeeded, at most every HEARTBEAT_EVERY_S: a worker that fails is not alive.
    """
    monotonic = asyncio.get_running_loop().time
    beat_at: float | None = None
    failures = 0
    while not stop.is_set():
        try:
            done = await step()
            failures = 0
            if beat_at is None or monotonic() - beat_at >= HEARTBEAT_EVERY_S:
                await heartbeat(name)
                beat_at = monotonic()
            wait_s = 0.0 if done else idle_s
        except Exception as error:
            failures += 1
            wait_s = failure_wait_s(failures, jitter)
            _log.warning("worker.failed", worker=name, error=name_of(error), failures=failures)
        await rest(stop, wait_s)


def failure_wait_s(failures: int, jitter: Callable[[int], int]) -> float:
    """Return the seconds to wait after so many failures in a row (from 1)."""
    doublings = min(failures - 1, DOUBLINGS_MAX)
    longest = min(FAILURE_WAIT_S * (1 << doublings), FAILURE_WAIT_MAX_S)
    return longest * (JITTER_STEPS + jitter(JITTER_STEPS)) / (2 * JITTER_STEPS)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until `stop` is set; others get their turn even when it is no time."""
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def name_of(error: Exception) -> str:
    """Name an error for logs and rows: its type and code, never its text, which may hold data."""
    kind = type(error).__name__
    return f"{kind}:{error.code.value}" if isinstance(error, DomainError) else kind
