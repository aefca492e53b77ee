"""Decide how messages are sent: each channel by itself, none late, none in another's way."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import structlog

from cambist.domain.messaging.messages import (
    Contents,
    Message,
    after_attempt,
    expire,
    give_up,
    is_expired,
)
from cambist.domain.messaging.schedule import JITTER_LIMIT, Outcome, Verdict
from cambist.domain.messaging.templates import Channel
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.messages import (
    DueMessage,
    MailPort,
    MessageQueue,
    MessageRefusedError,
    MessageUnavailableError,
    MessageUnwritableError,
    MessageWriter,
    SmsPort,
)
from cambist.ports.store import StoreUnavailableError
from cambist.workers.loop import name_of, run_forever

PLACES_MAX = 8
"""How many messages of one channel may be under way at once."""
LEASE_S = 60.0
"""Longer than an attempt takes with its record: the adapters' deadlines are below half of it."""
ATTEMPT_S = 40.0
TURN_S = 0.1
IDLE_S = 0.2

BREAKER_FAILURES = 5
BREAKER_OPEN_S = 30.0

UNREADABLE = "unreadable"
UNWRITABLE = "unwritable"
TIMEOUT = "timeout"

_log = structlog.get_logger()


@dataclass(slots=True)
class Breaker:
    """Leave a channel alone that is down: claim nothing, then one message to see.

    What is not claimed is not attempted, so an outage uses up nobody's attempts.
    """

    failures: int = 0
    open_until: float = 0.0

    def places(self, now: float) -> int:
        """Tell how many messages may be under way."""
        if now < self.open_until:
            return 0
        return PLACES_MAX if self.failures < BREAKER_FAILURES else 1

    def succeeded(self) -> None:
        """Note that the channel answered."""
        self.failures = 0

    def failed(self, now: float) -> None:
        """Note that the channel did not answer."""
        self.failures += 1
        if self.failures >= BREAKER_FAILURES:
            self.open_until = now + BREAKER_OPEN_S


class MessageWorker:
    """Send due messages, at least once each and with the same id. Any number may run at once.

    `clock` is the time the core goes by, which codes expire by.
    """

    def __init__(
        self,
        queue: MessageQueue,
        writer: MessageWriter,
        mail: MailPort,
        sms: SmsPort,
        clock: Callable[[], datetime],
        heartbeat: Callable[[str], Awaitable[None]],
        jitter: Callable[[int], int],
        *,
        lease_s: float = LEASE_S,
    ) -> None:
        self._queue, self._writer = queue, writer
        self._mail, self._sms = mail, sms
        self._clock, self._heartbeat, self._jitter = clock, heartbeat, jitter
        self._lease_s = lease_s
        self._running: dict[asyncio.Task[None], Channel] = {}
        self._breakers = {channel: Breaker() for channel in Channel}

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop, then wait for what is under way."""
        try:
            await run_forever(
                self.run_once, stop, IDLE_S, "messages", self._heartbeat, self._jitter
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
        begun = 0
        for channel in Channel:
            due = await self._claim(channel)
            for item in due:
                task = asyncio.get_running_loop().create_task(self._deliver(item))
                self._running[task] = channel
            begun += len(due)
        await self._reap(TURN_S, asyncio.FIRST_COMPLETED)
        return begun

    async def finish(self) -> None:
        """Wait for what is under way; ATTEMPT_S bounds it."""
        await self._reap(None, asyncio.ALL_COMPLETED)

    async def _claim(self, channel: Channel) -> Sequence[DueMessage]:
        taken = sum(one is channel for one in self._running.values())
        free = self._breakers[channel].places(self._monotonic()) - taken
        return await self._queue.claim(channel, free, self._lease_s) if free > 0 else ()

    async def _reap(self, timeout_s: float | None, return_when: str) -> None:
        if not self._running:
            return
        done, _ = await asyncio.wait(self._running, timeout=timeout_s, return_when=return_when)
        for task in done:
            del self._running[task]
        for task in done:
            task.result()

    async def _deliver(self, item: DueMessage) -> None:
        """Make one attempt; an error costs this message its turn, not the others theirs."""
        try:
            await self._queue.record(item.message, await self._attempt(item))
        except StoreUnavailableError as error:
            # It is not known to be recorded: the lease's end decides, and it is sent again.
            _log.info("message.unrecorded", message=str(item.message.id), error=name_of(error))
        except Exception as error:
            _log.warning("message.failed", message=str(item.message.id), error=name_of(error))

    async def _attempt(self, item: DueMessage) -> Message:
        """Send, and return the message as the attempt leaves it."""
        message, now = item.message, self._clock()
        if is_expired(message, now):
            return expire(message, now)
        if item.contents is None:
            return give_up(message, UNREADABLE, now)
        outcome = await self._send(message, item.contents)
        if outcome.verdict is Verdict.SENT:
            failpoint(Failpoint.MESSAGE_AFTER_SEND)
        return after_attempt(message, outcome, self._clock(), self._jitter(JITTER_LIMIT))

    async def _send(self, message: Message, contents: Contents) -> Outcome:
        breaker = self._breakers[message.channel]
        try:
            async with asyncio.timeout(ATTEMPT_S):
                await self._hand_over(message, contents)
        except MessageUnwritableError:
            return Outcome(Verdict.REFUSED, UNWRITABLE)
        except MessageRefusedError as refused:
            breaker.succeeded()
            return Outcome(Verdict.REFUSED, refused.reason)
        except MessageUnavailableError as unavailable:
            if unavailable.is_channel_down:
                breaker.failed(self._monotonic())
            else:
                breaker.succeeded()
            return Outcome(Verdict.UNAVAILABLE, unavailable.reason)
        except TimeoutError:
            breaker.failed(self._monotonic())
            return Outcome(Verdict.UNAVAILABLE, TIMEOUT)
        except Exception as error:
            # Counted like any attempt, so that what nobody foresaw is not tried for ever.
            _log.warning("message.failed", message=str(message.id), error=name_of(error))
            return Outcome(Verdict.UNAVAILABLE, name_of(error))
        breaker.succeeded()
        return Outcome(Verdict.SENT)

    async def _hand_over(self, message: Message, contents: Contents) -> None:
        said = message.id, message.template, message.language, contents
        match message.channel:
            case Channel.MAIL:
                await self._mail.send(self._writer.mail(*said))
            case Channel.SMS:
                await self._sms.send(self._writer.sms(*said))
            case _ as unreachable:
                assert_never(unreachable)

    @staticmethod
    def _monotonic() -> float:
        return asyncio.get_running_loop().time()
