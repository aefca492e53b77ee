"""Decide what the orders and receipts of tests of pay-ins look like."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cambist.domain.orders.orders import Order
from tests import orders_made

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
DEADLINE = NOW + timedelta(minutes=20)
IN_TIME = NOW + timedelta(minutes=5)
LATE = DEADLINE + timedelta(seconds=1)


def make_order(**fields: Any) -> Order:
    """Make an order for 1,000 units that waits to be paid; fields change it."""
    made = {
        "rate": 10**17,
        "fee_ppm": 5_000,
        "address": "address",
        "expires_at": DEADLINE,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return orders_made.make_order(**{**made, **fields})


@dataclass(frozen=True)
class Paid:
    """Be a payment as its order judges it."""

    units: int
    created_at: datetime = IN_TIME
