"""Decide what follows from each event: one table of consumers, total over the events."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Protocol

import msgspec

from cambist.app.orders.return_excess import ReturnExcess
from cambist.app.webhooks.enqueue_callback import EnqueueCallback
from cambist.bus.bus import Gate
from cambist.domain.webhooks.callbacks import CallbackForm
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.ports.outbox import OutboxRow
from cambist.ports.queries import OrderView, WorkerQueries


class Executor(Protocol):
    """Run commands, as the bus does."""

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command and return its result once it is durable."""


@dataclass(frozen=True, slots=True)
class Services:
    """Hold what consumers use; `render` writes an order as its partner's dialect shows it."""

    bus: Executor
    queries: WorkerQueries
    render: Callable[[OrderView], str]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Act once on an event; `handle` returns a note of what had to be left undone, if anything.

    It may be called again with the same event, so each of its commands passes a gate of its name.
    """

    name: str
    handle: Callable[[OutboxRow, Services], Awaitable[str | None]]


async def queue_callbacks(row: OutboxRow, services: Services) -> str | None:
    """Queue the messages an integration subscribed to, in the vendor's form and the standard one.

    The body shows the order as it is now, which may be further than the event.
    """
    found = await services.queries.order_of_event(row.order_id)
    if found is None:
        return None
    view, integration = found
    url = integration.callback_url
    if url is None or not integration.wants(row.name.value):
        return None
    body = services.render(view)
    messages = {CallbackForm.VENDOR: body}
    if integration.standard_webhooks:
        messages[CallbackForm.STANDARD] = standard_body(row, body)
    for form, text in messages.items():
        command = EnqueueCallback(
            order_id=row.order_id,
            partner_id=integration.partner_id,
            integration_id=integration.id,
            event_seq=row.seq,
            form=form,
            url=url,
            body=text,
        )
        await services.bus.execute(command, Gate(consumer=f"callbacks:{form.value}", event=row.id))
    return None


def standard_body(row: OutboxRow, order: str) -> str:
    """Wrap an order's JSON as Standard Webhooks 1.0 has it: type, timestamp, data."""
    moment = row.happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = msgspec.Raw(order.encode())
    message = {"type": row.name.value, "timestamp": moment, "data": data}
    return msgspec.json.encode(message).decode()


async def return_what_is_due(row: OutboxRow, services: Services) -> str | None:
    """Return to the payer what the merchant's policy does not keep.

    A merchant who has spent it already holds nothing up: it is noted, and tried again at the
    order's next event.
    """
    gate = Gate(consumer="return-excess", event=row.id)
    try:
        await services.bus.execute(ReturnExcess(row.order_id), gate)
    except DomainError as refusal:
        if refusal.code is not ErrorCode.INSUFFICIENT_BALANCE:
            raise
        return f"return-excess: {refusal.code.value}"
    return None


CALLBACKS = Consumer("callbacks", queue_callbacks)
RETURN_EXCESS = Consumer("return-excess", return_what_is_due)

SUBSCRIPTIONS: Mapping[EventName, tuple[Consumer, ...]] = {
    EventName.ORDER_CREATED: (CALLBACKS,),
    EventName.ORDER_PAYMENT_SEEN: (CALLBACKS,),
    EventName.ORDER_PAYMENT_CONFIRMED: (CALLBACKS, RETURN_EXCESS),
    EventName.ORDER_PAYMENT_REVERTED: (CALLBACKS,),
    EventName.ORDER_COMPLETED: (CALLBACKS, RETURN_EXCESS),
    EventName.ORDER_EXPIRED: (CALLBACKS, RETURN_EXCESS),
    EventName.ORDER_REOPENED: (CALLBACKS,),
    EventName.ORDER_SENT: (CALLBACKS,),
    EventName.ORDER_FAILED: (CALLBACKS,),
}
