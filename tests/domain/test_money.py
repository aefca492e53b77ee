"""Prove that amounts are read by one strict rule (T30) and rounded by a named one."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.market.assets import ASSETS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import (
    AMOUNT_PATTERN,
    Money,
    format_units,
    parse_rounded,
    parse_units,
    share_half_up,
)
from cambist.kernel.rates import RATE_SCALE, Rate, Rounding, divide

NO_AMOUNTS = [
    "", " ", "-", "+", ".", "-1", "+1", "-0", "-0.0", "--1", "1-", "NaN", "nan", "sNaN", "inf",
    "Infinity", "-Infinity", "∞", "1e400", "1E5", "1e-30", "1e0", "e", "0x10", "0b1", "0o7",
    "1_000", "1,000", "1,5", "1 000", "1'000", " 1", "1 ", " 1 ", "1\n", "\n1", "\t1", "1\x00",
    "\x001", "\uff11\uff12",
    "٣", "१", "²", "½", "Ⅷ", "1.", ".1", "1..1", "1.1.1", "00", "01", "007", "0.", "1.0.", "1.-1",
    "1.+1", "1.1e1", "true", "null", "[]", "{}", "$1", "1€", "1\u200b", "\ufeff1", "1\u2028",
    "9" * 22, "1" + "0" * 5_000, "0." + "0" * 19, "0." + "1" * 5_000, "1;drop table orders",
    "1.000000000000000000000000000000001",
]  # fmt: skip

AMOUNTS = {
    ("0", 6): 0,
    ("0.0", 6): 0,
    ("1", 0): 1,
    ("1", 6): 1_000_000,
    ("1.5", 6): 1_500_000,
    ("1.000000", 6): 1_000_000,
    ("0.000001", 6): 1,
    ("0.000000000000000001", 18): 1,
    ("999999999999999999999.999999999999999999", 18): 10**39 - 1,
}


@pytest.mark.parametrize("text", NO_AMOUNTS, ids=lambda text: repr(text[:16]))
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    for read in (parse_units, parse_rounded):
        with pytest.raises(DomainError) as refused:
            read(text, 18)
        assert refused.value.code is ErrorCode.AMOUNT_INVALID


@pytest.mark.parametrize(("text", "scale"), AMOUNTS)
def test_a_plain_decimal_is_read_exactly(text: str, scale: int) -> None:
    assert parse_units(text, scale) == AMOUNTS[(text, scale)]


@given(st.text(alphabet="0123456789+-.eE_ ,٣\uff11∞xX", max_size=45))
def test_nothing_but_the_pattern_passes(text: str) -> None:
    try:
        units = parse_units(text, 18)
    except DomainError:
        assert len(text) > 40 or not re.fullmatch(AMOUNT_PATTERN.strip("^$"), text)
    else:
        assert Fraction(units, 10**18) == Fraction(text)


def test_more_decimals_than_the_asset_has_are_refused_not_rounded() -> None:
    with pytest.raises(DomainError) as refused:
        parse_units("1.0000000", 6)
    assert refused.value.code is ErrorCode.AMOUNT_TOO_PRECISE
    assert refused.value.facts == {"scale": 6}
    assert parse_rounded("1.9999999", 6) == 1_999_999


@given(units=st.integers(-(10**60), 10**60), scale=st.integers(0, 18))
def test_a_written_amount_is_exact(units: int, scale: int) -> None:
    text = format_units(units, scale)
    assert Fraction(text) == Fraction(units, 10**scale)
    assert len(text.partition(".")[2]) == scale


@given(units=st.integers(0, 10**38), scale=st.integers(0, 18))
def test_what_is_written_is_read_back(units: int, scale: int) -> None:
    if units < 10 ** (21 + scale):
        assert parse_units(format_units(units, scale), scale) == units


def test_money_of_two_assets_does_not_mix() -> None:
    one, other = Money(5, ASSETS["TRX"]), Money(5, ASSETS["LTC"])
    assert str(one + one - Money(4, ASSETS["TRX"])) == "0.000006"
    with pytest.raises(ValueError, match="do not mix"):
        one + other
    with pytest.raises(ValueError, match="do not mix"):
        one - other


def test_the_vendors_sample_gives_its_fee() -> None:
    assert share_half_up(1_000_000, 5_000) == 5_000
    assert [share_half_up(units, 500_000) for units in (0, 1, 2, 3)] == [0, 1, 1, 2]


@given(units=st.integers(0, 10**40), ppm=st.integers(0, 1_000_000))
def test_a_share_is_the_nearest_whole_number_and_never_more_than_all(units: int, ppm: int) -> None:
    exact = Fraction(units * ppm, 1_000_000)
    share = share_half_up(units, ppm)
    assert -Fraction(1, 2) < share - exact <= Fraction(1, 2)
    assert 0 <= share <= units


@given(numerator=st.integers(0, 10**60), denominator=st.integers(1, 10**40))
def test_each_rounding_keeps_its_side(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    down, up, half = (divide(numerator, denominator, rounding) for rounding in Rounding)
    assert down <= exact <= up
    assert up - down in (0, 1)
    assert abs(half - exact) <= Fraction(1, 2)
    assert half in (down, up)


def test_halves_go_up_and_wrong_signs_are_faults() -> None:
    assert divide(1, 2, Rounding.HALF_UP) == 1
    assert divide(3, 2, Rounding.HALF_UP) == 2
    for numerator, denominator in ((-1, 2), (1, 0), (1, -1)):
        with pytest.raises(ValueError, match="non-negative"):
            divide(numerator, denominator, Rounding.DOWN)


def test_one_trx_at_the_seeds_rate_is_27_cents() -> None:
    rate = Rate.parse(ASSETS["TRX"], ASSETS["EUR"], "0.27")
    assert str(rate.convert(Money(1_000_000, ASSETS["TRX"]), Rounding.HALF_UP)) == "0.27"
    assert str(rate.invert(Money(27, ASSETS["EUR"]), Rounding.UP)) == "1.000000"
    assert str(rate) == "0.27"
    assert str(Rate.parse(ASSETS["TRX"], ASSETS["EUR"], "3")) == "3.0"


@given(
    units=st.integers(0, 10**30),
    mantissa=st.integers(1, 10**30),
    base=st.sampled_from(["TRX", "BTC", "ETH"]),
)
def test_there_and_back_never_gains(units: int, mantissa: int, base: str) -> None:
    rate = Rate(ASSETS[base], ASSETS["EUR"], mantissa)
    money = Money(units, ASSETS[base])
    sold = rate.convert(money, Rounding.DOWN)
    exact = Fraction(units, 10**money.asset.scale) * Fraction(mantissa, 10**RATE_SCALE)
    assert Fraction(sold.units, 100) <= exact
    assert rate.invert(sold, Rounding.DOWN).units <= units


@given(parts=st.lists(st.integers(0, 10**12), max_size=20), mantissa=st.integers(1, 10**20))
def test_splitting_a_sale_never_pays_more(parts: list[int], mantissa: int) -> None:
    rate = Rate(ASSETS["TRX"], ASSETS["EUR"], mantissa)
    each = [rate.convert(Money(part, ASSETS["TRX"]), Rounding.DOWN).units for part in parts]
    whole = rate.convert(Money(sum(parts), ASSETS["TRX"]), Rounding.DOWN).units
    assert sum(each) <= whole


def test_a_rate_is_positive_and_converts_its_own_assets_only() -> None:
    trx, eur = ASSETS["TRX"], ASSETS["EUR"]
    for mantissa in (0, -1):
        with pytest.raises(DomainError) as refused:
            Rate(trx, eur, mantissa)
        assert refused.value.code is ErrorCode.RATE_UNAVAILABLE
    rate = Rate(trx, eur, 1)
    with pytest.raises(ValueError, match="base asset only"):
        rate.convert(Money(1, eur), Rounding.DOWN)
    with pytest.raises(ValueError, match="quote asset only"):
        rate.invert(Money(1, trx), Rounding.DOWN)
