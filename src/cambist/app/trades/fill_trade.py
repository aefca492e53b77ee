"""Fill a paid order: exchange through inventory, then send the outcome or keep it."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.payouts import (
    Sending,
    next_number,
    payee_of,
    queue_payout,
    send_crypto_of,
)
from cambist.app.trading import trade_of
from cambist.domain.ledger.accounts import AccountRef, HoldState, customer_account
from cambist.domain.ledger.trading import Exchange, bought, sold
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Payout, Trade
from cambist.domain.payments.rails import Method
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class FillTrade:
    """Name an order that is paid."""

    order_id: OrderId


async def fill_trade(command: FillTrade, uow: UnitOfWork, now: datetime) -> bool:
    """Book the exchange once and set the outcome going; return whether it was due.

    Raises:
        DomainError: NOT_FOUND, INSUFFICIENT_BALANCE when the customer's money is gone.
    """
    order = await uow.orders.get(command.order_id)
    if order.state is not OrderState.PAID:
        return False
    trade = await trade_of(uow, order)
    uow.trades.save(replace(trade, filled=True))
    if order.kind is OrderKind.BUY:
        await _fill_buy(uow, order, trade, now)
    else:
        await _fill_sell(uow, order, trade, now)
    return True


async def _fill_buy(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> None:
    number = await next_number(uow, order)
    fiat, crypto = await _lock(uow, trade)
    if trade.method == Method.BALANCE:
        await uow.ledger.close_hold(fiat, order.id, HoldState.CAPTURED)
    uow.ledger.post(bought(fiat, crypto, _exchange(trade)), f"fill:{order.id}", order.id)
    if trade.payout is Payout.KEEP or order.address is None:
        uow.emit(order.step(OrderState.COMPLETED, now), EventName.ORDER_COMPLETED)
        return
    sending = Sending(order.address, trade.crypto_units, number)
    send_crypto_of(uow, order, trade, sending, now)
    uow.orders.save(order.step(OrderState.SENDING, now))


async def _fill_sell(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> None:
    fiat, crypto = await _lock(uow, trade)
    uow.ledger.post(sold(fiat, crypto, _exchange(trade)), f"fill:{order.id}", order.id)
    if trade.payout is Payout.KEEP:
        uow.emit(order.step(OrderState.COMPLETED, now), EventName.ORDER_COMPLETED)
        return
    payee = await payee_of(uow, trade)
    await queue_payout(uow, order, trade, trade.fiat_units, payee, now, returning=False)
    uow.orders.save(order.step(OrderState.SENDING, now))


async def _lock(uow: UnitOfWork, trade: Trade) -> tuple[AccountRef, AccountRef]:
    """Lock the customer's fiat and crypto accounts."""
    fiat = customer_account(trade.customer_id, trade.fiat)
    crypto = customer_account(trade.customer_id, trade.crypto)
    await uow.ledger.lock([fiat, crypto])
    return fiat, crypto


def _exchange(trade: Trade) -> Exchange:
    return Exchange(
        crypto_units=trade.crypto_units,
        network_fee=trade.network_fee,
        principal=trade.principal,
        commission=trade.commission,
        payment_fee=trade.payment_fee,
    )
