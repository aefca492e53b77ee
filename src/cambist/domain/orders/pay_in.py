"""Decide where an incoming order stands, from its payments, the clock and the merchant's policy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import Label, OrderKind, OrderState
from cambist.kernel.events import EventName

_MILLION = 1_000_000


class Excess(StrEnum):
    """Name what happens with money that does not fit the order."""

    KEEP = "keep"
    COMPLETE = "complete"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class PayInPolicy:
    """Hold a merchant's choices; the tolerance is in parts per million of the amount asked."""

    tolerance_ppm: int
    under: Excess
    over: Excess
    late: Excess


class Receipt(Protocol):
    """Say what is needed of a payment to judge its order."""

    @property
    def units(self) -> int:
        """Count units of the order's asset."""

    @property
    def created_at(self) -> datetime:
        """Tell when it was first seen."""


@dataclass(frozen=True, slots=True)
class Receipts:
    """Hold an order's payments of its own asset: those that count, and the confirmed of them."""

    seen: Sequence[Receipt]
    confirmed: Sequence[Receipt]


def least_accepted(order: Order, policy: PayInPolicy) -> int:
    """Compute the least sum that completes the order, in units."""
    if order.amount is None or order.kind is OrderKind.DEPOSIT:
        return 1
    return order.amount - order.amount * policy.tolerance_ppm // _MILLION


def assess(order: Order, policy: PayInPolicy, receipts: Receipts, now: datetime) -> Order:
    """Bring sums, labels and state up to date; the same facts always give the same order."""
    received = _sum(receipts.seen)
    confirmed = _sum(receipts.confirmed)
    current = replace(order, received=received, confirmed=confirmed)
    current = replace(current, labels=_labels(current, policy, receipts, now))
    target = _target(current, policy, receipts, now)
    if target is order.state:
        return current if current == order else replace(current, updated_at=now)
    return current.step(target, now)


def event_between(before: Order, after: Order) -> EventName | None:
    """Name the event a change of state means, None when the state stayed."""
    if before.state is after.state:
        return None
    match after.state:
        case OrderState.COMPLETED:
            return EventName.ORDER_COMPLETED
        case OrderState.EXPIRED:
            return EventName.ORDER_EXPIRED
        case _ if before.state in (OrderState.COMPLETED, OrderState.EXPIRED):
            return EventName.ORDER_REOPENED
        case _:
            return None


def due_back(order: Order, policy: PayInPolicy, receipts: Receipts) -> int:
    """Compute how many confirmed units policy returns to the payer, with those already returned.

    Late money goes back whole unless it completed the order; of an order that failed for want of
    money everything goes back; of an overpaid one what exceeds the amount asked.
    """
    late = sum(receipt.units for receipt in receipts.confirmed if _is_late(order, receipt))
    timely = order.confirmed - late
    back = 0
    if late and policy.late is Excess.REFUND:
        back += late
    if order.state is OrderState.EXPIRED and timely and policy.under is Excess.REFUND:
        back += timely
    if order.state is OrderState.COMPLETED and policy.over is Excess.REFUND and order.amount:
        kept = order.confirmed - back
        tolerated = order.amount + order.amount * policy.tolerance_ppm // _MILLION
        if order.kind is OrderKind.PAYMENT and kept > tolerated:
            back += kept - order.amount
    return back


def _target(order: Order, policy: PayInPolicy, receipts: Receipts, now: datetime) -> OrderState:
    if order.state is OrderState.CREATED and not receipts.seen:
        return OrderState.EXPIRED if _is_over(order, now) else OrderState.CREATED
    least = least_accepted(order, policy)
    late_counts = policy.late is Excess.COMPLETE
    counted = [r for r in receipts.confirmed if late_counts or not _is_late(order, r)]
    if _sum(counted) >= least:
        return OrderState.COMPLETED
    timely = _sum([r for r in receipts.seen if not _is_late(order, r)])
    # A transaction may begin before the deadline and get the order's lock after it expired.
    over = order.state is OrderState.EXPIRED or _is_over(order, now)
    if over and timely < least:
        return OrderState.EXPIRED
    return OrderState.PAYMENT_SEEN if receipts.seen else OrderState.AWAITING_PAYMENT


def _labels(
    order: Order, policy: PayInPolicy, receipts: Receipts, now: datetime
) -> frozenset[Label]:
    labels = set(order.labels) - {Label.OVER, Label.UNDER, Label.LATE}
    if any(_is_late(order, receipt) for receipt in receipts.seen):
        labels.add(Label.LATE)
    if order.kind is OrderKind.PAYMENT and order.amount is not None and order.received:
        slack = order.amount * policy.tolerance_ppm // _MILLION
        if order.received > order.amount + slack:
            labels.add(Label.OVER)
        if order.received < order.amount:
            labels.add(Label.UNDER)
    return frozenset(labels)


def _is_late(order: Order, receipt: Receipt) -> bool:
    return order.expires_at is not None and receipt.created_at > order.expires_at


def _is_over(order: Order, now: datetime) -> bool:
    return order.expires_at is not None and now >= order.expires_at


def _sum(receipts: Sequence[Receipt]) -> int:
    return sum(receipt.units for receipt in receipts)
