"""Decide how amounts are written in a language: its decimal sign, no needless zeros."""

from collections.abc import Mapping

POINT = "."
DECIMAL_SIGNS: Mapping[str, str] = {"en": POINT, "cs": ",", "sv": ",", "de": ",", "ro": ","}
"""Source: CLDR, numbers in Latin digits. Thousands stand together, so that nothing is misread."""

LEAST_DECIMALS = 2


def trimmed(amount: str) -> str:
    """Take zeros at the end of an exact amount away, but leave two decimals where there were."""
    whole, _, decimals = amount.partition(POINT)
    kept = decimals.rstrip("0").ljust(min(LEAST_DECIMALS, len(decimals)), "0")
    return f"{whole}{POINT}{kept}" if kept else whole


def figure(amount: str, language: str) -> str:
    """Write an exact amount, which has a point, the way one of our languages does."""
    return trimmed(amount).replace(POINT, DECIMAL_SIGNS[language])
