"""Decide what a payment holds and how it follows the chain."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from cambist.domain.payments.states import PAYMENT, Direction, PaymentState
from cambist.kernel.ids import CustomerId, OrderId, PartnerId, PaymentId

_NAMESPACE = uuid5(NAMESPACE_URL, "cambist:payment")


def payment_id(chain: str, txid: str, index: int) -> PaymentId:
    """Derive the id from the transfer's identity on the chain, so none can be recorded twice."""
    return PaymentId(uuid5(_NAMESPACE, f"{chain}:{txid}:{index}"))


def withdrawal_id(order_id: OrderId, earlier: int) -> OrderId:
    """Derive the id of an order's transfer out: the order's own, unless it made some before."""
    return OrderId(uuid5(_NAMESPACE, f"again:{order_id}:{earlier}")) if earlier else order_id


def outgoing_payment_id(withdrawal: UUID) -> PaymentId:
    """Derive the id of the one payment a transfer out makes."""
    return PaymentId(uuid5(_NAMESPACE, f"out:{withdrawal}"))


@dataclass(frozen=True, slots=True)
class Payment:
    """Hold one transfer; `fee` is our service fee, `fiat_units` its worth at the order's rate.

    `number` counts per partner (the wire's decimal id). `matched` is False when the asset is not
    the order's: such money waits in suspense. `order_id` is None for the house's own funding.
    `loss` is what a reorg took that the payee no longer had; `credits` counts the bookings.
    `customer_id` names the payee when the money is not the partner's own.
    """

    id: PaymentId
    number: int
    partner_id: PartnerId
    order_id: OrderId | None
    direction: Direction
    state: PaymentState
    chain: str
    asset: str
    txid: str | None
    index: int
    address: str
    sender: str | None
    units: int
    fee: int
    fiat_units: int
    matched: bool
    loss: int
    credits: int
    height: int | None
    block_hash: str | None
    created_at: datetime
    updated_at: datetime
    customer_id: CustomerId | None = None

    def step(self, target: PaymentState, now: datetime) -> "Payment":
        """Move to a state the machine allows.

        Raises:
            DomainError: INVALID_STATE.
        """
        return replace(self, state=PAYMENT.step(self.state, target), updated_at=now)

    def confirmations(self, tip_height: int) -> int:
        """Count the blocks from the payment's own to the tip, both included."""
        return 0 if self.height is None else max(0, tip_height - self.height + 1)
