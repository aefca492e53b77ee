"""Take a customer's decision about changed terms: the new ones, or his money back."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cambist.app.giving_back import give_back
from cambist.app.trading import customer_of, new_terms, open_case_of, own_trade, paid
from cambist.domain.compliance.cases import Case, CaseKind, CaseState
from cambist.domain.orders.orders import Order
from cambist.domain.orders.trades import Trade, TradeTerms
from cambist.domain.pricing.firm import FirmQuote
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


class ChangeOutcome(StrEnum):
    """Name what became of a decision; RESTATED: the new terms ran out, newer ones are shown."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RESTATED = "restated"


@dataclass(frozen=True, slots=True)
class DecideChange:
    """Carry the decision on an order's changed terms."""

    order_id: OrderId
    partner_id: PartnerId | None
    accept: bool


async def decide_change(command: DecideChange, uow: UnitOfWork, now: datetime) -> ChangeOutcome:
    """Make the shown terms the order's own, or begin to give back what was received.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, RATE_UNAVAILABLE when terms must be stated anew
            and cannot be.
    """
    await customer_of(uow, command.order_id, command.partner_id)
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, CaseKind.CHANGE)
    if not command.accept:
        uow.cases.save(case.step(CaseState.REJECTED, now))
        order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
        await give_back(uow, order, trade, now)
        return ChangeOutcome.REJECTED
    quote = await uow.quotes.peek(UUID(json.loads(case.facts)["quote"]))
    if quote is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    if now >= quote.expires_at or not _covers(order, trade, quote):
        await _restate(uow, order, trade, case, now)
        return ChangeOutcome.RESTATED
    uow.quotes.save(quote.use(order.id, order.partner_id, now))
    uow.cases.save(case.step(CaseState.ACCEPTED, now))
    order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
    uow.trades.save(trade.reprice(_terms(quote), quote.id))
    agreed = replace(order, amount=quote.crypto_units, rate=quote.rate)
    paid(uow, agreed, now)
    return ChangeOutcome.ACCEPTED


def _covers(order: Order, trade: Trade, quote: FirmQuote) -> bool:
    """Tell whether the terms shown are for all that was received since."""
    if order.received != order.confirmed:
        return False
    if order.confirmed:
        return quote.crypto_units == order.confirmed
    return quote.fiat_units == trade.fiat_received


async def _restate(uow: UnitOfWork, order: Order, trade: Trade, case: Case, now: datetime) -> None:
    quote, facts = await new_terms(uow, order, trade, now)
    uow.quotes.add(quote)
    stated = json.dumps(facts, separators=(",", ":"))
    uow.cases.save(replace(case, facts=stated, updated_at=now))


def _terms(quote: FirmQuote) -> TradeTerms:
    return TradeTerms(
        crypto_units=quote.crypto_units,
        fiat_units=quote.fiat_units,
        raw=quote.raw,
        rate=quote.rate,
        principal=quote.principal,
        commission=quote.commission,
        payment_fee=quote.payment_fee,
        network_fee=quote.network_fee,
        valid_until=quote.expires_at,
    )
