"""Decide which prices are plausible at all, so that an inverted pair fails on a cold start."""

from collections.abc import Mapping
from dataclasses import dataclass

from cambist.domain.pricing.samples import ONE, parse_price


@dataclass(frozen=True, slots=True)
class Band:
    """Bound a pair's mantissa, both ends included."""

    low: int
    high: int

    def holds(self, mantissa: int) -> bool:
        """Tell whether a mantissa is plausible."""
        return self.low <= mantissa <= self.high

    def holds_inverse(self, mantissa: int) -> bool:
        """Tell whether one over the price would be plausible."""
        return self.holds(ONE * ONE // mantissa)


def _band(low: str, high: str) -> Band:
    return Band(parse_price(low), parse_price(high))


# Wide on purpose: a band separates a price from its inverse and from another asset's price,
# the jump guard does the rest. A market that leaves its band needs a person to look.
LIVE_BANDS: Mapping[str, Band] = {
    **{f"BTC_{fiat}": _band("2000", "5000000") for fiat in ("EUR", "USD")},
    **{f"ETH_{fiat}": _band("50", "200000") for fiat in ("EUR", "USD")},
    **{f"LTC_{fiat}": _band("4", "10000") for fiat in ("EUR", "USD")},
    **{f"TRX_{fiat}": _band("0.01", "1") for fiat in ("EUR", "USD")},
    **{f"USD{coin}_USD": _band("0.8", "1.25") for coin in ("T", "C")},
    **{f"USD{coin}_EUR": _band("0.5", "1.5") for coin in ("T", "C")},
    "EUR_USD": _band("0.7", "1.8"),
    "EUR_CZK": _band("12", "50"),
    "EUR_SEK": _band("6", "25"),
    "EUR_RON": _band("2.5", "12"),
}
