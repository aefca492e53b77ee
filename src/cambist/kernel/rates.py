"""Decide how one asset converts into another: exact integers, rounding always named."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import Asset, Money, format_units, parse_units

RATE_SCALE = 18


class Rounding(StrEnum):
    """Name the way a quotient becomes a whole number of units."""

    DOWN = "down"
    UP = "up"
    HALF_UP = "half-up"


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Divide non-negative integers with the named rounding."""
    if numerator < 0 or denominator <= 0:
        raise ValueError("only non-negative quotients are rounded")
    match rounding:
        case Rounding.DOWN:
            return numerator // denominator
        case Rounding.UP:
            return -(-numerator // denominator)
        case Rounding.HALF_UP:
            return (numerator * 2 + denominator) // (denominator * 2)
        case _ as unreachable:
            assert_never(unreachable)


@dataclass(frozen=True, slots=True)
class Rate:
    """Price one whole `base` in `quote`; `mantissa` counts 10^-RATE_SCALE of a quote asset."""

    base: Asset
    quote: Asset
    mantissa: int

    def __post_init__(self) -> None:
        if self.mantissa <= 0:
            raise DomainError(ErrorCode.RATE_UNAVAILABLE)

    @classmethod
    def parse(cls, base: Asset, quote: Asset, text: str) -> "Rate":
        """Read a decimal string of at most RATE_SCALE decimals.

        Raises:
            DomainError: AMOUNT_INVALID, AMOUNT_TOO_PRECISE, RATE_UNAVAILABLE when zero.
        """
        return cls(base, quote, parse_units(text, RATE_SCALE))

    def convert(self, money: Money, rounding: Rounding) -> Money:
        """Turn an amount of base into quote."""
        if money.asset.code != self.base.code:
            raise ValueError("a rate converts its base asset only")
        numerator = money.units * self.mantissa * 10**self.quote.scale
        denominator = 10 ** (self.base.scale + RATE_SCALE)
        return Money(divide(numerator, denominator, rounding), self.quote)

    def invert(self, money: Money, rounding: Rounding) -> Money:
        """Turn an amount of quote into base."""
        if money.asset.code != self.quote.code:
            raise ValueError("an inverted rate converts its quote asset only")
        numerator = money.units * 10 ** (self.base.scale + RATE_SCALE)
        denominator = self.mantissa * 10**self.quote.scale
        return Money(divide(numerator, denominator, rounding), self.base)

    def __str__(self) -> str:
        text = format_units(self.mantissa, RATE_SCALE).rstrip("0")
        return text + "0" if text.endswith(".") else text
