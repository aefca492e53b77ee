"""Prove that swaps and withdrawals are exact, echo what was given and never gain."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.takings import Taking, swap, withdraw
from cambist.domain.pricing.terms import Given, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import UNITS_MAX
from cambist.kernel.rates import Rate

BTC, ETH, TRX = (asset_of(code) for code in ("BTC", "ETH", "TRX"))
TERMS = st.builds(
    Terms,
    commission_ppm=st.integers(0, 300_000),
    discount_ppm=st.sampled_from((0, 100_000, 1_000_000)),
    network_fee_units=st.sampled_from((0, 1, 500)),
)
UNITS = st.integers(1, 10**12)


def swapped(raw: str, terms: Terms, fixed: Given, units: int) -> Taking:
    return swap(Rate.parse(BTC, ETH, raw), terms, fixed, units)


def test_swap_takes_its_commission_of_what_comes_out() -> None:
    found = swapped("17", Terms(10_000), Given.FROM, 10**8)
    assert found.rate == Rate.parse(BTC, ETH, "16.83").mantissa
    assert (found.principal, found.commission) == (17 * 10**18, 17 * 10**16)
    assert found.to_units == 1683 * 10**16


def test_what_a_swap_cannot_hand_out_is_commission() -> None:
    found = swap(Rate.parse(TRX, BTC, "0.000003"), Terms(0), Given.FROM, 1_000_001)
    assert (found.principal, found.commission, found.to_units) == (301, 1, 300)


def test_swap_for_a_wanted_amount_asks_for_what_that_takes() -> None:
    found = swapped("17", Terms(10_000), Given.TO, 1683 * 10**16)
    assert (found.from_units, found.to_units) == (10**8, 1683 * 10**16)


def test_network_fee_is_taken_from_a_withdrawal_or_added_to_it() -> None:
    terms = Terms(20_000, network_fee_units=1_000)
    sent = withdraw(TRX, terms, Given.FROM, 1_000_000)
    assert (sent.commission, sent.network_fee, sent.to_units) == (20_000, 1_000, 979_000)
    wanted = withdraw(TRX, terms, Given.TO, 979_000)
    assert wanted.from_units == 1_000_000


@given(TERMS, UNITS, UNITS, st.sampled_from(Given))
def test_splitting_a_withdrawal_gains_nothing(
    terms: Terms, one: int, two: int, fixed: Given
) -> None:
    whole, parts = _asked(terms, fixed, one + two), [_asked(terms, fixed, n) for n in (one, two)]
    if fixed is Given.FROM:
        assert sum(parts) <= whole
    else:
        assert sum(parts) >= whole


def _asked(terms: Terms, fixed: Given, units: int) -> int:
    try:
        found = withdraw(TRX, terms, fixed, units)
    except DomainError as refusal:
        if refusal.code is not ErrorCode.AMOUNT_TOO_SMALL:
            raise
        return 0
    given_units = found.from_units if fixed is Given.FROM else found.to_units
    assert given_units == units
    return found.to_units if fixed is Given.FROM else found.from_units


@given(TERMS, st.integers(10**15, 10**21), st.integers(10**3, 10**9))
def test_swapping_there_and_back_gains_nothing(terms: Terms, mantissa: int, units: int) -> None:
    there = Rate(TRX, BTC, mantissa)
    back = Rate(BTC, TRX, 10**36 // mantissa)
    try:
        found = swap(there, terms, Given.FROM, units)
        again = swap(back, terms, Given.FROM, found.to_units)
    except DomainError as refusal:
        if refusal.code is not ErrorCode.AMOUNT_TOO_SMALL:
            raise
    else:
        assert again.to_units <= units


@pytest.mark.parametrize("fixed", Given)
@pytest.mark.parametrize("units", [0, -5])
def test_nothing_cannot_be_withdrawn(fixed: Given, units: int) -> None:
    with pytest.raises(DomainError) as refused:
        withdraw(TRX, Terms(20_000), fixed, units)
    assert refused.value.code is ErrorCode.AMOUNT_TOO_SMALL


def test_limit_told_is_the_least_that_leaves_something() -> None:
    terms = Terms(20_000, network_fee_units=999)
    with pytest.raises(DomainError) as refused:
        withdraw(TRX, terms, Given.FROM, 1_020)
    assert refused.value.facts == {"limit": "0.001021", "currency": "TRX"}
    assert withdraw(TRX, terms, Given.FROM, 1_021).to_units == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda: withdraw(TRX, Terms(0), Given.FROM, UNITS_MAX),
        lambda: withdraw(TRX, Terms(500_000), Given.TO, UNITS_MAX - 1),
        lambda: swapped("17", Terms(0), Given.FROM, UNITS_MAX - 1),
    ],
)
def test_more_than_can_be_stored_is_refused(ask: Callable[[], Taking]) -> None:
    with pytest.raises(DomainError) as refused:
        ask()
    assert refused.value.code is ErrorCode.AMOUNT_TOO_LARGE
