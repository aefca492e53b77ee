"""Decide when a stored price may still be used: only while it is fresh at the moment of use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.domain.pricing.samples import PriceSample, pair_of
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import Asset
from cambist.kernel.rates import Rate

MAX_AGE_S = 30
FUTURE_SLACK_S = 2


@dataclass(frozen=True, slots=True)
class PriceQuote:
    """Hold a guarded mid; `taken_at` is the oldest sample it rests on, `sources` who agreed.

    `samples` are those the mid was made from, of every leg when it is a cross.
    """

    pair: str
    mantissa: int
    taken_at: datetime
    sources: tuple[str, ...]
    samples: tuple[PriceSample, ...] = ()

    def is_fresh(self, now: datetime, max_age_s: int = MAX_AGE_S) -> bool:
        """Tell whether the price is at most `max_age_s` old and not from the future."""
        slack, limit = timedelta(seconds=FUTURE_SLACK_S), timedelta(seconds=max_age_s)
        return -slack <= now - self.taken_at <= limit

    def rate(self, base: Asset, quote: Asset) -> Rate:
        """Make the rate of two assets this pair prices; ValueError for any other two."""
        if pair_of(base, quote) != self.pair:
            raise ValueError(f"{self.pair} does not price {base.code} in {quote.code}")
        return Rate(base, quote, self.mantissa)


def require_fresh(
    quote: PriceQuote | None, now: datetime, max_age_s: int = MAX_AGE_S
) -> PriceQuote:
    """Return the quote when it may be used at `now`.

    Raises:
        DomainError: RATE_UNAVAILABLE when there is none, or it is too old or from the future.
    """
    if quote is None or quote.mantissa <= 0 or not quote.is_fresh(now, max_age_s):
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    return quote
