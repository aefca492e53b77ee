"""Decide what an order holds."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.domain.orders.states import INCOMING, PAY_IN, PAY_OUT, Label, OrderKind, OrderState
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId


@dataclass(frozen=True, slots=True)
class Order:
    """Hold one order of any kind; all amounts are units of `asset`.

    `amount` is what is asked for (None: the payer chooses) or what is to be sent; `received` sums
    seen payments, `confirmed` the credited ones; `refunded` is what refunds promised or sent,
    `returned` the part of it that policy returned by itself; `rate` is the mantissa of
    asset to `fiat` fixed when the order was made; `seq` counts the order's events.
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

    @property
    def is_incoming(self) -> bool:
        """Tell whether the order brings money in."""
        return self.kind in INCOMING

    def step(self, target: OrderState, now: datetime) -> "Order":
        """Move to a state the order's machine allows.

        Raises:
            DomainError: INVALID_STATE.
        """
        machine = PAY_IN if self.is_incoming else PAY_OUT
        return replace(self, state=machine.step(self.state, target), updated_at=now)
