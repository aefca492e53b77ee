"""Prove where payments, time and policy lead an incoming order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.orders.orders import Order
from cambist.domain.orders.pay_in import (
    Excess,
    PayInPolicy,
    Receipts,
    assess,
    due_back,
    event_between,
    least_accepted,
)
from cambist.domain.orders.states import Label, OrderKind, OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from tests.domain.orders_made import DEADLINE, IN_TIME, LATE, NOW, Paid, make_order

KEEP, COMPLETE, REFUND = Excess.KEEP, Excess.COMPLETE, Excess.REFUND
PLAIN = PayInPolicy(0, KEEP, KEEP, KEEP)
TOLERANT = PayInPolicy(10_000, KEEP, KEEP, KEEP)
RETURNING = PayInPolicy(10_000, REFUND, REFUND, REFUND)
WAITING, SEEN = OrderState.AWAITING_PAYMENT, OrderState.PAYMENT_SEEN
COMPLETED, EXPIRED = OrderState.COMPLETED, OrderState.EXPIRED


def _receipts(*confirmed: Paid, pending: Sequence[Paid] = ()) -> Receipts:
    return Receipts(seen=[*confirmed, *pending], confirmed=list(confirmed))


def _judge(
    receipts: Receipts, policy: PayInPolicy = PLAIN, now: datetime = IN_TIME, **fields: object
) -> Order:
    return assess(make_order(**fields), policy, receipts, now)


def test_nothing_happened_changes_nothing() -> None:
    order = make_order()
    assert assess(order, PLAIN, _receipts(), IN_TIME) == order


def test_a_seen_payment_shows_but_does_not_complete() -> None:
    order = _judge(_receipts(pending=[Paid(1_000)]))
    assert (order.state, order.received, order.confirmed) == (SEEN, 1_000, 0)
    assert order.labels == frozenset()


def test_the_exact_amount_completes() -> None:
    order = _judge(_receipts(Paid(1_000)))
    assert (order.state, order.received, order.confirmed) == (COMPLETED, 1_000, 1_000)
    assert order.labels == frozenset()


def test_several_payments_add_up() -> None:
    assert _judge(_receipts(Paid(400), pending=[Paid(600)])).state is SEEN
    assert _judge(_receipts(Paid(400), Paid(600))).state is COMPLETED


def test_an_underpaid_order_waits_labelled_and_expires_at_the_deadline() -> None:
    order = _judge(_receipts(Paid(999)))
    assert order.state is SEEN
    assert order.labels == {Label.UNDER}
    assert _judge(_receipts(Paid(999)), now=DEADLINE).state is EXPIRED


@pytest.mark.parametrize(
    ("units", "state", "labels"),
    [
        (989, SEEN, {Label.UNDER}),
        (990, COMPLETED, {Label.UNDER}),
        (1_010, COMPLETED, set()),
        (1_011, COMPLETED, {Label.OVER}),
    ],
)
def test_the_tolerance_reaches_to_its_last_unit(
    units: int, state: OrderState, labels: set[Label]
) -> None:
    order = _judge(_receipts(Paid(units)), TOLERANT)
    assert (order.state, set(order.labels)) == (state, labels)


def test_a_tolerance_of_less_than_a_unit_tolerates_nothing() -> None:
    assert least_accepted(make_order(amount=99), PayInPolicy(10_000, KEEP, KEEP, KEEP)) == 99
    assert least_accepted(make_order(amount=100), PayInPolicy(10_000, KEEP, KEEP, KEEP)) == 99


def test_a_deposit_takes_any_amount_and_is_neither_over_nor_under() -> None:
    for amount in (None, 500):
        order = _judge(_receipts(Paid(1)), kind=OrderKind.DEPOSIT, amount=amount)
        assert (order.state, order.labels) == (COMPLETED, frozenset())


def test_an_order_without_money_expires_at_the_deadline_and_not_before() -> None:
    before = DEADLINE - timedelta(microseconds=1)
    assert _judge(_receipts(), now=before).state is WAITING
    assert _judge(_receipts(), now=DEADLINE).state is EXPIRED
    assert _judge(_receipts(), now=DEADLINE, state=OrderState.CREATED, asset=None).state is EXPIRED
    assert _judge(_receipts(), now=before, state=OrderState.CREATED).state is OrderState.CREATED


def test_a_payment_seen_in_time_may_confirm_after_the_deadline() -> None:
    assert _judge(_receipts(pending=[Paid(1_000)]), now=LATE).state is SEEN
    assert _judge(_receipts(Paid(1_000)), now=LATE, state=SEEN).state is COMPLETED


def test_a_payment_seen_at_the_deadline_itself_is_in_time() -> None:
    at = Paid(1_000, DEADLINE)
    order = _judge(_receipts(at), now=LATE, state=EXPIRED)
    assert (order.state, order.labels) == (COMPLETED, frozenset())


@pytest.mark.parametrize(
    ("late", "state"), [(KEEP, EXPIRED), (REFUND, EXPIRED), (COMPLETE, COMPLETED)]
)
def test_late_money_completes_only_where_policy_says(late: Excess, state: OrderState) -> None:
    policy = PayInPolicy(0, KEEP, KEEP, late)
    order = _judge(_receipts(Paid(1_000, LATE)), policy, now=LATE, state=EXPIRED)
    assert (order.state, set(order.labels)) == (state, {Label.LATE})


def test_late_money_completes_an_underpaid_order_where_policy_says() -> None:
    policy = PayInPolicy(0, KEEP, KEEP, COMPLETE)
    receipts = _receipts(Paid(400), Paid(600, LATE))
    assert _judge(receipts, policy, now=LATE, state=EXPIRED).state is COMPLETED
    assert _judge(receipts, PLAIN, now=LATE, state=EXPIRED).state is EXPIRED


@pytest.mark.parametrize(
    ("receipts", "now", "state"),
    [
        (_receipts(pending=[Paid(1_000)]), IN_TIME, SEEN),
        (_receipts(), IN_TIME, WAITING),
        (_receipts(), LATE, EXPIRED),
        (_receipts(pending=[Paid(1_000)]), LATE, SEEN),
        (_receipts(Paid(600), pending=[Paid(400)]), LATE, SEEN),
        (_receipts(Paid(600)), LATE, EXPIRED),
    ],
)
def test_a_reorg_leads_back_from_completed(
    receipts: Receipts, now: datetime, state: OrderState
) -> None:
    completed = _judge(_receipts(Paid(600), Paid(400)))
    assert assess(completed, PLAIN, receipts, now).state is state


def test_a_dropped_payment_no_longer_counts() -> None:
    order = _judge(_receipts(pending=[Paid(2_000)]))
    assert order.labels == {Label.OVER}
    after = assess(order, PLAIN, _receipts(), IN_TIME)
    assert (after.state, after.received, after.labels) == (WAITING, 0, frozenset())


def test_an_expired_order_stays_so_for_a_clock_that_reads_earlier() -> None:
    expired = _judge(_receipts(), now=DEADLINE)
    assert assess(expired, PLAIN, _receipts(), IN_TIME).state is EXPIRED
    assert assess(expired, PLAIN, _receipts(pending=[Paid(1_000)]), IN_TIME).state is SEEN


def test_labels_of_other_origin_stay() -> None:
    order = _judge(_receipts(Paid(1_500)), labels=frozenset({Label.REORGED, Label.UNDER}))
    assert order.labels == {Label.REORGED, Label.OVER}


@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (WAITING, WAITING, None),
        (WAITING, SEEN, None),
        (SEEN, WAITING, None),
        (SEEN, COMPLETED, EventName.ORDER_COMPLETED),
        (WAITING, EXPIRED, EventName.ORDER_EXPIRED),
        (COMPLETED, EXPIRED, EventName.ORDER_EXPIRED),
        (COMPLETED, SEEN, EventName.ORDER_REOPENED),
        (COMPLETED, WAITING, EventName.ORDER_REOPENED),
        (EXPIRED, SEEN, EventName.ORDER_REOPENED),
        (EXPIRED, COMPLETED, EventName.ORDER_COMPLETED),
    ],
)
def test_a_change_of_state_means_an_event(
    before: OrderState, after: OrderState, event: EventName | None
) -> None:
    assert event_between(make_order(state=before), make_order(state=after)) is event


DUE = {
    "exact": (_receipts(Paid(1_000)), RETURNING, 0),
    "over within tolerance": (_receipts(Paid(1_010)), RETURNING, 0),
    "over": (_receipts(Paid(1_011)), RETURNING, 11),
    "over, kept": (_receipts(Paid(1_500)), PLAIN, 0),
    "under at the end": (_receipts(Paid(300)), RETURNING, 300),
    "under, kept": (_receipts(Paid(300)), PLAIN, 0),
    "late alone": (_receipts(Paid(1_000, LATE)), RETURNING, 1_000),
    "late on a completed one": (_receipts(Paid(1_000), Paid(70, LATE)), RETURNING, 70),
    "late and over": (_receipts(Paid(1_100), Paid(70, LATE)), RETURNING, 170),
    "under and late": (_receipts(Paid(300), Paid(200, LATE)), RETURNING, 500),
    "late that completed": (
        _receipts(Paid(300), Paid(700, LATE)), PayInPolicy(0, REFUND, REFUND, COMPLETE), 0,
    ),
    "late that completed and more": (
        _receipts(Paid(300), Paid(800, LATE)), PayInPolicy(0, REFUND, REFUND, COMPLETE), 100,
    ),
    "pending money is not returned": (_receipts(Paid(300), pending=[Paid(5)]), RETURNING, 300),
}  # fmt: skip


@pytest.mark.parametrize("case", DUE)
def test_policy_returns_what_does_not_fit(case: str) -> None:
    receipts, policy, due = DUE[case]
    order = _judge(receipts, policy, now=LATE)
    assert due_back(order, policy, receipts) == due


def test_what_may_still_complete_is_not_returned() -> None:
    receipts = _receipts(Paid(300))
    assert due_back(_judge(receipts, RETURNING), RETURNING, receipts) == 0


def test_refunds_together_never_exceed_what_is_confirmed() -> None:
    order = _judge(_receipts(Paid(1_000)))
    order = order.refund(600, NOW)
    for units in (401, 10**40):
        with pytest.raises(DomainError) as refused:
            order.refund(units, NOW)
        assert refused.value.code is ErrorCode.REFUND_EXCEEDS_RECEIVED
    assert order.refund(400, NOW).refunded == 1_000


@pytest.mark.parametrize("state", sorted(set(OrderState) - {COMPLETED}))
def test_only_a_completed_incoming_order_is_refunded(state: OrderState) -> None:
    with pytest.raises(DomainError) as refused:
        make_order(state=state, confirmed=10).refund(1, NOW)
    assert refused.value.code is ErrorCode.ORDER_NOT_REFUNDABLE
    with pytest.raises(DomainError):
        make_order(kind=OrderKind.SEND, state=COMPLETED, confirmed=10).refund(1, NOW)


def test_the_asset_is_chosen_once() -> None:
    order = make_order(state=OrderState.CREATED, asset=None, address=None, rate=None)
    accepted = order.accept("LTC", "there", 10**18, 6)
    assert (accepted.asset, accepted.address, accepted.state) == ("LTC", "there", WAITING)
    assert (accepted.rate, accepted.required_confirmations) == (10**18, 6)
    with pytest.raises(DomainError):
        accepted.accept("TRX", "elsewhere", 1, 19)


excesses = st.sampled_from(Excess)
policies = st.builds(PayInPolicy, st.integers(0, 1_000_000), excesses, excesses, excesses)
times = st.integers(-60, 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
paid = st.lists(st.builds(Paid, st.integers(1, 2_000), times), max_size=5)
moments = st.tuples(paid, paid, times).map(
    lambda drawn: (_receipts(*drawn[0], pending=drawn[1]), drawn[2])
)
orders = st.builds(
    lambda kind, amount: make_order(
        kind=kind, amount=amount if kind is OrderKind.PAYMENT else None
    ),
    st.sampled_from([OrderKind.PAYMENT, OrderKind.DEPOSIT]),
    st.integers(1, 2_000),
)


@given(order=orders, policy=policies, history=st.lists(moments, min_size=1, max_size=6))
def test_the_same_facts_always_give_the_same_order(
    order: Order, policy: PayInPolicy, history: list[tuple[Receipts, datetime]]
) -> None:
    for receipts, now in history:
        order = assess(order, policy, receipts, now)
        assert assess(order, policy, receipts, now) == order
        assert 0 <= order.confirmed <= order.received
        due = due_back(order, policy, receipts)
        assert 0 <= due <= order.confirmed
        if order.state is OrderState.COMPLETED:
            assert order.confirmed >= least_accepted(order, policy)
        if order.state is OrderState.COMPLETED and policy.late is not Excess.COMPLETE:
            assert order.confirmed - due >= min(order.amount or 0, least_accepted(order, policy))
        if order.state is OrderState.EXPIRED and policy.late is not Excess.COMPLETE:
            timely = [r.units for r in receipts.seen if r.created_at <= DEADLINE]
            assert sum(timely) < least_accepted(order, policy)


@given(order=orders, policy=policies, moment=moments)
def test_the_way_to_a_state_does_not_matter(
    order: Order, policy: PayInPolicy, moment: tuple[Receipts, datetime]
) -> None:
    receipts, now = moment
    after_deadline = max(now, DEADLINE)
    straight = assess(order, policy, receipts, after_deadline)
    detour = assess(assess(order, policy, _receipts(), now), policy, receipts, after_deadline)
    assert replace(detour, updated_at=NOW) == replace(straight, updated_at=NOW)
