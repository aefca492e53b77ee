"""Decide that a pair somebody took down has no price at once, not only when its samples are old."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import PriceSample
from cambist.ports.prices import PriceStore
from cambist.ports.sandbox import PricePins


class TakenDown:
    """Be a PriceStore that keeps no quote of a pair that is down."""

    def __init__(self, store: PriceStore, pins: PricePins) -> None:
        self._store, self._pins = store, pins

    async def save(
        self, samples: Sequence[PriceSample], quotes: Mapping[str, PriceQuote], now: datetime
    ) -> None:
        """Add samples and make what is up of `quotes` the whole set of current prices."""
        down = (await self._pins.overrides()).down
        up = {pair: quote for pair, quote in quotes.items() if pair not in down}
        await self._store.save(samples, up, now)

    async def recent(self, since: datetime, until: datetime) -> tuple[PriceSample, ...]:
        """List kept samples taken in a span, oldest first."""
        return await self._store.recent(since, until)

    async def prune(self, now: datetime) -> int:
        """Delete samples older than the retention and count them."""
        return await self._store.prune(now)
