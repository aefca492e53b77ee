"""Cancel an order to buy or sell; money that is here already goes back."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.giving_back import give_back
from cambist.app.trading import close_cases, own_trade
from cambist.domain.compliance.cases import Case, CaseKind, undecided
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Trade
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
        DomainError: NOT_FOUND, INVALID_STATE once the order is paid or over, while money for it is
            not final, and while money is already on its way back or a person looks at it.
    """
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    held = undecided(await uow.cases.where("order_id", order.id))
    if not _is_cancellable(order, trade, held):
        raise DomainError(ErrorCode.INVALID_STATE, machine="trade", state=order.state.value)
    await close_cases(uow, order, now)
    if order.confirmed or trade.fiat_received:
        await give_back(uow, order, trade, now)
        return
    uow.emit(order.step(OrderState.CANCELLED, now), EventName.ORDER_CANCELLED)


def _is_cancellable(order: Order, trade: Trade, held: Case | None) -> bool:
    if order.state not in CANCELLABLE or order.received > order.confirmed or trade.filled:
        return False
    has_money = bool(order.confirmed or trade.fiat_received)
    return not (has_money and held is not None and held.kind in (CaseKind.RETURN, CaseKind.EDD))
