"""Say how prices are kept: the worker writes samples and quotes, everybody else reads quotes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cambist.domain.pricing.quotes import PriceQuote, require_fresh
from cambist.domain.pricing.samples import PriceSample

__all__ = ["PriceQuote", "PriceReader", "PriceStore", "require_fresh"]


class PriceStore(Protocol):
    """Keep what the price worker found."""

    async def save(
        self, samples: Sequence[PriceSample], quotes: Mapping[str, PriceQuote], now: datetime
    ) -> None:
        """Add samples and make `quotes` the whole set of current prices, in one transaction.

        A pair missing from `quotes` has no price from here on.
        """

    async def recent(self, since: datetime, until: datetime) -> tuple[PriceSample, ...]:
        """List kept samples taken in a span, oldest first, for a worker that starts."""

    async def prune(self, now: datetime) -> int:
        """Delete samples older than the retention (a bounded number) and count them."""


class PriceReader(Protocol):
    """Read current prices; whoever uses one checks its age with `require_fresh`."""

    async def current(self, pair: str) -> PriceQuote | None:
        """Find the price of a pair, None when there is none; it may be stale."""

    async def snapshot(self) -> Mapping[str, PriceQuote]:
        """Read every current price by pair; some may be stale."""
