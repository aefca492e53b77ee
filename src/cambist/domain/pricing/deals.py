"""Decide the units of a price to buy or sell: the exact figures, each rounded once, named."""

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from cambist.domain.pricing.exact import (
    Conditions,
    buy_crypto,
    buy_rate,
    buy_with,
    commission_of,
    raw_of,
    sell_crypto,
    sell_for,
    sell_rate,
    whole,
)
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import UNITS_MAX, Asset, format_units
from cambist.kernel.rates import RATE_SCALE, Rate, Rounding, divide

UP, DOWN = Rounding.UP, Rounding.DOWN


@dataclass(frozen=True, slots=True)
class Step:
    """Record one rounding: `result` units came of the exact numerator over denominator."""

    name: str
    numerator: int
    denominator: int
    rounding: Rounding
    result: int


def rounded(name: str, value: Fraction, scale: int, rounding: Rounding) -> Step:
    """Round a non-negative number of whole assets to units of `scale` decimals."""
    numerator, denominator = value.numerator * 10**scale, value.denominator
    return Step(name, numerator, denominator, rounding, divide(numerator, denominator, rounding))


@dataclass(frozen=True, slots=True)
class Deal:
    """Hold a price in units: what moves, what the house takes, and each rounding on the way.

    Buy: `fiat_units`, all he pays, = principal + commission + payment_fee, and he receives
    `crypto_units`; `network_fee` crypto units go to the network besides. Sell: he gives
    `crypto_units` and gets `fiat_units` in hand = principal - commission - payment_fee.
    `raw` and `rate` are mantissas; `rate` has the commission less the discount in it.
    What rounding fiat leaves over is part of the commission, what rounding crypto leaves over
    (less than a unit) stays where it is.
    """

    side: Side
    given: Given
    crypto: Asset
    fiat: Asset
    crypto_units: int
    fiat_units: int
    raw: int
    rate: int
    principal: int
    commission: int
    payment_fee: int
    network_fee: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        taken = self.commission + self.payment_fee
        total = self.principal + (taken if self.side is Side.BUY else -taken)
        parts = (self.principal, self.commission, self.payment_fee, self.network_fee, self.rate)
        if self.side not in (Side.BUY, Side.SELL) or self.fiat_units != total:
            raise ValueError("a deal's parts are its total")
        if min(parts) < 0 or min(self.crypto_units, self.fiat_units, self.raw) < 1:
            raise ValueError("a deal's units are not negative, and something moves")

    @property
    def given_asset(self) -> Asset:
        """Tell which asset the customer fixed the amount of."""
        is_fiat = (self.side is Side.BUY) is (self.given is Given.FROM)
        return self.fiat if is_fiat else self.crypto

    @property
    def given_units(self) -> int:
        """Tell the amount the customer fixed, in units of `given_asset`."""
        return self.fiat_units if self.given_asset == self.fiat else self.crypto_units


def price(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal:
    """Price an order to buy or sell `raw.base` against `raw.quote`; the units given come back.

    The amount asked for is rounded once and for the house, so that neither splitting an order
    nor buying and selling ever gains. ValueError for other sides and for no fiat.

    Raises:
        DomainError: AMOUNT_TOO_SMALL or AMOUNT_TOO_LARGE with the `limit` of the fiat total as a
            decimal string and its `currency`.
    """
    if not raw.quote.is_fiat:
        raise ValueError("an order is bought and sold against fiat")
    if units < 1:
        raise _too_small(side, raw, terms)
    if units >= UNITS_MAX:
        raise _too_large(raw.quote, terms)
    deal = _deal(side, raw, terms, given, units)
    if deal is None or deal.fiat_units < terms.minimum_units:
        raise _too_small(side, raw, terms)
    largest = UNITS_MAX - 1 if terms.maximum_units is None else terms.maximum_units
    if deal.fiat_units > largest or max(deal.crypto_units, deal.principal, deal.rate) >= UNITS_MAX:
        raise _too_large(raw.quote, terms)
    return deal


def _deal(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal | None:
    match side:
        case Side.BUY:
            return _buy(raw, terms, given, units)
        case Side.SELL:
            return _sell(raw, terms, given, units)
        case Side.SWAP | Side.WITHDRAW:
            raise ValueError(f"a {side} has a price of its own")
        case _ as unreachable:
            assert_never(unreachable)


def _buy(raw: Rate, terms: Terms, given: Given, units: int) -> Deal | None:
    """Price a buy; None when nothing would be bought."""
    crypto, fiat, exact_raw = raw.base, raw.quote, raw_of(raw)
    conditions = Conditions.of(terms, fiat.scale)
    network_fee = terms.network_fee_units
    if given is Given.TO:
        figures = buy_crypto(exact_raw, conditions, whole(units + network_fee, crypto.scale))
        answer = rounded("fiat", figures.fiat, fiat.scale, UP)
        crypto_units, fiat_units = units, answer.result
    else:
        figures = buy_with(exact_raw, conditions, whole(units, fiat.scale))
        if figures.crypto <= 0:
            return None
        answer = rounded("crypto", figures.crypto, crypto.scale, DOWN)
        crypto_units, fiat_units = answer.result - network_fee, units
    if crypto_units < 1:
        return None
    rate = rounded("rate", buy_rate(exact_raw, commission_of(terms)), RATE_SCALE, UP)
    principal = rounded("principal", figures.principal, fiat.scale, DOWN)
    fee = rounded("payment_fee", figures.payment_fee, fiat.scale, UP)
    return Deal(
        Side.BUY,
        given,
        crypto,
        fiat,
        crypto_units,
        fiat_units,
        raw.mantissa,
        rate.result,
        principal.result,
        fiat_units - principal.result - fee.result,
        fee.result,
        network_fee,
        (rate, answer, principal, fee),
    )


def _sell(raw: Rate, terms: Terms, given: Given, units: int) -> Deal | None:
    """Price a sell; None when nothing would be paid out."""
    crypto, fiat, exact_raw = raw.base, raw.quote, raw_of(raw)
    conditions = Conditions.of(terms, fiat.scale)
    if given is Given.FROM:
        figures = sell_crypto(exact_raw, conditions, whole(units, crypto.scale))
        if figures.fiat <= 0:
            return None
        answer = rounded("fiat", figures.fiat, fiat.scale, DOWN)
        crypto_units, fiat_units = units, answer.result
    else:
        figures = sell_for(exact_raw, conditions, whole(units, fiat.scale))
        answer = rounded("crypto", figures.crypto, crypto.scale, UP)
        crypto_units, fiat_units = answer.result, units
    if fiat_units < 1:
        return None
    rate = rounded("rate", sell_rate(exact_raw, commission_of(terms)), RATE_SCALE, DOWN)
    principal = rounded("principal", figures.principal, fiat.scale, UP)
    fee = rounded("payment_fee", figures.payment_fee, fiat.scale, UP)
    return Deal(
        Side.SELL,
        given,
        crypto,
        fiat,
        crypto_units,
        fiat_units,
        raw.mantissa,
        rate.result,
        principal.result,
        principal.result - fiat_units - fee.result,
        fee.result,
        0,
        (rate, answer, principal, fee),
    )


def _too_small(side: Side, raw: Rate, terms: Terms) -> DomainError:
    """Refuse with the least fiat total that would do."""
    least = max(terms.minimum_units, 1)
    if side is Side.BUY:
        one = whole(1 + terms.network_fee_units, raw.base.scale)
        figures = buy_crypto(raw_of(raw), Conditions.of(terms, raw.quote.scale), one)
        least = max(least, rounded("least", figures.fiat, raw.quote.scale, UP).result)
    limit = format_units(least, raw.quote.scale)
    return DomainError(ErrorCode.AMOUNT_TOO_SMALL, limit=limit, currency=raw.quote.code)


def _too_large(fiat: Asset, terms: Terms) -> DomainError:
    largest = UNITS_MAX - 1 if terms.maximum_units is None else terms.maximum_units
    limit = format_units(largest, fiat.scale)
    return DomainError(ErrorCode.AMOUNT_TOO_LARGE, limit=limit, currency=fiat.code)
