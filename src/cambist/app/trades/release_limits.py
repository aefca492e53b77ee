"""Uncount a trade that came to nothing against the limits it was counted for."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.assessing import lock_turnovers, uncount
from cambist.app.trading import trade_of
from cambist.domain.orders.states import OrderState
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork

CAME_TO_NOTHING = frozenset(
    {OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REJECTED, OrderState.RETURNED}
)


@dataclass(frozen=True, slots=True)
class ReleaseLimits:
    """Name a trade that expired, was cancelled or given back."""

    order_id: OrderId


async def release_limits(command: ReleaseLimits, uow: UnitOfWork, now: datetime) -> None:
    """Give customer and partner their room back, once; an order that is no trade had taken none.

    An order that has come to life again meanwhile keeps what it takes up.
    """
    known = await uow.trades.peek(command.order_id)
    if known is None:
        return
    await lock_turnovers(uow, known)
    order = await uow.orders.get(command.order_id)
    trade = await trade_of(uow, order)
    if order.state in CAME_TO_NOTHING and not trade.filled:
        uow.trades.save(await uncount(uow, trade, now))
