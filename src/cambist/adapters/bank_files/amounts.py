"""Decide how amounts stand in what banks read and write: decimals of the currency's own scale."""

import re

from cambist.domain.market.assets import asset_of
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import format_units

# xs:decimal without sign; ISO 20022 allows 18 digits in all, 5 of them decimals.
_DECIMAL = re.compile(r"([0-9]{1,18})(?:\.([0-9]{0,17}))?", re.ASCII)


def amount_text(units: int, currency: str) -> str:
    """Write units with all decimals of the currency.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED.
    """
    return format_units(units, asset_of(currency).scale)


def read_amount(text: str, currency: str) -> int:
    """Read a decimal as units; more decimals than the currency has must be zeros.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_INVALID, AMOUNT_TOO_PRECISE.
    """
    scale = asset_of(currency).scale
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise DomainError(ErrorCode.AMOUNT_INVALID)
    whole, decimals = found[1], found[2] or ""
    if decimals[scale:].strip("0"):
        raise DomainError(ErrorCode.AMOUNT_TOO_PRECISE, scale=scale)
    return int(whole + decimals[:scale].ljust(scale, "0"))


def check_payable(units: int, currency: str, carried: frozenset[str]) -> None:
    """Let a rail ask only for money it carries.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_INVALID when it is not more than zero.
    """
    if currency not in carried:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=currency[:20])
    if units <= 0:
        raise DomainError(ErrorCode.AMOUNT_INVALID)
