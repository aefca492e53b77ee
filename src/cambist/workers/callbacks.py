"""Decide how callbacks are delivered: signed anew each time, none in another's way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from cambist.app.webhooks.defer_callback import DeferCallback
from cambist.app.webhooks.record_attempt import RecordAttempt
from cambist.domain.webhooks.callbacks import request_headers
from cambist.domain.webhooks.schedule import DEFERRAL_S, JITTER_LIMIT, Outcome
from cambist.kernel.errors import DomainError
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.kernel.ids import IntegrationId
from cambist.ports.callbacks import CONCURRENCY_MAX, CallbackQueue, DueCallback
from cambist.ports.egress import (
    EgressBusyError,
    EgressFailedError,
    EgressPort,
    EgressRefusedError,
)
from cambist.ports.vault import SealBrokenError, SealKeyUnknownError, VaultPort
from cambist.workers.loop import name_of, run_forever
from cambist.workers.subscriptions import Executor

PLACES_MAX = 64
LEASE_S = 30.0
"""Longer than an attempt with its record takes, shorter than the schedule's first delay."""
TURN_S = 0.1
IDLE_S = 0.2
MILLISECONDS = 1_000

_log = structlog.get_logger()


class CallbackWorker:
    """Deliver due callbacks, at least once each. Any number may run at once.

    `clock` is the time receivers go by: signatures carry it, and they refuse one minutes off.
    """

    def __init__(
        self,
        queue: CallbackQueue,
        bus: Executor,
        egress: EgressPort,
        vault: VaultPort,
        clock: Callable[[], datetime],
        heartbeat: Callable[[str], Awaitable[None]],
        jitter: Callable[[int], int],
        *,
        lease_s: float = LEASE_S,
    ) -> None:
        self._queue, self._bus, self._egress, self._vault = queue, bus, egress, vault
        self._clock, self._heartbeat, self._jitter = clock, heartbeat, jitter
        self._lease_s = lease_s
        self._running: dict[asyncio.Task[None], IntegrationId] = {}
        self._paused: dict[IntegrationId, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop, then wait for what is under way."""
        try:
            await run_forever(
                self.run_once, stop, IDLE_S, "callbacks", self._heartbeat, self._jitter
            )
            await self.finish()
        finally:
            for task in self._running:
                task.cancel()

    async def run_once(self) -> int:
        """Begin what is due as far as there are places, wait for a moment; return how many began.

        Raises:
            StoreUnavailableError: the database cannot be reached; nothing is lost.
        """
        free = PLACES_MAX - len(self._running)
        due = await self._queue.claim(free, self._taken(), self._lease_s) if free else ()
        for item in due:
            task = asyncio.get_running_loop().create_task(self._deliver(item))
            self._running[task] = item.callback.integration_id
        await self._reap(TURN_S, asyncio.FIRST_COMPLETED)
        return len(due)

    async def finish(self) -> None:
        """Wait for what is under way; the egress deadline bounds it."""
        await self._reap(None, asyncio.ALL_COMPLETED)

    async def _reap(self, timeout_s: float | None, return_when: str) -> None:
        if not self._running:
            return
        done, _ = await asyncio.wait(self._running, timeout=timeout_s, return_when=return_when)
        for task in done:
            del self._running[task]
        for task in done:
            task.result()

    def _taken(self) -> dict[IntegrationId, int]:
        """Count what is under way by integration; one that pauses has no place left."""
        now = asyncio.get_running_loop().time()
        self._paused = {key: until for key, until in self._paused.items() if until > now}
        taken = dict.fromkeys(self._paused, CONCURRENCY_MAX)
        for integration_id in self._running.values():
            taken[integration_id] = taken.get(integration_id, 0) + 1
        return taken

    async def _deliver(self, item: DueCallback) -> None:
        """Make one attempt; an error costs this callback its turn, not the others theirs."""
        callback = item.callback
        try:
            outcome = await self._attempt(item)
            if outcome is None:
                self._pause(callback.integration_id)
                await self._bus.execute(DeferCallback(callback.id, callback.attempts))
                return
            failpoint(Failpoint.CALLBACK_AFTER_SEND)
            jitter = self._jitter(JITTER_LIMIT)
            await self._bus.execute(RecordAttempt(callback.id, callback.attempts, outcome, jitter))
        except DomainError as refusal:
            # Another worker was quicker, or the database is busy: the lease's end decides.
            _log.info("callback.unrecorded", callback=str(callback.id), error=name_of(refusal))
        except Exception as error:
            _log.warning("callback.failed", callback=str(callback.id), error=name_of(error))

    async def _attempt(self, item: DueCallback) -> Outcome | None:
        """Sign and send; None when the endpoint has enough under way already."""
        callback = item.callback
        secret = self._open(item)
        if secret is None:
            return Outcome(status=None, error="no-secret", duration_ms=0)
        headers = request_headers(callback, [secret], self._clock())
        monotonic = asyncio.get_running_loop().time
        began = monotonic()
        try:
            answer = await self._egress.post(
                callback.url, headers, callback.body.encode(), lane=str(callback.integration_id)
            )
        except EgressBusyError:
            return None
        except EgressRefusedError as refused:
            return Outcome(None, f"refused-{refused.reason.value}", 0)
        except EgressFailedError as failed:
            spent_ms = int((monotonic() - began) * MILLISECONDS)
            return Outcome(None, failed.reason.value, spent_ms)
        return Outcome(answer.status, None, answer.duration_ms, answer.retry_after)

    def _open(self, item: DueCallback) -> str | None:
        """Open the secret that signs; one that cannot be opened is as good as none."""
        if item.secret is None:
            return None
        sealed = item.secret
        try:
            return self._vault.open(sealed.sealed, sealed.purpose, sealed.owner).decode()
        except (SealBrokenError, SealKeyUnknownError) as error:
            _log.error("callback.secret", owner=str(sealed.owner), error=name_of(error))
            return None

    def _pause(self, integration_id: IntegrationId) -> None:
        self._paused[integration_id] = asyncio.get_running_loop().time() + DEFERRAL_S
