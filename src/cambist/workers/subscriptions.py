"""Decide what follows from each event: one table of consumers, total over the events."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Protocol

import msgspec

from cambist.app.notices.write_notice import WriteNotice
from cambist.app.orders.return_excess import ReturnExcess
from cambist.app.trades.fill_trade import FillTrade
from cambist.app.trades.release_limits import ReleaseLimits
from cambist.app.webhooks.enqueue_callback import EnqueueCallback
from cambist.bus.bus import Gate
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.templates import Template
from cambist.domain.orders.states import TRADES, OrderKind
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
class Told:
    """Hold an event as a dialect tells it: its type, the JSON of the order, and in which forms."""

    type: str
    data: str
    forms: frozenset[CallbackForm]


Render = Callable[[OutboxRow, OrderView], Awaitable[Told | None]]
"""Write an event in its dialect's words, None when it tells nobody of it."""


@dataclass(frozen=True, slots=True)
class Services:
    """Hold what consumers use.

    `render` writes an event as its partner's dialect tells it. `base_url` is where links in
    letters lead. `reviewer` screens and decides what customers submitted, None where only people
    do.
    """

    bus: Executor
    queries: WorkerQueries
    render: Render
    base_url: str = ""
    reviewer: Callable[[OutboxRow], Awaitable[str | None]] | None = None


@dataclass(frozen=True, slots=True)
class Consumer:
    """Act once on an event; `handle` returns a note of what had to be left undone, if anything.

    It may be called again with the same event, so each of its commands passes a gate of its name.
    `kinds` are the orders it is about, None all of them.
    """

    name: str
    handle: Callable[[OutboxRow, Services], Awaitable[str | None]]
    kinds: frozenset[OrderKind] | None = None

    def concerns(self, row: OutboxRow) -> bool:
        """Tell whether the event is about an order of its kinds."""
        return self.kinds is None or row.facts.get("kind") in self.kinds


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
    told = await services.render(row, view)
    if told is None:
        return None
    messages = {CallbackForm.VENDOR: told.data} if CallbackForm.VENDOR in told.forms else {}
    if integration.standard_webhooks and CallbackForm.STANDARD in told.forms:
        messages[CallbackForm.STANDARD] = standard_body(row, told)
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


def standard_body(row: OutboxRow, told: Told) -> str:
    """Wrap an order's JSON as Standard Webhooks 1.0 has it: type, timestamp, data."""
    moment = row.happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = msgspec.Raw(told.data.encode())
    message = {"type": told.type, "timestamp": moment, "data": data}
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


async def fill(row: OutboxRow, services: Services) -> str | None:
    """Exchange what was paid; money that is gone meanwhile is a person's matter."""
    gate = Gate(consumer="fill", event=row.id)
    try:
        await services.bus.execute(FillTrade(row.order_id), gate)
    except DomainError as refusal:
        if refusal.code is not ErrorCode.INSUFFICIENT_BALANCE:
            raise
        return f"fill: {refusal.code.value}"
    return None


async def uncount(row: OutboxRow, services: Services) -> str | None:
    """Give the limits back what an order that came to nothing had taken."""
    gate = Gate(consumer="uncount", event=row.id)
    await services.bus.execute(ReleaseLimits(row.order_id), gate)
    return None


async def write_letters(row: OutboxRow, services: Services) -> str | None:
    """Write to the customer what happened, when it concerns one."""
    template = letter_for(row)
    if template is None:
        return None
    reasons = tuple(str(row.facts.get("reason", "")).split())
    notice = WriteNotice(row.order_id, template, services.base_url, reasons)
    await services.bus.execute(notice, Gate(consumer="letters", event=row.id))
    return None


def letter_for(row: OutboxRow) -> Template | None:
    """Choose the letter an event asks for."""
    if row.name is EventName.ORDER_CASE_OPENED:
        return CASE_LETTERS[CaseKind(str(row.facts["case"]))]
    if row.name is EventName.ORDER_SENT:
        return Template.CRYPTO_SENT if row.facts.get("txid") else Template.PAYOUT_SENT
    return LETTERS.get(row.name)


async def review(row: OutboxRow, services: Services) -> str | None:
    """Hold the name against the lists, and let the automatic reviewer decide where there is one."""
    if services.reviewer is None:
        return None
    return await services.reviewer(row)


CASE_LETTERS: Mapping[CaseKind, Template | None] = {
    CaseKind.IDENTITY: Template.CASE_IDENTITY,
    CaseKind.AML: Template.CASE_AML,
    CaseKind.PHONE: Template.CASE_PHONE,
    CaseKind.DEPOSIT: Template.CASE_DEPOSIT,
    CaseKind.CHANGE: Template.CASE_CHANGE,
    CaseKind.RETURN: Template.CASE_RETURN,
    CaseKind.EDD: None,
}

LETTERS: Mapping[EventName, Template] = {
    EventName.ORDER_CREATED: Template.ORDER_CREATED,
    EventName.ORDER_CASE_REJECTED: Template.CASE_REJECTED,
    EventName.ORDER_PAID: Template.PAYMENT_RECEIVED,
    EventName.ORDER_COMPLETED: Template.ORDER_COMPLETED,
    EventName.ORDER_CANCELLED: Template.ORDER_CANCELLED,
    EventName.ORDER_FAILED: Template.ORDER_CANCELLED,
    EventName.ORDER_EXPIRED: Template.ORDER_EXPIRED,
    EventName.ORDER_RETURNED: Template.ORDER_RETURNED,
}

CALLBACKS = Consumer("callbacks", queue_callbacks)
FILL = Consumer("fill", fill, TRADES)
UNCOUNT = Consumer("uncount", uncount, TRADES)
WRITING = Consumer("letters", write_letters, TRADES)
REVIEW = Consumer("review", review, TRADES)
RETURN_EXCESS = Consumer("return-excess", return_what_is_due)

SUBSCRIPTIONS: Mapping[EventName, tuple[Consumer, ...]] = {
    EventName.ORDER_CREATED: (CALLBACKS, WRITING),
    EventName.ORDER_PAYMENT_SEEN: (CALLBACKS,),
    EventName.ORDER_PAYMENT_CONFIRMED: (CALLBACKS, RETURN_EXCESS),
    EventName.ORDER_PAYMENT_REVERTED: (CALLBACKS,),
    EventName.ORDER_COMPLETED: (CALLBACKS, RETURN_EXCESS, WRITING),
    EventName.ORDER_EXPIRED: (CALLBACKS, RETURN_EXCESS, UNCOUNT, WRITING),
    EventName.ORDER_REOPENED: (CALLBACKS,),
    EventName.ORDER_SENT: (CALLBACKS, WRITING),
    EventName.ORDER_FAILED: (CALLBACKS, UNCOUNT, WRITING),
    EventName.ORDER_CASE_OPENED: (CALLBACKS, WRITING),
    EventName.ORDER_CASE_SUBMITTED: (CALLBACKS, REVIEW),
    EventName.ORDER_CASE_REJECTED: (CALLBACKS, WRITING),
    EventName.ORDER_CASE_CLOSED: (CALLBACKS,),
    EventName.ORDER_READY: (CALLBACKS,),
    EventName.ORDER_PAID: (CALLBACKS, FILL, WRITING),
    EventName.ORDER_CANCELLED: (CALLBACKS, UNCOUNT, WRITING),
    EventName.ORDER_RETURNING: (CALLBACKS,),
    EventName.ORDER_RETURNED: (CALLBACKS, UNCOUNT, WRITING),
}
