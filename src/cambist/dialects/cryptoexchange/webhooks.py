"""Decide what a callback tells: what GET answers for the order, in Standard Webhooks' form."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cambist.dialects.cryptoexchange.showing import order_out
from cambist.dialects.cryptoexchange.tables import EVENTS
from cambist.ports.outbox import OutboxRow
from cambist.ports.trades import TradeView

HEADERS = {
    "webhook-id": "Names the message; a repeat has the same",
    "webhook-timestamp": "Seconds since 1970 at which it was signed",
    "webhook-signature": "HMAC-SHA256 of id, timestamp and body, as Standard Webhooks 1.0 has it",
}

TOLD_EVENTS = frozenset(name.value for name, is_told in EVENTS.items() if is_told)
"""The events a client may subscribe to."""

DESCRIPTION: Mapping[str, Any] = {
    "orderChanged": {
        "post": {
            "summary": "Tell that something happened to an order",
            "description": "Sent to the client's callback address; any 2xx answer ends it",
            "parameters": [
                {
                    "name": name,
                    "in": "header",
                    "required": True,
                    "description": description,
                    "schema": {"type": "string"},
                }
                for name, description in HEADERS.items()
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["type", "timestamp", "data"],
                            "properties": {
                                "type": {"enum": sorted(TOLD_EVENTS)},
                                "timestamp": {"type": "string"},
                                "data": {"$ref": "#/components/schemas/Order"},
                            },
                        }
                    }
                },
            },
            "responses": {"200": {"description": "Taken; the body is ignored"}},
        }
    }
}
"""The callback as the OpenAPI document describes it."""

_encode = msgspec.json.Encoder().encode


def render_order(view: TradeView, public_url: str) -> str:
    """Write the order exactly as GET answers it."""
    return _encode(order_out(view, public_url)).decode()


def render_event(row: OutboxRow, view: TradeView, public_url: str) -> tuple[str, str] | None:
    """Write an event as its type and the order as it is now, None when nobody is told."""
    if not EVENTS[row.name]:
        return None
    return row.name.value, render_order(view, public_url)
