"""Return to the payer what a merchant's policy does not keep: under-, over- or late payment."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.paying import Payout, promise
from cambist.app.payouts import is_our_purse, least_sent
from cambist.app.steps import payments_of, policy_of, receipts_of
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.pay_in import due_back
from cambist.domain.orders.states import OrderKind
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.states import PaymentState
from cambist.kernel.ids import OrderId
from cambist.kernel.money import share_half_up
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ReturnExcess:
    """Name an incoming order whose money was just decided on."""

    order_id: OrderId


async def return_excess(command: ReturnExcess, uow: UnitOfWork, now: datetime) -> OrderId | None:
    """Open one refund over everything due and not yet returned; None when nothing is due.

    Money is returned whole (our fee is given back) to the newest payment's sender. When the chain
    names no sender, or us, because another merchant paid through us, the money stays with the
    merchant, who can refund it by hand.

    Raises:
        DomainError: NOT_FOUND, INSUFFICIENT_BALANCE when the merchant has spent it already,
            RATE_UNAVAILABLE.
    """
    order = await uow.orders.get(command.order_id)
    integration = await uow.integrations.peek(order.integration_id)
    payments = await payments_of(uow, order.id)
    if integration is None or order.asset is None or order.customer_id is not None:
        return None
    due = due_back(order, policy_of(integration), receipts_of(order, payments)) - order.refunded
    destination, asset = _sender(payments), asset_of(order.asset)
    if due < least_sent(chain_of(asset)) or destination is None:
        return None
    if await is_our_purse(uow, chain_of(asset).id, destination):
        return None
    fee = share_half_up(due, order.fee_ppm)
    returned = replace(order, refunded=order.refunded + due, returned=order.returned + due)
    uow.orders.save(returned)
    payout = Payout(OrderKind.REFUND, asset, due, destination, parent=returned, free=True)
    promised = await promise(uow, integration, payout, now, giving_back=fee)
    return promised.order_id


def _sender(payments: list[Payment]) -> str | None:
    known = [p for p in payments if p.state is PaymentState.CONFIRMED and p.sender and p.matched]
    return max(known, key=lambda p: (p.created_at, p.number)).sender if known else None
