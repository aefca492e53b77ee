"""Prove the vectors of the contracts with the arithmetic deals are rounded from."""

from fractions import Fraction

import pytest

from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.deals import price
from cambist.domain.pricing.exact import (
    Conditions,
    Figures,
    buy_crypto,
    buy_rate,
    buy_with,
    commission_of,
    sell_crypto,
    sell_for,
    sell_rate,
    write,
)
from cambist.domain.pricing.takings import withdraw
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.rates import Rate, Rounding

BTC, EUR = asset_of("BTC"), asset_of("EUR")
RAW = Fraction("149.75")


def percent(text: str) -> Conditions:
    """Make conditions of a commission alone."""
    return Conditions.of(Terms(int(Fraction(text) * 10_000)), EUR.scale)


def test_buy_quote_of_cryptocoin() -> None:
    conditions = percent("15")
    found = buy_crypto(RAW, conditions, Fraction("0.2"))
    assert buy_rate(RAW, conditions.commission) == Fraction("172.2125")
    assert found.fiat == Fraction("34.4425")
    assert found.commission == Fraction("4.4925")
    assert found.commission_crypto == Fraction("0.03")


def test_sell_quote_of_cryptocoin() -> None:
    conditions = percent("5")
    found = sell_crypto(RAW, conditions, Fraction("0.2"))
    assert sell_rate(RAW, conditions.commission) == Fraction("142.2625")
    assert found.fiat == Fraction("28.4525")
    assert found.commission == Fraction("1.4975")
    assert found.commission_crypto == Fraction("0.01")


def test_buy_price_of_cryptocoin() -> None:
    conditions = percent("0.1")
    found = buy_with(Fraction(6377), conditions, Fraction(100))
    assert buy_rate(Fraction(6377), conditions.commission) == Fraction("6383.377")
    assert write(found.crypto, 20, Rounding.DOWN) == "0.01566568917988080603"
    assert found.commission == 100 - Fraction(100) / Fraction("1.001")
    assert write(found.commission, 10, Rounding.DOWN) == "0.0999000999"
    assert found.commission_crypto == found.crypto * Fraction("0.001")


def test_transfer_and_withdrawal_of_cryptocoin() -> None:
    transferred = withdraw(BTC, Terms(50_000), Given.FROM, 10**8)
    assert (transferred.commission, transferred.to_units) == (5 * 10**6, 95 * 10**6)
    withdrawn = withdraw(BTC, Terms(20_000), Given.FROM, 10**8)
    assert (withdrawn.commission, withdrawn.to_units) == (2 * 10**6, 98 * 10**6)


def test_ask_and_bid_of_safello() -> None:
    ask = buy_rate(Fraction("328335.5075"), commission_of(Terms(45_000)))
    bid = sell_rate(Fraction("330303.5525"), commission_of(Terms(50_000)))
    assert write(ask, 25, Rounding.DOWN) == "343110.6053375"
    assert write(bid, 25, Rounding.DOWN) == "313788.374875"


@pytest.mark.parametrize(
    ("side", "ppm", "rate", "fiat", "principal", "commission"),
    [
        (Side.BUY, 150_000, "172.2125", 3445, 2995, 450),
        (Side.SELL, 50_000, "142.2625", 2845, 2995, 150),
    ],
)
def test_deals_are_the_quotes_rounded_for_the_house(
    side: Side, ppm: int, rate: str, fiat: int, principal: int, commission: int
) -> None:
    raw = Rate.parse(BTC, EUR, "149.75")
    deal = price(side, raw, Terms(ppm), Given.TO if side is Side.BUY else Given.FROM, 20_000_000)
    assert deal.rate == Rate.parse(BTC, EUR, rate).mantissa
    assert (deal.crypto_units, deal.fiat_units) == (20_000_000, fiat)
    assert (deal.principal, deal.commission) == (principal, commission)


def test_deal_of_the_buy_price_is_its_figure_rounded_down() -> None:
    raw = Rate.parse(BTC, EUR, "6377")
    deal = price(Side.BUY, raw, Terms(1_000), Given.FROM, 10_000)
    assert (deal.fiat_units, deal.crypto_units) == (10_000, 1_566_568)
    assert (deal.principal, deal.commission) == (9_990, 10)


@pytest.mark.parametrize("on_top", [True, False])
@pytest.mark.parametrize("minimum", [0, 50_000])
def test_both_directions_are_each_other_s_inverse(on_top: bool, minimum: int) -> None:
    terms = Terms(
        15_000,
        discount_ppm=100_000,
        payment_fee_ppm=29_000,
        payment_fee_units=30,
        fee_on_top=on_top,
        minimum_fee_units=minimum,
    )
    conditions, crypto = Conditions.of(terms, EUR.scale), Fraction(37)
    bought, sold = buy_crypto(RAW, conditions, crypto), sell_crypto(RAW, conditions, crypto)
    assert buy_with(RAW, conditions, bought.fiat) == bought
    assert sell_for(RAW, conditions, sold.fiat) == sold


def test_discount_gives_back_a_share_of_the_commission() -> None:
    assert commission_of(Terms(20_000, discount_ppm=250_000)) == Fraction("0.015")
    assert commission_of(Terms(20_000, discount_ppm=1_000_000)) == 0


def fee_of(on_top: bool, figures: str) -> Figures:
    """Price one crypto at 100 with a payment fee of 10 % and nothing else."""
    conditions = Conditions.of(Terms(0, payment_fee_ppm=100_000, fee_on_top=on_top), EUR.scale)
    make = {"buy": buy_crypto, "sell": sell_crypto}[figures]
    return make(Fraction(100), conditions, Fraction(1))


def test_fee_on_top_is_of_the_net_amount_and_fee_within_of_the_gross() -> None:
    assert fee_of(True, "buy").fiat == 110
    assert fee_of(False, "buy").fiat == Fraction(100) / Fraction("0.9")
    assert fee_of(True, "sell").fiat == Fraction(100) / Fraction("1.1")
    assert fee_of(False, "sell").fiat == 90


@pytest.mark.parametrize(
    ("value", "decimals", "rounding", "text"),
    [
        ("1/3", 25, Rounding.DOWN, "0.3333333333333333333333333"),
        ("2/3", 4, Rounding.UP, "0.6667"),
        ("1/8", 2, Rounding.HALF_UP, "0.13"),
        ("10", 25, Rounding.DOWN, "10"),
        ("10", 0, Rounding.DOWN, "10"),
        ("0", 8, Rounding.UP, "0"),
    ],
)
def test_values_are_written_without_zeros_at_the_end(
    value: str, decimals: int, rounding: Rounding, text: str
) -> None:
    assert write(Fraction(value), decimals, rounding) == text


@pytest.mark.parametrize("decimals", [-1, 26])
def test_values_have_at_most_25_decimals(decimals: int) -> None:
    with pytest.raises(ValueError, match="25 decimals"):
        write(Fraction(1), decimals, Rounding.DOWN)
