"""Decide what a partner is told of an event: the order, exactly as GET answers it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cambist.dialects.btcex.showing import order_out
from cambist.dialects.btcex.tables import CASE_OPENED, EVENT_TYPES, OPEN_CASE, STATUS_CHANGED
from cambist.domain.compliance.cases import CaseKind
from cambist.kernel.events import EventName
from cambist.ports.outbox import OutboxRow
from cambist.ports.trades import TradeView

HEADERS = {
    "webhook-id": "Names the message; a repeat has the same",
    "webhook-timestamp": "Seconds since 1970 at which it was signed",
    "webhook-signature": "HMAC-SHA256 of id, timestamp and body, as Standard Webhooks 1.0 has it",
}

DESCRIPTION: Mapping[str, Any] = {
    "order": {
        "post": {
            "summary": "Tell that an order's status changed or a case was opened",
            "description": "Sent to the partner's callback address; any 2xx answer ends it",
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
                                "type": {"enum": [STATUS_CHANGED, CASE_OPENED]},
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
"""The message as the OpenAPI document describes it."""

BY_STAFF = frozenset({EventName.ORDER_CASE_SUBMITTED, EventName.ORDER_CASE_CLOSED})
"""How a check that only the staff makes begins and ends."""

_encode = msgspec.json.Encoder().encode


def told(row: OutboxRow, view: TradeView, base_url: str) -> tuple[str, str] | None:
    """Write an event as its type and the order as it is now, None when nobody is told.

    `base_url` is the root of the hosted pages. What only the staff is asked is told to nobody, but
    that the order waits for it, or does no more, is a change of its status.
    """
    kind = EVENT_TYPES[row.name]
    if row.name in BY_STAFF and _is_staffs(row):
        kind = STATUS_CHANGED
    if kind is None or (kind == CASE_OPENED and _is_staffs(row)):
        return None
    return kind, _encode(order_out(view, base_url)).decode()


def _is_staffs(row: OutboxRow) -> bool:
    return OPEN_CASE[CaseKind(str(row.facts["case"]))] is None
