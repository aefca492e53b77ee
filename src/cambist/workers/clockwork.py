"""Decide what time alone brings about: orders expire."""

import asyncio

from cambist.app.orders.expire_order import ExpireOrder
from cambist.bus.bus import Bus
from cambist.ports.work import WorkQueries


class Clockwork:
    """Do what is due by the database's clock."""

    def __init__(self, bus: Bus, work: WorkQueries) -> None:
        self._bus, self._work = bus, work

    async def run_once(self) -> int:
        """Expire the orders that are over; return how many were looked at."""
        due = await self._work.due_orders()
        await asyncio.gather(*(self._bus.execute(ExpireOrder(order_id)) for order_id in due))
        return len(due)
