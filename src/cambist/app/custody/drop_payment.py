"""Note that an unconfirmed payment is gone: replaced, or forgotten by the network."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.receiving import reassess_all
from cambist.domain.orders.states import Label
from cambist.domain.payments.states import PaymentState
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PaymentId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class DropPayment:
    """Name a payment whose transaction is neither in the mempool nor in the chain."""

    payment_id: PaymentId
    order_id: OrderId | None


async def drop_payment(command: DropPayment, uow: UnitOfWork, now: datetime) -> None:
    """Stop counting the payment; should it come back, it counts again.

    Raises:
        DomainError: NOT_FOUND.
    """
    orders = await uow.orders.lock([command.order_id] if command.order_id else [])
    payment = await uow.payments.get(command.payment_id)
    if payment.state is not PaymentState.PENDING or payment.height is not None:
        return
    uow.payments.save(payment.step(PaymentState.DROPPED, now))
    for order in orders.values():
        labelled = replace(order, labels=order.labels | {Label.REPLACED})
        event = EventName.ORDER_PAYMENT_REVERTED
        noticed = uow.emit(labelled, event, payment=str(payment.id))
        await reassess_all(uow, [noticed], now)
