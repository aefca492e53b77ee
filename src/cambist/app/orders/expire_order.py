"""Bring an order whose time is over up to date with the clock."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.receiving import reassess_all
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ExpireOrder:
    """Name an order that may be over."""

    order_id: OrderId


async def expire_order(command: ExpireOrder, uow: UnitOfWork, now: datetime) -> None:
    """Expire the order unless enough was seen in time; whoever is early changes nothing.

    Raises:
        DomainError: NOT_FOUND.
    """
    await reassess_all(uow, [await uow.orders.get(command.order_id)], now)
