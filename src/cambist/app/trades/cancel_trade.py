"""Cancel an order to buy or sell; money that is here already goes back."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.giving_back import give_back
from cambist.app.trading import close_cases, own_trade
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork

CANCELLABLE = frozenset({OrderState.ON_CASE, OrderState.AWAITING_PAYMENT})


@dataclass(frozen=True, slots=True)
class CancelTrade:
    """Name an order; `partner_id` None is for pages and staff, who have proved otherwise."""

    order_id: OrderId
    partner_id: PartnerId | None


async def cancel_trade(command: CancelTrade, uow: UnitOfWork, now: datetime) -> None:
    """Cancel, or begin to give back what came in.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE once the order is paid or over.
    """
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    if order.state not in CANCELLABLE or order.received > order.confirmed:
        raise DomainError(ErrorCode.INVALID_STATE, machine="trade", state=order.state.value)
    await close_cases(uow, order, now)
    if order.confirmed or trade.fiat_received:
        await give_back(uow, order, trade, now)
        return
    uow.emit(order.step(OrderState.CANCELLED, now), EventName.ORDER_CANCELLED)
