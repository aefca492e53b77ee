"""Decide what money is: integer units of one asset, read from text by one strict rule."""

import re
from dataclasses import dataclass
from enum import StrEnum

from cambist.kernel.errors import DomainError, ErrorCode

AMOUNT_PATTERN = r"^(0|[1-9][0-9]{0,20})(\.[0-9]{1,18})?$"
AMOUNT_MAX_LENGTH = 40
UNITS_MAX = 10**39

_AMOUNT = re.compile(AMOUNT_PATTERN, re.ASCII)


class AssetKind(StrEnum):
    """Tell how an asset lives: a chain's own coin, a token on a chain, or fiat money."""

    COIN = "coin"
    TOKEN = "token"
    FIAT = "fiat"


@dataclass(frozen=True, slots=True)
class Asset:
    """Name one kind of money; `code` is unique, `scale` counts the decimals of one unit."""

    code: str
    symbol: str
    name: str
    scale: int
    kind: AssetKind
    chain: str | None = None
    contract: str | None = None

    @property
    def is_fiat(self) -> bool:
        """Tell whether the asset is fiat money."""
        return self.kind is AssetKind.FIAT


@dataclass(frozen=True, slots=True)
class Money:
    """Hold a whole number of the smallest units of one asset; may be negative."""

    units: int
    asset: Asset

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.units + other.units, self.asset)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.units - other.units, self.asset)

    def __str__(self) -> str:
        return format_units(self.units, self.asset.scale)

    def _same(self, other: "Money") -> None:
        if self.asset.code != other.asset.code:
            raise ValueError(f"{self.asset.code} and {other.asset.code} do not mix")


def parse_units(text: str, scale: int) -> int:
    """Read a decimal string as units of `scale` decimals.

    Only ASCII digits with at most one point pass; no sign, exponent, blank or leading zero.

    Raises:
        DomainError: AMOUNT_INVALID for any other text, AMOUNT_TOO_PRECISE for more decimals
            than the asset has.
    """
    if len(text) > AMOUNT_MAX_LENGTH or not _AMOUNT.fullmatch(text):
        raise DomainError(ErrorCode.AMOUNT_INVALID)
    whole, _, decimals = text.partition(".")
    if len(decimals) > scale:
        raise DomainError(ErrorCode.AMOUNT_TOO_PRECISE, scale=scale)
    return int(whole + decimals.ljust(scale, "0"))


def parse_rounded(text: str, scale: int) -> int:
    """Read a decimal string as units, dropping what exceeds the scale (never rounds up).

    Raises:
        DomainError: AMOUNT_INVALID for text that is no plain decimal.
    """
    if len(text) > AMOUNT_MAX_LENGTH or not _AMOUNT.fullmatch(text):
        raise DomainError(ErrorCode.AMOUNT_INVALID)
    whole, _, decimals = text.partition(".")
    return int(whole + decimals[:scale].ljust(scale, "0"))


def format_units(units: int, scale: int) -> str:
    """Write units as a decimal string with exactly `scale` decimals."""
    sign = "-" if units < 0 else ""
    digits = str(abs(units)).rjust(scale + 1, "0")
    if scale == 0:
        return sign + digits
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"


def share_half_up(units: int, parts_per_million: int) -> int:
    """Take a share of non-negative units, half a unit rounded up.

    Source: the vendor's sample, 0.5 % of 1.000000 TRX is 0.005000.
    """
    return (units * parts_per_million * 2 + 1_000_000) // 2_000_000
