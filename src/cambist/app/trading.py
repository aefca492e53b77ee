"""Steps the trading use cases share: what a trade waits for next, and what its money means."""

import json
from datetime import datetime, timedelta

from cambist.app.assessing import why
from cambist.app.quoting import Wish, quote_for
from cambist.domain.compliance.cases import (
    UNITS,
    Case,
    CaseKind,
    CaseState,
    open_case,
    undecided,
)
from cambist.domain.compliance.rules import Reason, still_required
from cambist.domain.custody.custody import Address
from cambist.domain.identity.customers import Customer
from cambist.domain.ledger.accounts import customer_account
from cambist.domain.ledger.trading import Exchange
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.rails import Method
from cambist.domain.pricing.firm import FirmQuote
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import CaseId, OrderId, PartnerId
from cambist.kernel.replacing import replace
from cambist.ports.uow import UnitOfWork

SIDES = {OrderKind.BUY: Side.BUY, OrderKind.SELL: Side.SELL}
TOO_ODD = frozenset({ErrorCode.AMOUNT_TOO_SMALL, ErrorCode.AMOUNT_TOO_LARGE})
CAME_BACK = "payout-returned"
REVERTED = "payment-reverted"
UNASKED = "nobody-to-ask"
STRANGER = "stranger"
"""Set beside a payer whose name is not the customer's, until a person has looked at it."""


async def trade_of(uow: UnitOfWork, order: Order) -> Trade:
    """Read the trade of a locked order; there is always one.

    Raises:
        DomainError: NOT_FOUND for an order that is no trade.
    """
    trade = await uow.trades.peek(order.id) if order.is_trade else None
    if trade is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return trade


async def own_trade(
    uow: UnitOfWork, order_id: OrderId, partner_id: PartnerId | None
) -> tuple[Order, Trade]:
    """Lock an order of the partner's (None: of anybody's, for pages and staff) with its trade.

    Raises:
        DomainError: NOT_FOUND; a foreign order looks like a missing one.
    """
    order = (await uow.orders.lock([order_id])).get(order_id)
    if order is None or (partner_id is not None and order.partner_id != partner_id):
        raise DomainError(ErrorCode.NOT_FOUND)
    return order, await trade_of(uow, order)


async def customer_of(uow: UnitOfWork, order_id: OrderId, partner_id: PartnerId | None) -> Customer:
    """Lock the customer of an order before the order itself.

    Raises:
        DomainError: NOT_FOUND.
    """
    trade = await uow.trades.peek(order_id)
    if trade is None or (partner_id is not None and trade.partner_id != partner_id):
        raise DomainError(ErrorCode.NOT_FOUND)
    return await uow.customers.get(trade.customer_id)


async def open_case_of(uow: UnitOfWork, order: Order, kind: CaseKind) -> Case:
    """Find the case of a kind that is the customer's to answer.

    Raises:
        DomainError: CASE_NOT_OPEN, naming in `open` the one that is.
    """
    held = undecided(await uow.cases.where("order_id", order.id))
    if held is None or held.kind is not kind or held.state is not CaseState.OPEN:
        named = held.kind.value if held is not None and held.state is CaseState.OPEN else ""
        raise DomainError(ErrorCode.CASE_NOT_OPEN, case=kind.value, open=named)
    return held


async def hold_for(
    uow: UnitOfWork,
    order: Order,
    kind: CaseKind,
    now: datetime,
    *,
    facts: dict[str, object] | None = None,
    reasons: tuple[str, ...] = (),
) -> Order:
    """Open a case on a locked order that no other case holds."""
    if order.customer_id is None:
        raise LookupError("a trade without customer")
    case = open_case(
        CaseId(uow.new_id()),
        order.id,
        order.customer_id,
        kind,
        now,
        json.dumps(facts or {}, separators=(",", ":")),
        reasons,
    )
    uow.cases.add(case)
    held = order if order.state is OrderState.ON_CASE else order.step(OrderState.ON_CASE, now)
    if not order.received:
        held = replace(held, expires_at=case.expires_at)
    submitted = case.state is CaseState.SUBMITTED
    event = EventName.ORDER_CASE_SUBMITTED if submitted else EventName.ORDER_CASE_OPENED
    return uow.emit(held, event, case=case.kind.value, case_id=str(case.id))


async def go_on(
    uow: UnitOfWork,
    order: Order,
    trade: Trade,
    now: datetime,
    reasons: tuple[str, ...] = (),
    counts_from: datetime | None = None,
) -> Order:
    """Take a locked order that nothing holds to what comes next: a check, its payment, its fill.

    Money that is here counts from `counts_from`, now unless told: a price that ran out while a
    check was waited for is stated anew.

    Raises:
        DomainError: RATE_UNAVAILABLE, INSUFFICIENT_BALANCE when the money kept does not suffice.
    """
    if trade.required:
        kind = CaseKind(trade.required[0])
        if not reasons:
            reasons = await why(uow, await _customer(uow, trade), trade.fiat, kind, now)
        return await hold_for(uow, order, kind, now, reasons=reasons)
    if trade.method == Method.BALANCE and order.kind is OrderKind.BUY:
        account = customer_account(trade.customer_id, trade.fiat)
        await uow.ledger.lock([account])
        uow.ledger.hold(account, trade.fiat_units, order.id)
        return paid(uow, order, now)
    if trade.fiat_received or order.confirmed:
        return await _weigh(uow, order, trade, now, counts_from or now)
    return await _await_payment(uow, order, trade, now)


async def _weigh(
    uow: UnitOfWork, order: Order, trade: Trade, now: datetime, counts_from: datetime
) -> Order:
    """Hold money that is here against what was agreed: whose it is, how much, and when it came."""
    if order.kind is OrderKind.BUY and await _is_strangers(uow, trade):
        return await hold_for(uow, order, CaseKind.EDD, now, reasons=(Reason.NAME_MISMATCH.value,))
    if is_exact(order, trade) and counts_from <= trade.valid_until:
        return paid(uow, order, now)
    return await ask_for_change(uow, order, trade, now)


def is_exact(order: Order, trade: Trade) -> bool:
    """Tell whether what came is what was agreed."""
    if order.kind is OrderKind.BUY:
        return trade.fiat_received == trade.fiat_units
    return order.confirmed == order.received == trade.crypto_units


async def _is_strangers(uow: UnitOfWork, trade: Trade) -> bool:
    customer = await _customer(uow, trade)
    details = uow.privacy.open(customer.sealing_key, customer.id, trade.sealed)
    return bool(details.get(STRANGER))


async def _customer(uow: UnitOfWork, trade: Trade) -> Customer:
    """Read a trade's customer without a lock."""
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None:
        raise LookupError("a trade without customer")
    return customer


async def _await_payment(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> Order:
    context = wish_of(order, trade, 0, 0).context
    terms = (await uow.rules()).terms(context, now)
    waiting = order.step(OrderState.AWAITING_PAYMENT, now)
    waiting = replace(waiting, expires_at=now + timedelta(seconds=terms.payment_window_s))
    if order.kind is OrderKind.SELL and order.address is None:
        chain = chain_of(asset_of(trade.crypto))
        number, address = await uow.next_address(chain.id)
        owner = (order.partner_id, order.integration_id, order.id)
        uow.addresses.add(Address.issued(chain.id, address, number, owner, now))
        waiting = replace(waiting, address=address)
    return uow.emit(waiting, EventName.ORDER_READY)


def paid(uow: UnitOfWork, order: Order, now: datetime) -> Order:
    """Note that a trade's money is here; its fill follows from the event."""
    return uow.emit(order.step(OrderState.PAID, now), EventName.ORDER_PAID)


def wish_of(order: Order, trade: Trade, level: int, units: int) -> Wish:
    """Ask for the price of what was received."""
    return Wish(
        partner_id=trade.partner_id,
        dialect=trade.dialect,
        side=SIDES[order.kind],
        crypto=trade.crypto,
        fiat=trade.fiat,
        method=trade.method,
        level=level,
        given=Given.FROM,
        units=units,
    )


async def ask_for_change(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> Order:
    """Hold an order whose money differs or came late: old and new terms side by side.

    What cannot be priced at all (too little, too much) is left to the staff, and so is crypto while
    there is no price: a chain's watcher cannot wait for one.

    Raises:
        DomainError: RATE_UNAVAILABLE for fiat; nothing has happened, the line comes up again.
    """
    if order.kind is OrderKind.SELL and (await _customer(uow, trade)).key is None:
        return await ask_for_return(uow, order, trade, order.confirmed, now)
    odd = TOO_ODD if order.kind is OrderKind.BUY else TOO_ODD | {ErrorCode.RATE_UNAVAILABLE}
    try:
        quote, facts = await new_terms(uow, order, trade, now)
    except DomainError as refusal:
        if refusal.code not in odd:
            raise
        return await hold_for(uow, order, CaseKind.EDD, now, reasons=(refusal.code.value,))
    uow.quotes.add(quote)
    return await hold_for(uow, order, CaseKind.CHANGE, now, facts=facts)


async def new_terms(
    uow: UnitOfWork, order: Order, trade: Trade, now: datetime
) -> tuple[FirmQuote, dict[str, object]]:
    """Price what was received at today's rate, and tell it beside the old terms.

    Raises:
        DomainError: RATE_UNAVAILABLE, AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE.
    """
    level = (await _customer(uow, trade)).level
    units = trade.fiat_received if order.kind is OrderKind.BUY else order.confirmed
    quote = await quote_for(uow, wish_of(order, trade, level, units), now)
    facts: dict[str, object] = {
        "old": _told(trade.crypto_units, trade.fiat_units, trade.rate, trade.valid_until),
        "new": _told(quote.crypto_units, quote.fiat_units, quote.rate, quote.expires_at),
        "quote": str(quote.id),
        "late": now > trade.valid_until,
    }
    return quote, facts


def _told(crypto: int, fiat: int, rate: int, until: datetime) -> dict[str, str]:
    return {
        "crypto_units": str(crypto),
        "fiat_units": str(fiat),
        "rate": str(rate),
        "valid_until": until.isoformat(),
    }


async def ask_for_return(
    uow: UnitOfWork, order: Order, trade: Trade, units: int, now: datetime
) -> Order:
    """Hold a sell that no case holds until its seller says where his crypto goes back to.

    Nobody can ask whoever was erased meanwhile: that is a person's matter.
    """
    facts: dict[str, object] = {UNITS: str(units)}
    if (await _customer(uow, trade)).key is None:
        return await hold_for(uow, order, CaseKind.EDD, now, facts=facts, reasons=(UNASKED,))
    return await hold_for(uow, order, CaseKind.RETURN, now, facts=facts)


async def make_good(
    uow: UnitOfWork, order: Order, trade: Trade, now: datetime, counts_from: datetime
) -> Order:
    """Take up money that came on while changed terms wait: now it may be what was agreed."""
    held = undecided(await uow.cases.where("order_id", order.id))
    fits = is_exact(order, trade) and counts_from <= trade.valid_until
    if held is None or held.kind is not CaseKind.CHANGE or not fits:
        uow.orders.save(order)
        return order
    uow.cases.save(held.step(CaseState.CLOSED, now))
    order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=held.kind.value)
    return await go_on(uow, order, trade, now, counts_from=counts_from)


async def expire(uow: UnitOfWork, order: Order, now: datetime) -> Order:
    """End a trade nobody paid for, with whatever case held it."""
    await close_cases(uow, order, now)
    return uow.emit(order.step(OrderState.EXPIRED, now), EventName.ORDER_EXPIRED)


async def pass_case(
    uow: UnitOfWork, order: Order, trade: Trade, case: Case, now: datetime
) -> Order:
    """Accept the case that holds a locked order, and take the order to what comes next.

    Raises:
        DomainError: RATE_UNAVAILABLE, INSUFFICIENT_BALANCE.
    """
    uow.cases.save(case.step(CaseState.ACCEPTED, now))
    order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
    trade = replace(trade, required=still_required(trade.required, case.kind))
    uow.trades.save(trade)
    return await go_on(uow, order, trade, now)


def exchange_of(trade: Trade) -> Exchange:
    """Tell the ledger what a trade exchanges."""
    return Exchange(
        crypto_units=trade.crypto_units,
        network_fee=trade.network_fee,
        principal=trade.principal,
        commission=trade.commission,
        payment_fee=trade.payment_fee,
    )


async def close_cases(uow: UnitOfWork, order: Order, now: datetime) -> None:
    """Close the case that holds an order, if one does, because the order ends."""
    held = undecided(await uow.cases.where("order_id", order.id))
    if held is not None:
        uow.cases.save(held.step(CaseState.CLOSED, now))
