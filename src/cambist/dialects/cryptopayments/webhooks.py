"""Decide what a callback's body is: exactly what GET answers for the order."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cambist.dialects.cryptopayments.mapping import order_out
from cambist.dialects.cryptopayments.tables import EVENT_STATUS
from cambist.domain.webhooks.signatures import VENDOR_HEADER
from cambist.ports.queries import OrderView

DESCRIPTION: Mapping[str, Any] = {
    "orderStatusChanged": {
        "post": {
            "summary": "Tell that an order's status changed",
            "description": "Sent to the integration's callback address; any 2xx answer ends it",
            "parameters": [
                {
                    "name": VENDOR_HEADER,
                    "in": "header",
                    "required": True,
                    "description": "HMAC-SHA256 of the raw body with the API key as key, in hex",
                    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                }
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
            },
            "responses": {"200": {"description": "Taken; the body is ignored"}},
        }
    }
}
"""The callback as the OpenAPI document describes it."""

STATUS_EVENTS = frozenset(name.value for name, status in EVENT_STATUS.items() if status)
"""The events that change an order's status in the vendor's sense; what to subscribe to."""

_encode = msgspec.json.Encoder().encode


def render_order(view: OrderView) -> str:
    """Write the callback's body."""
    return _encode(order_out(view)).decode()
