"""Bring an order whose time is over up to date with the clock."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.receiving import reassess_all
from cambist.app.trading import expire, trade_of
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import is_over
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork

LAPSING = frozenset({OrderState.AWAITING_PAYMENT, OrderState.ON_CASE})


@dataclass(frozen=True, slots=True)
class ExpireOrder:
    """Name an order that may be over."""

    order_id: OrderId


async def expire_order(command: ExpireOrder, uow: UnitOfWork, now: datetime) -> None:
    """Expire the order unless enough was seen in time; whoever is early changes nothing.

    A trade that holds money, or has exchanged it, never expires: a case decides about it.

    Raises:
        DomainError: NOT_FOUND.
    """
    order = await uow.orders.get(command.order_id)
    if not order.is_trade:
        await reassess_all(uow, [order], now)
        return
    lapsed = order.state in LAPSING and not order.received and is_over(order, now)
    if not lapsed:
        return
    trade = await trade_of(uow, order)
    if not trade.fiat_received and not trade.filled:
        await expire(uow, order, now)
