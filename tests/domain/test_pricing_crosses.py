"""Prove that a derived price is exact, as old as its oldest leg, and no way round a refusal."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.pricing.crosses import complete, derive
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import ONE, parse_price
from cambist.kernel.errors import DomainError, ErrorCode

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MANTISSAS = st.integers(10**12, 10**24)


def quotes(**prices: str | int) -> dict[str, PriceQuote]:
    made = {pair: parse_price(p) if isinstance(p, str) else p for pair, p in prices.items()}
    return {pair: PriceQuote(pair, mid, NOW, ("a", "b")) for pair, mid in made.items()}


def test_cross_multiplies_through_a_hub() -> None:
    found = derive("TRX_CZK", quotes(TRX_EUR="0.27", EUR_CZK="25"))
    assert found.mantissa == parse_price("6.75")


def test_cross_divides_by_a_pair_quoted_the_other_way() -> None:
    found = derive("TRX_EUR", quotes(TRX_USD="0.30", EUR_USD="1.2"))
    assert found.mantissa == parse_price("0.25")


def test_cross_goes_through_both_hubs_when_it_must() -> None:
    found = derive("TRX_CZK", quotes(TRX_USD="0.30", EUR_USD="1.2", EUR_CZK="25"))
    assert found.mantissa == parse_price("6.25")


def test_first_hub_wins_when_both_would_do() -> None:
    known = quotes(TRX_EUR="0.27", EUR_CZK="25", TRX_USD="9", USD_CZK="9")
    assert derive("TRX_CZK", known).mantissa == parse_price("6.75")


def test_shorter_path_wins() -> None:
    known = quotes(TRX_USD="0.30", USD_CZK="20", EUR_USD="1.2", EUR_CZK="25")
    assert derive("TRX_CZK", known).mantissa == parse_price("6")


def test_cross_is_as_old_as_its_oldest_leg_and_names_all_sources() -> None:
    known = quotes(TRX_EUR="0.27", EUR_CZK="25")
    old = NOW - timedelta(seconds=20)
    known["EUR_CZK"] = PriceQuote("EUR_CZK", parse_price("25"), old, ("b", "c"))
    found = derive("TRX_CZK", known)
    assert (found.taken_at, found.sources) == (old, ("a", "b", "c"))


@given(MANTISSAS, MANTISSAS, MANTISSAS)
def test_cross_is_the_exact_fraction_rounded_once(first: int, second: int, third: int) -> None:
    known = quotes(TRX_USD=first, EUR_USD=second, EUR_CZK=third)
    exact = Fraction(first, second) * Fraction(third, ONE) * ONE
    try:
        found = derive("TRX_CZK", known).mantissa
    except DomainError:
        assert exact < Fraction(1, 2)
    else:
        assert abs(exact - found) <= Fraction(1, 2)


@pytest.mark.parametrize("pair", ["TRX_RON", "RON_CZK", "nonsense"])
def test_pair_without_a_path_has_no_price(pair: str) -> None:
    with pytest.raises(DomainError) as refused:
        derive(pair, quotes(TRX_EUR="0.27", EUR_CZK="25"))
    assert refused.value.code is ErrorCode.RATE_UNAVAILABLE


def test_price_too_small_to_write_is_none() -> None:
    with pytest.raises(DomainError):
        derive("TRX_CZK", quotes(TRX_EUR=1, EUR_CZK=1))


def test_refused_pair_is_not_priced_by_a_detour() -> None:
    known = quotes(TRX_USD="0.30", EUR_USD="1.2")
    full = complete(known, {"TRX_EUR", "TRX_USD", "TRX_CZK"}, frozenset({"TRX_EUR", "TRX_USD"}))
    assert set(full) == {"TRX_USD", "EUR_USD"}
