"""Decide what a callback's body is: exactly what GET answers for the order."""

import msgspec

from cambist.dialects.cryptopayments.mapping import order_out
from cambist.ports.queries import OrderView

_encode = msgspec.json.Encoder().encode


def render_order(view: OrderView) -> str:
    """Write the callback's body."""
    return _encode(order_out(view)).decode()
