"""Send a callback once more because its partner asks for it."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.webhooks.callbacks import redeliver
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CallbackId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RedeliverCallback:
    """Name a delivered or dead callback of the caller's own."""

    partner_id: PartnerId
    callback_id: CallbackId


async def redeliver_callback(command: RedeliverCallback, uow: UnitOfWork, now: datetime) -> None:
    """Make the callback due at once, with the same id and body.

    Raises:
        DomainError: NOT_FOUND when it does not exist or is another partner's, INVALID_STATE
            while it is pending.
    """
    callback = await uow.callbacks.get(command.callback_id)
    if callback.partner_id != command.partner_id:
        raise DomainError(ErrorCode.NOT_FOUND)
    uow.callbacks.save(redeliver(callback, now))
