"""Decide what an order holds."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.orders.states import (
    INCOMING,
    MACHINES,
    PAY_IN,
    TRADES,
    Label,
    OrderKind,
    OrderState,
)
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, IntegrationId, OrderId, PartnerId
from cambist.kernel.replacing import replace


@dataclass(frozen=True, slots=True)
class Order:
    """Hold one order of any kind; all amounts are units of `asset`.

    `amount` is what is asked for (None: the payer chooses) or what is to be sent; `received` sums
    seen payments, `confirmed` the credited ones; `refunded` is what refunds promised or sent,
    `returned` the part of it that policy returned by itself; `rate` is the mantissa of
    asset to `fiat` fixed when the order was made; `seq` counts the order's events. `customer_id`
    names the customer whose money it moves, None when it is the partner's own.
    """

    id: OrderId
    kind: OrderKind
    state: OrderState
    labels: frozenset[Label]
    partner_id: PartnerId
    integration_id: IntegrationId
    asset: str | None
    amount: int | None
    fiat: str
    rate: int | None
    fee_ppm: int
    address: str | None
    source_address: str | None
    parent_id: OrderId | None
    received: int
    confirmed: int
    fee: int
    refunded: int
    returned: int
    required_confirmations: int
    external_id: str | None
    customer: str | None
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    seq: int
    customer_id: CustomerId | None = None

    @property
    def is_incoming(self) -> bool:
        """Tell whether the order only brings money in."""
        return self.kind in INCOMING

    @property
    def is_trade(self) -> bool:
        """Tell whether the order exchanges money for money."""
        return self.kind in TRADES

    def accept(self, asset: str, address: str, rate: int, confirmations: int) -> "Order":
        """Fix in which asset, at which address and rate a created order is paid.

        Raises:
            DomainError: INVALID_STATE when that is fixed already.
        """
        state = PAY_IN.step(self.state, OrderState.AWAITING_PAYMENT)
        return replace(
            self,
            state=state,
            asset=asset,
            address=address,
            rate=rate,
            required_confirmations=confirmations,
        )

    def refund(self, units: int, now: datetime) -> "Order":
        """Count a refund against what was received.

        Raises:
            DomainError: ORDER_NOT_REFUNDABLE unless incoming and completed,
                REFUND_EXCEEDS_RECEIVED when all refunds together would exceed the receipts.
        """
        if not self.is_incoming or self.state is not OrderState.COMPLETED:
            raise DomainError(ErrorCode.ORDER_NOT_REFUNDABLE, field="refundOrderId")
        if self.refunded + units > self.confirmed:
            raise DomainError(ErrorCode.REFUND_EXCEEDS_RECEIVED, field="amount")
        return replace(self, refunded=self.refunded + units, updated_at=now)

    def step(self, target: OrderState, now: datetime) -> "Order":
        """Move to a state the order's machine allows.

        Raises:
            DomainError: INVALID_STATE.
        """
        state = MACHINES[self.kind].step(self.state, target)
        return replace(self, state=state, updated_at=now)
