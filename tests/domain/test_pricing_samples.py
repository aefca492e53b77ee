"""Prove that what is no price cannot become a sample, and that old quotes cannot be used."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.quotes import PriceQuote, require_fresh
from cambist.domain.pricing.samples import (
    ONE,
    PriceSample,
    median,
    mid_of,
    pair_of,
    pairs_for,
    parse_price,
    symbols_of,
)
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import Money
from cambist.kernel.rates import Rounding

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def refuses(call: object, *arguments: object) -> bool:
    try:
        call(*arguments)  # type: ignore[operator]  # any callable, any arguments
    except DomainError as refusal:
        return refusal.code is ErrorCode.RATE_UNAVAILABLE
    return False


@pytest.mark.parametrize("mantissa", [0, -1, True, 0.27, float("nan"), 10**39, "1", None])
def test_what_is_no_positive_integer_is_no_price(mantissa: object) -> None:
    assert refuses(PriceSample, "a", "TRX_EUR", mantissa, 1, NOW)


@pytest.mark.parametrize("pair", ["TRXEUR", "trx_eur", "TRX_EUR_", "TRX_EUR\n", "", "T_EUR"])
def test_pair_is_two_symbols(pair: str) -> None:
    assert refuses(PriceSample, "a", pair, 1, 1, NOW)
    assert refuses(symbols_of, pair)


@pytest.mark.parametrize("source", ["", "A", "a,b", "a b", "-a", "a" * 41])
def test_source_name_fits_a_list(source: str) -> None:
    assert refuses(PriceSample, source, "TRX_EUR", 1, 1, NOW)


@pytest.mark.parametrize("seq", [-1, 2**63, True, 1.0])
def test_seq_fits_the_database(seq: object) -> None:
    assert refuses(PriceSample, "a", "TRX_EUR", 1, seq, NOW)


def test_time_without_a_zone_is_refused() -> None:
    assert refuses(PriceSample, "a", "TRX_EUR", 1, 1, NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    "text", ["0", "0.0", "-1", "NaN", "Infinity", "1e5", "1_0", " 1", "٣", "", "0." + "1" * 19]
)
def test_text_that_is_no_plain_price_is_refused(text: str) -> None:
    assert refuses(parse_price, text)


def test_price_text_is_read_exactly() -> None:
    assert parse_price("0.270000000000000001") == 27 * 10**16 + 1


@pytest.mark.parametrize(("bid", "ask"), [(2, 1), (0, 1), (-1, 1), (0, 0)])
def test_crossed_or_empty_book_has_no_middle(bid: int, ask: int) -> None:
    assert refuses(mid_of, bid, ask)


@given(st.lists(st.integers(1, 10**30), min_size=1, max_size=9))
def test_median_lies_between_halves(values: list[int]) -> None:
    middle = median(values)
    assert min(values) <= middle <= max(values)
    assert sum(v < middle for v in values) * 2 <= len(values)
    assert sum(v > middle for v in values) * 2 <= len(values)


def test_tokens_of_one_symbol_share_a_pair() -> None:
    eur = asset_of("EUR")
    assert pair_of(asset_of("USDT_TRC20"), eur) == pair_of(asset_of("USDT_ERC20"), eur)
    assert pairs_for([asset_of("TRX")], [eur, asset_of("CZK")]) == {"TRX_EUR", "TRX_CZK"}


@pytest.mark.parametrize(
    ("age_s", "usable"), [(0, True), (30, True), (31, False), (-2, True), (-3, False)]
)
def test_quote_is_used_only_while_fresh(age_s: int, usable: bool) -> None:
    quote = PriceQuote("TRX_EUR", 1, NOW - timedelta(seconds=age_s), ("a", "b"))
    assert quote.is_fresh(NOW) is usable
    assert refuses(require_fresh, quote, NOW) is not usable


def test_no_quote_is_no_price() -> None:
    assert refuses(require_fresh, None, NOW)


def test_quote_becomes_the_rate_of_its_own_pair_only() -> None:
    quote = PriceQuote("TRX_EUR", ONE * 27 // 100, NOW, ("a",))
    trx, eur = asset_of("TRX"), asset_of("EUR")
    assert quote.rate(trx, eur).convert(Money(1_000_000, trx), Rounding.HALF_UP) == Money(27, eur)
    with pytest.raises(ValueError, match="does not price"):
        quote.rate(eur, trx)
