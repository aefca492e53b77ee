"""Decide the price of a pair no source quotes: through EUR and USD, one division, never a guess."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, permutations

from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import ONE, symbols_of
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.rates import Rounding, divide

HUBS = ("EUR", "USD")


@dataclass(frozen=True, slots=True)
class _Leg:
    quote: PriceQuote
    inverted: bool


def derive(pair: str, quotes: Mapping[str, PriceQuote], hubs: tuple[str, ...] = HUBS) -> PriceQuote:
    """Price a pair over the shortest path of quoted ones, through hubs in the order given.

    The exact fraction is rounded half up once. The result is as old as its oldest leg and names
    the sources and samples of every leg.

    Raises:
        DomainError: RATE_UNAVAILABLE when no path is quoted or the result is too small to write.
    """
    base, quote = symbols_of(pair)
    for route in _routes(base, quote, hubs):
        legs = [_leg(quotes, start, end) for start, end in pairwise(route)]
        found = [leg for leg in legs if leg is not None]
        if len(found) == len(legs):
            return _chain(pair, found)
    raise DomainError(ErrorCode.RATE_UNAVAILABLE)


def complete(
    quotes: Mapping[str, PriceQuote], wanted: Iterable[str], quoted: frozenset[str]
) -> dict[str, PriceQuote]:
    """Add every wanted pair that can be derived.

    A pair in `quoted` has sources of its own: when they were refused, a detour around the
    refusal would be a guess, so it stays without a price.
    """
    full = dict(quotes)
    for pair in sorted(set(wanted) - quoted):
        try:
            full[pair] = derive(pair, quotes)
        except DomainError:
            continue
    return full


def _routes(base: str, quote: str, hubs: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    between = tuple(hub for hub in hubs if hub not in (base, quote))
    for count in range(len(between) + 1):
        for middle in permutations(between, count):
            yield (base, *middle, quote)


def _leg(quotes: Mapping[str, PriceQuote], start: str, end: str) -> _Leg | None:
    direct = quotes.get(f"{start}_{end}")
    if direct is not None:
        return _Leg(direct, inverted=False)
    opposite = quotes.get(f"{end}_{start}")
    return None if opposite is None else _Leg(opposite, inverted=True)


def _chain(pair: str, legs: list[_Leg]) -> PriceQuote:
    numerator, denominator = ONE, 1
    for leg in legs:
        over, under = (ONE, leg.quote.mantissa) if leg.inverted else (leg.quote.mantissa, ONE)
        numerator, denominator = numerator * over, denominator * under
    mantissa = divide(numerator, denominator, Rounding.HALF_UP)
    if mantissa == 0:
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    return PriceQuote(
        pair,
        mantissa,
        min(leg.quote.taken_at for leg in legs),
        tuple(sorted({source for leg in legs for source in leg.quote.sources})),
        tuple(sample for leg in legs for sample in leg.quote.samples),
    )
