"""Uncount a trade that came to nothing against the limits it was counted for."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.compliance.limits import subject
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ReleaseLimits:
    """Name a trade that expired, was cancelled or given back."""

    order_id: OrderId


async def release_limits(command: ReleaseLimits, uow: UnitOfWork, now: datetime) -> None:
    """Give customer and partner their room back; an order that is no trade had taken none."""
    trade = await uow.trades.peek(command.order_id)
    if trade is None:
        return
    names = [
        subject("customer", trade.customer_id, trade.fiat),
        subject("partner", trade.partner_id, trade.fiat),
    ]
    for turnover in (await uow.turnovers.lock(sorted(names))).values():
        uow.turnovers.save(turnover.take_back(trade.fiat_units, trade.created_at, now))
