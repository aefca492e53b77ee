"""Decide what is left of crypto that is swapped for another, or leaves us: no fiat in it."""

from dataclasses import dataclass
from fractions import Fraction

from cambist.domain.pricing.deals import Step, rounded
from cambist.domain.pricing.exact import commission_of, raw_of, sell_rate, whole
from cambist.domain.pricing.terms import Given, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import UNITS_MAX, Asset, format_units
from cambist.kernel.rates import RATE_SCALE, Rate, Rounding

UP, DOWN = Rounding.UP, Rounding.DOWN


@dataclass(frozen=True, slots=True)
class Taking:
    """Hold what goes in, what comes out and what is taken between, the latter two in `target`.

    `principal` is what goes in at the raw rate, `to_units` = principal - commission -
    network_fee. `raw` and `rate` are mantissas of target per source, `rate` less the commission;
    a withdrawal has one asset and a raw rate of one.
    """

    given: Given
    source: Asset
    target: Asset
    from_units: int
    to_units: int
    raw: int
    rate: int
    principal: int
    commission: int
    network_fee: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if self.to_units != self.principal - self.commission - self.network_fee:
            raise ValueError("a taking's parts are its total")
        if min(self.commission, self.network_fee, self.rate) < 0 or self.to_units < 1:
            raise ValueError("a taking's units are not negative, and something is left")


def swap(raw: Rate, terms: Terms, given: Given, units: int) -> Taking:
    """Turn `raw.base` into `raw.quote`, rounded once and for the house.

    Of the terms only commission, discount and network fee (units of what is received) apply: the
    others are about fiat.

    Raises:
        DomainError: AMOUNT_TOO_SMALL with the least amount given as `limit` and its `currency`,
            AMOUNT_TOO_LARGE.
    """
    return _take(raw, raw_of(raw), terms, given, units)


def withdraw(asset: Asset, terms: Terms, given: Given, units: int) -> Taking:
    """Take commission and network fee from an amount that leaves, or add them to one wanted.

    Raises:
        DomainError: AMOUNT_TOO_SMALL with the least amount given as `limit` and its `currency`,
            AMOUNT_TOO_LARGE.
    """
    return _take(Rate(asset, asset, 10**RATE_SCALE), Fraction(1), terms, given, units)


def _take(rate: Rate, raw: Fraction, terms: Terms, given: Given, units: int) -> Taking:
    source, target, network_fee = rate.base, rate.quote, terms.network_fee_units
    less = sell_rate(raw, commission_of(terms))
    if units >= UNITS_MAX:
        raise _too_large(source)
    if given is Given.FROM:
        answer = rounded("to", whole(max(units, 0), source.scale) * less, target.scale, DOWN)
        from_units, to_units = units, answer.result - network_fee
    else:
        answer = _source_for(units, network_fee, less, source, target)
        from_units, to_units = answer.result, units
    if to_units < 1:
        least = _source_for(1, network_fee, less, source, target).result
        limit = format_units(least, source.scale)
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL, limit=limit, currency=source.code)
    principal = rounded("principal", whole(from_units, source.scale) * raw, target.scale, UP)
    if max(from_units, to_units, principal.result) >= UNITS_MAX:
        raise _too_large(source)
    written = rounded("rate", less, RATE_SCALE, DOWN)
    return Taking(
        given,
        source,
        target,
        from_units,
        to_units,
        rate.mantissa,
        written.result,
        principal.result,
        principal.result - to_units - network_fee,
        network_fee,
        (written, answer, principal),
    )


def _source_for(
    wanted: int, network_fee: int, less: Fraction, source: Asset, target: Asset
) -> Step:
    """Find what must go in for units wanted and the network fee."""
    needed = Fraction(whole(max(wanted, 0) + network_fee, target.scale), less)
    return rounded("from", needed, source.scale, UP)


def _too_large(source: Asset) -> DomainError:
    limit = format_units(UNITS_MAX - 1, source.scale)
    return DomainError(ErrorCode.AMOUNT_TOO_LARGE, limit=limit, currency=source.code)
