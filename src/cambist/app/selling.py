"""Steps of a sell's crypto: what came, what of it goes back, and whose loss is what vanished."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cambist.app.payouts import least_sent, recall_payout
from cambist.app.steps import payments_of, receipts_of
from cambist.app.trading import (
    CAME_BACK,
    REVERTED,
    UNASKED,
    ask_for_return,
    expire,
    go_on,
    hold_for,
    make_good,
    trade_of,
)
from cambist.domain.compliance.cases import UNITS, Case, CaseKind, CaseState, undecided
from cambist.domain.ledger.accounts import customer_account
from cambist.domain.ledger.trading import loss_recovered
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Received, Trade, Verdict, due_back, judge_sell, sums_of
from cambist.domain.payments.bank import BankPayoutState
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.states import Direction, PaymentState
from cambist.kernel.events import EventName
from cambist.ports.uow import UnitOfWork

AT_REST = frozenset({OrderState.COMPLETED, OrderState.RETURNED})
"""Where nothing of a sell is under way, so that what came beside it can be asked about."""


async def settle_sell(uow: UnitOfWork, order: Order, now: datetime) -> Order:
    """Bring a locked sell up to date with the crypto that came for it, and with the clock."""
    trade = await trade_of(uow, order)
    payments = await payments_of(uow, order.id)
    receipts = receipts_of(order, payments)
    received = Received(
        seen=sum(receipt.units for receipt in receipts.seen),
        confirmed=sum(receipt.units for receipt in receipts.confirmed),
        last_at=max((receipt.created_at for receipt in receipts.seen), default=None),
    )
    current = sums_of(order, received)
    await recover(uow, current, trade, payments)
    least = least_sent(chain_of(asset_of(trade.crypto)))
    match judge_sell(current, trade, received, now):
        case Verdict.SEEN if current.state is not OrderState.PAYMENT_SEEN:
            after = current.step(OrderState.PAYMENT_SEEN, now)
        case Verdict.WAIT if current.state in (OrderState.PAYMENT_SEEN, OrderState.PAID):
            after = current.step(OrderState.AWAITING_PAYMENT, now)
        case Verdict.PAID | Verdict.CHANGE:
            return await go_on(uow, current, trade, now, counts_from=received.last_at)
        case Verdict.RETURN if least <= received.confirmed == received.seen:
            return await ask_for_return(uow, current, trade, current.confirmed, now)
        case Verdict.EXPIRE if current.state is not OrderState.EXPIRED:
            return await expire(uow, current, now)
        case Verdict.NOTE:
            return await _note(uow, current, trade, received, now)
        case _:
            after = current
    if after != order:
        uow.orders.save(after)
    return after


async def _note(
    uow: UnitOfWork, order: Order, trade: Trade, received: Received, now: datetime
) -> Order:
    """Take note of crypto that changes nothing by itself; where the order is says what it means."""
    if order.state is OrderState.ON_CASE:
        return await _on_case(uow, order, trade, received, now)
    if order.state in AT_REST:
        return await rest(uow, order, trade, now)
    if await _is_recalled(uow, order, trade, now):
        return await hold_for(uow, order, CaseKind.EDD, now, reasons=(REVERTED,))
    uow.orders.save(order)
    return order


async def rest(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> Order:
    """Look after a locked sell of which nothing is under way: what it owes opens the next case.

    A payout the bank sent back meanwhile comes first; then crypto that came beside the exchange,
    or after everything was over, once all of it is final and more than dust.
    """
    uow.orders.save(order)
    payouts = await uow.bank_payouts.where("order_id", order.id)
    newest = max(payouts, key=lambda payout: payout.number, default=None)
    if newest is not None and newest.state is BankPayoutState.RETURNED:
        return await hold_for(uow, order, CaseKind.EDD, now, reasons=(CAME_BACK,))
    due = due_back(order, trade, sent_of(await payments_of(uow, order.id)))
    if due < least_sent(chain_of(asset_of(trade.crypto))) or order.received != order.confirmed:
        return order
    return await ask_for_return(uow, order, trade, due, now)


async def end_return(uow: UnitOfWork, order: Order, now: datetime) -> Order:
    """Note that crypto went back; an exchanged sell is completed again."""
    trade = await trade_of(uow, order)
    state = OrderState.COMPLETED if trade.filled else OrderState.RETURNED
    ended = uow.emit(order.step(state, now), EventName.ORDER_RETURNED, state=state.value)
    return await rest(uow, ended, trade, now) if order.kind is OrderKind.SELL else ended


def sent_of(payments: Sequence[Payment]) -> int:
    """Sum what an order's transfers out have sent or promised."""
    out = [p for p in payments if p.direction is Direction.OUT]
    return sum(p.units for p in out if p.state is not PaymentState.DROPPED)


async def make_way(uow: UnitOfWork, order: Order, now: datetime) -> Order:
    """Close the case that holds a locked order, if one does, for one that comes first."""
    held = undecided(await uow.cases.where("order_id", order.id))
    if held is None:
        return order
    uow.cases.save(held.step(CaseState.CLOSED, now))
    return uow.emit(order, EventName.ORDER_CASE_CLOSED, case=held.kind.value)


async def recover(uow: UnitOfWork, order: Order, trade: Trade, payments: Sequence[Payment]) -> None:
    """Make good what a reorganisation cost the house out of other crypto that came for the sale.

    What vanished and comes back after that is owed to the seller again.
    """
    lost = [payment for payment in payments if payment.loss]
    if not lost:
        return
    short = min(0, due_back(order, trade, sent_of(payments)))
    units = sum(payment.loss for payment in lost) + short
    if units <= 0:
        return
    account = customer_account(trade.customer_id, trade.crypto)
    await uow.ledger.lock([account])
    units = left = min(units, uow.ledger.balance(account).available)
    if not units:
        return
    uow.ledger.post(loss_recovered(account, units), f"recovered:{order.id}:{order.seq}", order.id)
    for payment in lost:
        part = min(left, payment.loss)
        left -= part
        if part:
            uow.payments.save(replace(payment, loss=payment.loss - part))


async def _on_case(
    uow: UnitOfWork, order: Order, trade: Trade, received: Received, now: datetime
) -> Order:
    """Bring what a case asks about up to date with the crypto that came or went."""
    held = undecided(await uow.cases.where("order_id", order.id))
    asks_where = held is not None and (held.kind is CaseKind.RETURN or UNASKED in held.reasons)
    if held is not None and asks_where:
        return await _restate(uow, order, trade, held, now)
    if received.last_at is not None:
        return await make_good(uow, order, trade, now, received.last_at)
    uow.orders.save(order)
    return order


async def _restate(uow: UnitOfWork, order: Order, trade: Trade, held: Case, now: datetime) -> Order:
    """Say how much goes back now; when nothing is left to give back the order ends as it was."""
    sent = sent_of(await payments_of(uow, order.id))
    due = due_back(order, trade, sent)
    uow.orders.save(order)
    if due > 0 or order.received != order.confirmed:
        facts = json.dumps({UNITS: str(max(due, 0))}, separators=(",", ":"))
        uow.cases.save(replace(held, facts=facts))
        return order
    order = await make_way(uow, order, now)
    if trade.filled or sent:
        after = order.step(OrderState.COMPLETED if trade.filled else OrderState.RETURNED, now)
        uow.orders.save(after)
        return after
    return uow.emit(order.step(OrderState.CANCELLED, now), EventName.ORDER_CANCELLED)


async def _is_recalled(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> bool:
    """Stop the payout of a sell whose crypto a reorganisation took back; tell whether one was."""
    if not trade.filled or order.confirmed >= trade.crypto_units:
        return False
    return order.state is OrderState.SENDING and await recall_payout(uow, order, now)
