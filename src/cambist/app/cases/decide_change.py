"""Take a customer's decision about changed terms: the new ones, or his money back."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cambist.app.assessing import limits_of, lock_turnovers, recount, risk_facts
from cambist.app.giving_back import give_back
from cambist.app.trading import customer_of, go_on, new_terms, open_case_of, own_trade, wish_of
from cambist.domain.compliance.cases import Case, CaseKind, CaseState
from cambist.domain.compliance.limits import Turnover
from cambist.domain.compliance.rules import required_checks
from cambist.domain.identity.customers import Customer
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind
from cambist.domain.orders.trades import Trade, TradeTerms
from cambist.domain.pricing.firm import FirmQuote
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId, QuoteId
from cambist.ports.uow import UnitOfWork


class ChangeOutcome(StrEnum):
    """Name what became of a decision; RESTATED: the terms seen do not stand, newer ones do."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RESTATED = "restated"


@dataclass(frozen=True, slots=True)
class DecideChange:
    """Carry the decision on an order's changed terms.

    `seen` names the terms the customer was shown; None takes whichever stand.
    """

    order_id: OrderId
    partner_id: PartnerId | None
    accept: bool
    seen: QuoteId | None = None


async def decide_change(command: DecideChange, uow: UnitOfWork, now: datetime) -> ChangeOutcome:
    """Make the shown terms the order's own, or begin to give back what was received.

    The new amount is held against limits and risk like a new order's: what exceeds a limit can
    only be given back, and a check it asks for comes before the exchange.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, RATE_UNAVAILABLE when terms must be stated anew
            and cannot be, LIMIT_EXCEEDED, AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE.
    """
    customer = await customer_of(uow, command.order_id, command.partner_id)
    known = await uow.trades.peek(command.order_id)
    if known is not None and command.accept:
        await lock_turnovers(uow, known)
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, CaseKind.CHANGE)
    if not command.accept:
        uow.cases.save(case.step(CaseState.REJECTED, now))
        order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
        await give_back(uow, order, trade, now)
        return ChangeOutcome.REJECTED
    offered = UUID(json.loads(case.facts)["quote"])
    if command.seen not in (None, offered):
        return ChangeOutcome.RESTATED
    quote = await uow.quotes.peek(offered)
    if quote is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    if now >= quote.expires_at or not _covers(order, trade, quote):
        await _restate(uow, order, trade, case, now)
        return ChangeOutcome.RESTATED
    uow.quotes.save(quote.use(order.id, order.partner_id, now))
    uow.cases.save(case.step(CaseState.ACCEPTED, now))
    agreed = replace(order, amount=quote.crypto_units, rate=quote.rate)
    agreed = uow.emit(agreed, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
    trade = await _assess(uow, agreed, trade, quote, customer, now)
    trade = trade.reprice(_terms(quote), quote.id)
    uow.trades.save(trade)
    await go_on(uow, agreed, trade, now)
    return ChangeOutcome.ACCEPTED


async def _assess(
    uow: UnitOfWork,
    order: Order,
    trade: Trade,
    quote: FirmQuote,
    customer: Customer,
    now: datetime,
) -> Trade:
    """Count the new amount in place of the old one, and add the checks only it asks for."""
    rules = await uow.rules()
    context = wish_of(order, trade, customer.level, 0).context
    limits = limits_of(rules, context, customer.id)
    trade = await recount(uow, trade, limits, quote.fiat_units, now)
    none = Turnover("", ())
    facts = await risk_facts(uow, rules, customer, quote.crypto, quote.crypto_units, none, now)
    asked = [kind.value for kind in required_checks(rules.risk, facts) if kind is not CaseKind.EDD]
    return replace(trade, required=tuple(dict.fromkeys((*trade.required, *asked))))


def _covers(order: Order, trade: Trade, quote: FirmQuote) -> bool:
    """Tell whether the terms shown are for all that was received since."""
    if order.kind is OrderKind.BUY:
        return quote.fiat_units == trade.fiat_received
    return order.received == order.confirmed == quote.crypto_units


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
