"""Prove that nobody can make us write without end, nor guess without end."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.messaging.budgets import (
    ADDRESS_PER_DAY,
    ALLOWANCES,
    ORDER_PER_HOUR,
    PARTNER_PER_DAY,
    RESEND_GAP_S,
    TARGET_PER_DAY,
    WRONG_PER_HOUSE_HOUR,
    Budget,
    Scope,
    Spending,
    Window,
    needed,
    require_gap,
    spend_all,
)
from cambist.kernel.errors import DomainError, ErrorCode
from tests.messages.made import NOW

NAMES = {Scope.TARGET: "ab" * 32, Scope.ORDER: "o1", Scope.ADDRESS: "cd" * 32, Scope.PARTNER: "p1"}
REQUESTS = 1_000
ALL = {**NAMES, Scope.HOUSE: "house"}

Stored = dict[tuple[str, str], Budget]


def spend(stored: Stored, names: dict[Scope, str], now: datetime = NOW) -> bool:
    """Spend as a use case does: load what is needed, spend all or nothing, store."""
    wanted = needed(Spending.SEND, names, now)
    found = [stored[key] for one in wanted if (key := (one.key, one.window)) in stored]
    try:
        spent = spend_all(wanted, found)
    except DomainError:
        return False
    stored.update({(budget.key, budget.window): budget for budget in spent})
    return True


def test_a_thousand_requests_to_one_number_cause_five_messages() -> None:
    stored: Stored = {}
    names = [{Scope.TARGET: "t", Scope.ADDRESS: f"a{n}"} for n in range(REQUESTS)]
    assert sum(spend(stored, one) for one in names) == TARGET_PER_DAY
    assert spend(stored, {Scope.TARGET: "other", Scope.ADDRESS: "a0"})


def test_each_scope_has_its_own_limit() -> None:
    limits = {
        Scope.ORDER: ORDER_PER_HOUR,
        Scope.TARGET: TARGET_PER_DAY,
        Scope.ADDRESS: ADDRESS_PER_DAY,
        Scope.PARTNER: PARTNER_PER_DAY,
    }
    for scope, limit in limits.items():
        stored: Stored = {}
        assert sum(spend(stored, {scope: "one"}) for _ in range(limit + 10)) == limit


def test_what_one_budget_refuses_no_other_is_charged_for() -> None:
    stored: Stored = {}
    for _ in range(ORDER_PER_HOUR + 5):
        spend(stored, NAMES)
    assert {budget.used for budget in stored.values()} == {ORDER_PER_HOUR}


def test_an_hours_budget_is_whole_again_in_the_next_hour_a_days_is_not() -> None:
    stored: Stored = {}
    later = NOW + timedelta(hours=1)
    assert sum(spend(stored, NAMES) for _ in range(10)) == ORDER_PER_HOUR
    assert sum(spend(stored, NAMES, later) for _ in range(10)) == TARGET_PER_DAY - ORDER_PER_HOUR
    tomorrow = NOW + timedelta(days=1)
    assert sum(spend(stored, NAMES, tomorrow) for _ in range(10)) == ORDER_PER_HOUR


def test_budgets_are_listed_in_one_order_whatever_is_asked_for() -> None:
    listed = [(one.key, one.window) for one in needed(Spending.SEND, NAMES, NOW)]
    assert listed == sorted(listed)
    assert [window for _, window in listed] == [
        "2026-11-21",
        "2026-11-21T09",
        "2026-11-21",
        "2026-11-21",
    ]


def test_a_row_says_when_it_is_of_no_use_any_more() -> None:
    ends = {one.window: one.ends_at for one in needed(Spending.SEND, NAMES, NOW)}
    assert ends["2026-11-21T09"] == NOW.replace(hour=10, minute=0)
    assert ends["2026-11-21"] == NOW.replace(day=22, hour=0, minute=0)


def test_wrong_tries_spread_over_many_accounts_trip_the_houses_breaker() -> None:
    (house,) = (one for one in needed(Spending.WRONG_TRY, ALL, NOW) if ":house:" in one.key)
    assert house.limit == WRONG_PER_HOUSE_HOUR
    full = Budget(house.key, house.window, house.limit, house.ends_at)
    with pytest.raises(DomainError):
        spend_all(needed(Spending.WRONG_TRY, ALL, NOW), [full])


def test_every_scope_and_window_is_used() -> None:
    assert {one.scope for one in ALLOWANCES} == set(Scope)
    assert {one.window for one in ALLOWANCES} == set(Window)
    assert {one.spending for one in ALLOWANCES} == set(Spending)


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_budget_belongs_to_somebody(name: str) -> None:
    with pytest.raises(ValueError, match="whose budget"):
        needed(Spending.SEND, {Scope.ORDER: name}, NOW)


def test_a_resend_waits_a_minute_and_is_told_how_long() -> None:
    require_gap(None, NOW)
    require_gap(NOW - timedelta(seconds=RESEND_GAP_S), NOW)
    with pytest.raises(DomainError) as refusal:
        require_gap(NOW - timedelta(seconds=RESEND_GAP_S - 1), NOW)
    assert refusal.value.facts == {"retry_after_s": 1}


@given(st.integers(-86_400, 86_400))
def test_the_wait_told_is_never_longer_than_the_gap_even_if_clocks_go_back(ago_s: int) -> None:
    sent_at = NOW - timedelta(seconds=ago_s)
    if ago_s >= RESEND_GAP_S:
        require_gap(sent_at, NOW)
        return
    with pytest.raises(DomainError) as refusal:
        require_gap(sent_at, NOW)
    assert refusal.value.code is ErrorCode.LIMIT_EXCEEDED
    assert 0 < int(refusal.value.facts["retry_after_s"]) <= RESEND_GAP_S
