"""Record how an attempt at a callback ended, and when to try again if ever."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.domain.webhooks.callbacks import Callback, after_attempt, attempt_record
from cambist.domain.webhooks.schedule import Outcome, disables_endpoint
from cambist.domain.webhooks.states import CallbackState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CallbackId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RecordAttempt:
    """Tell an outcome; `attempts` is what the callback counted when it was claimed.

    `jitter` is drawn from 0 up to but not including JITTER_LIMIT.
    """

    callback_id: CallbackId
    attempts: int
    outcome: Outcome
    jitter: int


async def record_attempt(command: RecordAttempt, uow: UnitOfWork, now: datetime) -> CallbackState:
    """Write the log line, bring the callback up to date and return its state.

    An endpoint that said 410 Gone gets no more callbacks until its partner sets a URL again.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE when the callback is pending no more, FENCED when
            another worker recorded an attempt since the claim.
    """
    if disables_endpoint(command.outcome):
        await _disable(command.callback_id, uow)
    callback = await uow.callbacks.get(command.callback_id)
    if callback.attempts != command.attempts:
        raise DomainError(ErrorCode.FENCED, attempts=callback.attempts)
    after = after_attempt(callback, command.outcome, now, command.jitter)
    uow.callback_attempts.add(attempt_record(callback, command.outcome, now))
    uow.callbacks.save(after)
    return after.state


async def _disable(callback_id: CallbackId, uow: UnitOfWork) -> None:
    """Take the endpoint off its integration unless another one was set meanwhile."""
    callback: Callback | None = await uow.callbacks.peek(callback_id)
    if callback is None:
        return
    found = await uow.integrations.lock([callback.integration_id])
    integration = found.get(callback.integration_id)
    if integration is not None and integration.callback_url == callback.url:
        uow.integrations.save(replace(integration, callback_url=None))
