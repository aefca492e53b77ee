"""Put a callback off for a moment, because its endpoint has enough under way."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.webhooks.callbacks import after_deferral
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CallbackId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeferCallback:
    """Name a claimed callback; `attempts` is what it counted when it was claimed."""

    callback_id: CallbackId
    attempts: int


async def defer_callback(command: DeferCallback, uow: UnitOfWork, now: datetime) -> None:
    """Try again a moment later without counting an attempt.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE when the callback is pending no more, FENCED when
            another worker recorded an attempt since the claim.
    """
    callback = await uow.callbacks.get(command.callback_id)
    if callback.attempts != command.attempts:
        raise DomainError(ErrorCode.FENCED, attempts=callback.attempts)
    uow.callbacks.save(after_deferral(callback, now))
