"""Prove which schedule's terms hold, and that terms are bounded."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from typing import Any
from uuid import UUID

import pytest

from cambist.domain.pricing.schedules import Schedule, choose
from cambist.domain.pricing.terms import (
    PAYMENT_WINDOW_MAX_S,
    RATE_VALIDITY_MAX_S,
    Side,
    Terms,
)
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import PartnerId
from cambist.kernel.money import UNITS_MAX

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PARTNER = PartnerId(UUID(int=7))
ASKED: dict[str, Any] = {
    "partner_id": PARTNER,
    "dialect": "btcex",
    "pair": "BTC_CZK",
    "side": Side.BUY,
    "level": 2,
    "method": "cz-transfer",
}
OTHER: dict[str, Any] = {
    "partner_id": PartnerId(UUID(int=8)),
    "dialect": "cryptoexchange",
    "pair": "BTC_EUR",
    "side": Side.SELL,
    "level": 1,
    "method": "sepa",
}
DEFAULTS: dict[str, Any] = {
    field.name: field.default for field in fields(Terms) if field.name != "commission_ppm"
}


def schedule(commission_ppm: int, age_s: int = 60, **aim: Any) -> Schedule:
    """Make a schedule for everybody, or for what is named."""
    whom: dict[str, Any] = dict.fromkeys(ASKED) | aim
    return Schedule(
        id=UUID(int=commission_ppm),
        commission_ppm=commission_ppm,
        valid_from=NOW - timedelta(seconds=age_s),
        **whom,
        **DEFAULTS,
    )


def chosen(*schedules: Schedule, **changes: Any) -> int:
    """Tell the commission of the schedule chosen."""
    return choose(schedules, now=NOW, **(ASKED | changes)).commission_ppm


@pytest.mark.parametrize("name", ASKED)
def test_schedule_for_what_is_asked_beats_one_for_everything(name: str) -> None:
    both = (schedule(1), schedule(2, **{name: ASKED[name]}))
    assert chosen(*both) == chosen(*reversed(both)) == 2


@pytest.mark.parametrize("name", ASKED)
def test_schedule_for_something_else_does_not_count(name: str) -> None:
    assert chosen(schedule(1), schedule(2, **(ASKED | {name: OTHER[name]}))) == 1


@pytest.mark.parametrize(("first", "second"), [*combinations(ASKED, 2)])
def test_what_is_named_first_weighs_more_than_all_that_follows(first: str, second: str) -> None:
    names = list(ASKED)
    after = {name: ASKED[name] for name in names[names.index(second) :]}
    assert chosen(schedule(1, **after), schedule(2, **{first: ASKED[first]})) == 2


def test_newest_of_equals_wins_whatever_the_order() -> None:
    three = [schedule(1, age_s=30), schedule(2, age_s=10), schedule(3, age_s=20)]
    assert {chosen(*order) for order in permutations(three)} == {2}


def test_equals_of_one_moment_do_not_depend_on_the_order() -> None:
    pair = [schedule(1, age_s=10), schedule(2, age_s=10)]
    assert len({chosen(*order) for order in permutations(pair)}) == 1


def test_schedule_of_tomorrow_does_not_hold_yet() -> None:
    assert chosen(schedule(1), schedule(2, age_s=-1, partner_id=PARTNER)) == 1
    assert chosen(schedule(1), schedule(2, age_s=0)) == 2


@pytest.mark.parametrize("name", ["level", "method"])
def test_what_is_not_known_yet_fits_schedules_for_all_only(name: str) -> None:
    both = (schedule(1), schedule(2, **{name: ASKED[name]}))
    assert chosen(*both, **{name: None}) == 1


def test_level_zero_is_a_level() -> None:
    assert chosen(schedule(1), schedule(2, level=0)) == 1
    assert chosen(schedule(1), schedule(2, level=0), level=0) == 2


def test_without_a_schedule_there_is_no_price() -> None:
    with pytest.raises(DomainError) as refused:
        chosen(schedule(1, dialect="cryptocoin"))
    assert refused.value.code is ErrorCode.RATE_UNAVAILABLE


def test_schedule_carries_every_field_of_the_terms() -> None:
    terms = {field.name for field in fields(Terms)}
    assert terms < {field.name for field in fields(Schedule)}
    assert schedule(5).terms == Terms(5)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("commission_ppm", -1),
        ("commission_ppm", 1_000_000),
        ("commission_ppm", True),
        ("discount_ppm", 1_000_001),
        ("payment_fee_ppm", 1_000_000),
        ("payment_fee_units", -1),
        ("payment_fee_units", UNITS_MAX),
        ("minimum_fee_units", -1),
        ("network_fee_units", -1),
        ("minimum_units", -1),
        ("maximum_units", 0),
        ("rate_validity_s", 0),
        ("rate_validity_s", RATE_VALIDITY_MAX_S + 1),
        ("payment_window_s", 0),
        ("payment_window_s", PAYMENT_WINDOW_MAX_S + 1),
        ("fee_on_top", 1),
    ],
)
def test_terms_out_of_bounds_are_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(DomainError) as refused:
        Terms(**({"commission_ppm": 0} | {field: value}))
    assert refused.value.code is ErrorCode.SETTING_INVALID
    assert refused.value.facts == {"field": field}


def test_maximum_below_the_minimum_is_refused() -> None:
    with pytest.raises(DomainError):
        Terms(0, minimum_units=100, maximum_units=99)


def test_schedule_of_no_time_zone_is_refused() -> None:
    whom: dict[str, Any] = dict.fromkeys(ASKED)
    moment = datetime(2026, 11, 1)  # noqa: DTZ001 - the mistake this is about
    with pytest.raises(DomainError):
        Schedule(id=UUID(int=1), commission_ppm=0, valid_from=moment, **whom, **DEFAULTS)
