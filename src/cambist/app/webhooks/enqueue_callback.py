"""Queue one message about one event for one endpoint."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.webhooks.callbacks import Callback, CallbackForm
from cambist.domain.webhooks.states import CallbackState
from cambist.kernel.ids import CallbackId, IntegrationId, OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class EnqueueCallback:
    """Carry the whole message; the body is sent as it is here, however often it is sent."""

    order_id: OrderId
    partner_id: PartnerId
    integration_id: IntegrationId
    event_seq: int
    form: CallbackForm
    url: str
    body: str


async def enqueue_callback(command: EnqueueCallback, uow: UnitOfWork, now: datetime) -> CallbackId:
    """Store the callback, due at once, and return its id; an event and form have one for ever."""
    callback_id = CallbackId(uow.new_id())
    callback = Callback(
        id=callback_id,
        partner_id=command.partner_id,
        integration_id=command.integration_id,
        order_id=command.order_id,
        event_seq=command.event_seq,
        form=command.form,
        url=command.url,
        body=command.body,
        state=CallbackState.PENDING,
        attempts=0,
        next_attempt_at=now,
        created_at=now,
        updated_at=now,
    )
    uow.callbacks.add(callback)
    return callback_id
