"""Decide what an event is: something that happened to one aggregate, in the past tense."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class EventName(StrEnum):
    """Name what happened; the table in `workers/subscriptions.py` is total over this list."""

    ORDER_CREATED = "order.created"
    ORDER_PAYMENT_SEEN = "order.payment_seen"
    ORDER_PAYMENT_CONFIRMED = "order.payment_confirmed"
    ORDER_PAYMENT_REVERTED = "order.payment_reverted"
    ORDER_COMPLETED = "order.completed"
    ORDER_EXPIRED = "order.expired"
    ORDER_REOPENED = "order.reopened"
    ORDER_SENT = "order.sent"
    ORDER_FAILED = "order.failed"
    ORDER_CASE_OPENED = "order.case_opened"
    ORDER_CASE_SUBMITTED = "order.case_submitted"
    ORDER_CASE_REJECTED = "order.case_rejected"
    ORDER_CASE_CLOSED = "order.case_closed"
    ORDER_READY = "order.ready"
    ORDER_PAID = "order.paid"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_RETURNING = "order.returning"
    ORDER_RETURNED = "order.returned"


@dataclass(frozen=True, slots=True)
class Event:
    """Record one fact; `seq` counts without gaps from 1 within the aggregate."""

    aggregate_id: UUID
    seq: int
    name: EventName
    happened_at: datetime
    facts: dict[str, str | int]
