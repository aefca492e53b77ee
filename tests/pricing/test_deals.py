"""Prove what deals refuse and keep: bounds, network fee, steps."""

from dataclasses import replace
from typing import Any

import pytest

from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.deals import Deal, price
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import UNITS_MAX
from cambist.kernel.rates import Rate, Rounding, divide

BTC, EUR = asset_of("BTC"), asset_of("EUR")
RAW = Rate.parse(BTC, EUR, "60000")


def refused(
    side: Side, terms: Terms, given: Given, units: int
) -> tuple[ErrorCode, dict[str, str | int]]:
    """Tell the refusal of an amount."""
    with pytest.raises(DomainError) as told:
        price(side, RAW, terms, given, units)
    return told.value.code, told.value.facts


def test_network_fee_is_paid_for_by_the_buyer_and_not_received() -> None:
    terms = Terms(0, network_fee_units=10_000)
    wanted = price(Side.BUY, RAW, terms, Given.TO, 90_000)
    assert (wanted.crypto_units, wanted.network_fee, wanted.fiat_units) == (90_000, 10_000, 6_000)
    paid = price(Side.BUY, RAW, terms, Given.FROM, 6_000)
    assert (paid.crypto_units, paid.network_fee) == (90_000, 10_000)


def test_seller_pays_no_network_fee_of_ours() -> None:
    deal = price(Side.SELL, RAW, Terms(0, network_fee_units=10_000), Given.FROM, 100_000)
    assert (deal.network_fee, deal.fiat_units) == (0, 6_000)


def test_least_commission_is_taken_when_the_share_is_less() -> None:
    deal = price(Side.BUY, RAW, Terms(10_000, minimum_fee_units=500), Given.FROM, 10_500)
    assert (deal.commission, deal.principal) == (500, 10_000)
    assert deal.rate == Rate.parse(BTC, EUR, "60600").mantissa


@pytest.mark.parametrize(
    ("side", "given", "units"),
    [
        (Side.BUY, Given.FROM, 999),
        (Side.BUY, Given.TO, 16_000),
        (Side.SELL, Given.FROM, 16_000),
        (Side.SELL, Given.TO, 999),
    ],
)
def test_total_below_the_minimum_is_refused_with_it(side: Side, given: Given, units: int) -> None:
    found = refused(side, Terms(0, minimum_units=1_000), given, units)
    assert found == (ErrorCode.AMOUNT_TOO_SMALL, {"limit": "10.00", "currency": "EUR"})


@pytest.mark.parametrize(
    ("side", "given", "units"),
    [
        (Side.BUY, Given.FROM, 1_001),
        (Side.BUY, Given.TO, 17_000),
        (Side.SELL, Given.FROM, 17_000),
        (Side.SELL, Given.TO, 1_001),
    ],
)
def test_total_above_the_maximum_is_refused_with_it(side: Side, given: Given, units: int) -> None:
    found = refused(side, Terms(0, maximum_units=1_000), given, units)
    assert found == (ErrorCode.AMOUNT_TOO_LARGE, {"limit": "10.00", "currency": "EUR"})


def test_total_at_either_bound_is_priced() -> None:
    terms = Terms(0, minimum_units=1_000, maximum_units=1_000)
    for side in (Side.BUY, Side.SELL):
        assert price(side, RAW, terms, Given(_fiat(side)), 1_000).fiat_units == 1_000


def _fiat(side: Side) -> str:
    return "from" if side is Side.BUY else "to"


def test_limit_told_when_fees_leave_nothing_is_the_least_that_buys() -> None:
    terms = Terms(0, payment_fee_units=700, minimum_fee_units=300, network_fee_units=10_000)
    code, facts = refused(Side.BUY, terms, Given.FROM, 1_600)
    assert (code, facts["limit"]) == (ErrorCode.AMOUNT_TOO_SMALL, "16.01")
    assert price(Side.BUY, RAW, terms, Given.FROM, 1_601).crypto_units >= 1
    code, facts = refused(Side.SELL, terms, Given.FROM, 16_666)
    assert (code, facts["limit"]) == (ErrorCode.AMOUNT_TOO_SMALL, "0.01")


@pytest.mark.parametrize("units", [0, -1, -UNITS_MAX])
@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize("given", Given)
def test_nothing_and_less_have_no_price(side: Side, given: Given, units: int) -> None:
    assert refused(side, Terms(0), given, units)[0] is ErrorCode.AMOUNT_TOO_SMALL


@pytest.mark.parametrize("units", [UNITS_MAX, UNITS_MAX**3])
@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize("given", Given)
def test_more_than_can_be_stored_is_refused(side: Side, given: Given, units: int) -> None:
    assert refused(side, Terms(0), given, units)[0] is ErrorCode.AMOUNT_TOO_LARGE


def test_price_that_cannot_be_stored_is_refused() -> None:
    found = refused(Side.SELL, Terms(0), Given.TO, UNITS_MAX - 1)
    assert found[0] is ErrorCode.AMOUNT_TOO_LARGE


@pytest.mark.parametrize("side", [Side.SWAP, Side.WITHDRAW])
def test_other_sides_are_priced_elsewhere(side: Side) -> None:
    with pytest.raises(ValueError, match="a price of its own"):
        price(side, RAW, Terms(0), Given.FROM, 1)


def test_crypto_is_no_money_to_pay_with_here() -> None:
    with pytest.raises(ValueError, match="against fiat"):
        price(Side.BUY, Rate.parse(BTC, asset_of("ETH"), "17"), Terms(0), Given.FROM, 1)


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize("given", Given)
def test_each_rounding_is_kept_and_can_be_done_again(side: Side, given: Given) -> None:
    deal = price(side, RAW, Terms(15_000, payment_fee_ppm=29_000), given, 123_457)
    assert [step.name for step in deal.steps][2:] == ["principal", "payment_fee"]
    for step in deal.steps:
        assert divide(step.numerator, step.denominator, step.rounding) == step.result
        assert step.rounding is not Rounding.HALF_UP
    steps = {step.name: step.result for step in deal.steps}
    assert (steps["rate"], steps["principal"]) == (deal.rate, deal.principal)
    assert steps["payment_fee"] == deal.payment_fee
    answer = steps.get("fiat", steps.get("crypto"))
    assert answer in (deal.fiat_units, deal.crypto_units)
    assert deal.given_units == 123_457


@pytest.mark.parametrize(
    "changes",
    [
        {"fiat_units": 1},
        {"commission": -1, "principal": 10_001},
        {"side": Side.SWAP},
        {"crypto_units": 0},
        {"network_fee": -1},
        {"rate": -1},
    ],
)
def test_deal_that_does_not_add_up_cannot_be_made(changes: dict[str, Any]) -> None:
    deal: Deal = price(Side.BUY, RAW, Terms(0), Given.FROM, 10_000)
    assert (deal.principal, deal.commission) == (10_000, 0)
    with pytest.raises(ValueError, match="a deal's"):
        replace(deal, **changes)
