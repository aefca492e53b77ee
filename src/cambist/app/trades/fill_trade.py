"""Fill a paid order: exchange through inventory, then send the outcome or keep it."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.assessing import lock_turnovers, recount, unlimited
from cambist.app.payouts import (
    Sending,
    next_number,
    payee_of,
    queue_payout,
    send_crypto_of,
)
from cambist.app.selling import rest
from cambist.app.trading import exchange_of, hold_for, trade_of
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.ledger.accounts import AccountRef, HoldState, customer_account
from cambist.domain.ledger.trading import bought, sold
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Payout, Trade
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork

FUNDS_GONE = "funds-gone"


@dataclass(frozen=True, slots=True)
class FillTrade:
    """Name an order that is paid."""

    order_id: OrderId


async def fill_trade(command: FillTrade, uow: UnitOfWork, now: datetime) -> bool:
    """Book the exchange once and set the outcome going; return whether it was due.

    A trade that had given its limits back counts again. Crypto that another order's reorganisation
    took from the seller meanwhile is a person's matter.

    Raises:
        DomainError: NOT_FOUND.
    """
    known = await uow.trades.peek(command.order_id)
    if known is not None and not known.counted:
        await lock_turnovers(uow, known)
    order = await uow.orders.get(command.order_id)
    if order.state is not OrderState.PAID:
        return False
    trade = await trade_of(uow, order)
    if not trade.counted:
        trade = await recount(uow, trade, unlimited(trade), trade.fiat_units, now)
    if order.kind is OrderKind.BUY:
        await _fill_buy(uow, order, trade, now)
    elif not await _fill_sell(uow, order, trade, now):
        uow.trades.save(trade)
        await hold_for(uow, order, CaseKind.EDD, now, reasons=(FUNDS_GONE,))
        return False
    filled = replace(trade, filled=True)
    uow.trades.save(filled)
    if order.kind is OrderKind.SELL and trade.payout is Payout.KEEP:
        ended = uow.emit(order.step(OrderState.COMPLETED, now), EventName.ORDER_COMPLETED)
        await rest(uow, ended, filled, now)
    return True


async def _fill_buy(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> None:
    is_kept = trade.payout is Payout.KEEP or order.address is None
    number = 0 if is_kept else await next_number(uow, order)
    fiat, crypto = await _lock(uow, trade)
    await uow.ledger.close_hold(fiat, order.id, HoldState.CAPTURED)
    uow.ledger.post(bought(fiat, crypto, exchange_of(trade)), f"fill:{order.id}", order.id)
    if is_kept or order.address is None:
        uow.emit(order.step(OrderState.COMPLETED, now), EventName.ORDER_COMPLETED)
        return
    sending = Sending(order.address, trade.crypto_units, number)
    send_crypto_of(uow, order, trade, sending, now)
    uow.orders.save(order.step(OrderState.SENDING, now))


async def _fill_sell(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> bool:
    """Book a sell; False when the crypto is not there."""
    fiat, crypto = await _lock(uow, trade)
    if uow.ledger.balance(crypto).available < trade.crypto_units:
        return False
    uow.ledger.post(sold(fiat, crypto, exchange_of(trade)), f"fill:{order.id}", order.id)
    if trade.payout is Payout.KEEP:
        return True
    payee = await payee_of(uow, trade)
    await queue_payout(uow, order, trade, trade.fiat_units, payee, now, returning=False)
    uow.orders.save(order.step(OrderState.SENDING, now))
    return True


async def _lock(uow: UnitOfWork, trade: Trade) -> tuple[AccountRef, AccountRef]:
    """Lock the customer's fiat and crypto accounts."""
    fiat = customer_account(trade.customer_id, trade.fiat)
    crypto = customer_account(trade.customer_id, trade.crypto)
    await uow.ledger.lock([fiat, crypto])
    return fiat, crypto
