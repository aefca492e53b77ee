"""Decide what the orders and receipts of the tests look like."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
DEADLINE = NOW + timedelta(minutes=20)
IN_TIME = NOW + timedelta(minutes=5)
LATE = DEADLINE + timedelta(seconds=1)

_ORDER = Order(
    id=OrderId(UUID(int=1)),
    kind=OrderKind.PAYMENT,
    state=OrderState.AWAITING_PAYMENT,
    labels=frozenset(),
    partner_id=PartnerId(UUID(int=2)),
    integration_id=IntegrationId(UUID(int=3)),
    asset="TRX",
    amount=1_000,
    fiat="EUR",
    rate=10**17,
    fee_ppm=5_000,
    address="address",
    source_address=None,
    parent_id=None,
    received=0,
    confirmed=0,
    fee=0,
    refunded=0,
    returned=0,
    required_confirmations=19,
    external_id=None,
    customer=None,
    expires_at=DEADLINE,
    created_at=NOW,
    updated_at=NOW,
    seq=1,
)


def make_order(**fields: Any) -> Order:
    """Make an order for 1,000 units that waits to be paid; fields change it."""
    return replace(_ORDER, **fields)


@dataclass(frozen=True)
class Paid:
    """Be a payment as its order judges it."""

    units: int
    created_at: datetime = IN_TIME
