"""Decide which wrong workers the tests have to catch; nothing of this is shipped."""

from cambist.domain.messaging.messages import after_attempt
from cambist.domain.messaging.schedule import Outcome, Verdict
from cambist.ports.messages import DueMessage
from cambist.workers.messages import MessageWorker


class ForgetfulWorker(MessageWorker):
    """Mark a message as sent before it is: a crash in between loses it."""

    async def _deliver(self, item: DueMessage) -> None:
        sent = after_attempt(item.message, Outcome(Verdict.SENT), self._clock(), 0)
        await self._queue.record(item.message, sent)
        await super()._deliver(item)


class LateWorker(MessageWorker):
    """Send codes nobody can use any more."""

    async def _deliver(self, item: DueMessage) -> None:
        if item.contents is not None:
            await self._hand_over(item.message, item.contents)
        await super()._deliver(item)
