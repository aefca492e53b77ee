"""Decide how events become effects: each order's in turn, each consumer once, poison set aside."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.outbox import Failed, OutboxPort, OutboxRow, Settled
from cambist.ports.store import StoreUnavailableError
from cambist.workers.loop import name_of, run_forever
from cambist.workers.subscriptions import SUBSCRIPTIONS, Consumer, Services

CLAIM_MAX = 128
PARK_AFTER = 8
EVENT_DEADLINE_S = 30.0
IDLE_S = 0.2
RETRY_WAIT_S = 1.0
RETRY_WAIT_MAX_S = 60.0
PUT_OFF_WAIT_S = 5.0
WAITING_MAX = 10_000

PASSING = frozenset(
    {
        ErrorCode.CHAIN_UNAVAILABLE,
        ErrorCode.CONFLICT,
        ErrorCode.OVERLOADED,
        ErrorCode.RATE_UNAVAILABLE,
        ErrorCode.UNKNOWN_OUTCOME,
    }
)
"""Refusals that say nothing about the event: it waits, and is never parked for them."""

_log = structlog.get_logger()


class Relay:
    """Carry events from the outbox to their consumers. Any number may run at once.

    An order's events are handled in the order of their seq, those of different orders side by
    side. Whatever moment a relay dies at, another takes its events up, and the gates of the
    consumers' commands keep a second time from having an effect.
    """

    def __init__(
        self,
        outbox: OutboxPort,
        services: Services,
        heartbeat: Callable[[str], Awaitable[None]],
        jitter: Callable[[int], int],
        subscriptions: Mapping[EventName, tuple[Consumer, ...]] = SUBSCRIPTIONS,
    ) -> None:
        self._outbox, self._services, self._subscriptions = outbox, services, subscriptions
        self._heartbeat, self._jitter = heartbeat, jitter
        self._waiting: dict[int, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Carry events until told to stop."""
        await run_forever(self.run_once, stop, IDLE_S, "relay", self._heartbeat, self._jitter)

    async def run_once(self) -> int:
        """Handle the events there are, at most CLAIM_MAX and one an order; return how many.

        Raises:
            StoreUnavailableError: the database cannot be reached; nothing is lost.
        """
        async with self._outbox.claim(CLAIM_MAX, self._excluded()) as claim:
            if not claim.rows:
                return 0
            fates = await asyncio.gather(*(self._handle(row) for row in claim.rows))
            failpoint(Failpoint.RELAY_BEFORE_MARK)
            settled = [fate for fate in fates if isinstance(fate, Settled)]
            failed = [fate for fate in fates if isinstance(fate, Failed)]
            await claim.record(settled, failed)
        return len(fates)

    async def _handle(self, row: OutboxRow) -> Settled | Failed | None:
        """Run every consumer of an event; None when it is only put off."""
        notes: list[str] = []
        faults: list[tuple[str, Exception]] = []
        for consumer in self._subscriptions[row.name]:
            if not consumer.concerns(row):
                continue
            try:
                async with asyncio.timeout(EVENT_DEADLINE_S):
                    note = await consumer.handle(row, self._services)
            except Exception as error:
                faults.append((consumer.name, error))
            else:
                notes += [note] if note else []
        return self._judge(row, notes, faults)

    def _judge(
        self, row: OutboxRow, notes: list[str], faults: list[tuple[str, Exception]]
    ) -> Settled | Failed | None:
        if not faults:
            note = "; ".join(notes)
            if note:
                self._warn("relay.noted", row, note)
            return Settled(row.id, note or None)
        lasting = [(name, fault) for name, fault in faults if not _is_passing(fault)]
        told = "; ".join(f"{name}: {name_of(fault)}" for name, fault in lasting or faults)
        if lasting:
            return self._fail(row, told)
        self._warn("relay.put-off", row, told)
        self._wait(row, PUT_OFF_WAIT_S)
        return None

    def _fail(self, row: OutboxRow, error: str) -> Failed:
        attempts = row.attempts + 1
        park = attempts >= PARK_AFTER
        self._warn("relay.parked" if park else "relay.failed", row, error)
        self._wait(row, min(RETRY_WAIT_S * (1 << min(attempts, PARK_AFTER)), RETRY_WAIT_MAX_S))
        return Failed(row.id, error, park)

    def _warn(self, event: str, row: OutboxRow, error: str) -> None:
        order = str(row.order_id)
        _log.warning(event, outbox_id=row.id, order=order, name=row.name.value, error=error)

    def _wait(self, row: OutboxRow, seconds: float) -> None:
        """Leave an event alone for a while, so that it does not take the others' places."""
        if len(self._waiting) < WAITING_MAX:
            self._waiting[row.id] = asyncio.get_running_loop().time() + seconds

    def _excluded(self) -> list[int]:
        now = asyncio.get_running_loop().time()
        self._waiting = {event: until for event, until in self._waiting.items() if until > now}
        return list(self._waiting)


def _is_passing(error: Exception) -> bool:
    if isinstance(error, DomainError):
        return error.code in PASSING
    return isinstance(error, StoreUnavailableError)
