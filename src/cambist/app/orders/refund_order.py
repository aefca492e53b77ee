"""Refund a completed incoming order, wholly or in parts."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.paying import Payout, PromisedOrder, check_payout, promise
from cambist.app.steps import terms_of
from cambist.domain.market.assets import asset_of
from cambist.domain.orders.states import OrderKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Ask for units of a completed order to be sent back."""

    partner_id: PartnerId
    order_id: OrderId
    asset: str
    amount: int
    destination: str


async def refund_order(command: RefundOrder, uow: UnitOfWork, now: datetime) -> PromisedOrder:
    """Count the refund against what the order received and queue the transfer.

    Raises:
        DomainError: NOT_FOUND, ORDER_NOT_REFUNDABLE, ASSET_NOT_SUPPORTED when the asset is not the
            order's, AMOUNT_TOO_SMALL, ADDRESS_INVALID, REFUND_EXCEEDS_RECEIVED,
            INSUFFICIENT_BALANCE, RATE_UNAVAILABLE.
    """
    asset = asset_of(command.asset)
    await check_payout(uow, asset, command.amount, command.destination)
    order = (await uow.orders.lock([command.order_id])).get(command.order_id)
    if order is None or order.partner_id != command.partner_id:
        raise DomainError(ErrorCode.NOT_FOUND, field="refundOrderId")
    integration = await terms_of(uow, order)
    if order.asset != asset.code:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, field="assetId")
    refunded = order.refund(command.amount, now)
    uow.orders.save(refunded)
    payout = Payout(OrderKind.REFUND, asset, command.amount, command.destination, parent=refunded)
    return await promise(uow, integration, payout, now)
