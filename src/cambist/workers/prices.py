"""Decide, round by round, which prices are current: poll all feeds, guard, derive, hand over."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.domain.market.assets import CRYPTO, FIAT
from cambist.domain.pricing.book import WINDOW_S, Ignored, SampleBook
from cambist.domain.pricing.crosses import complete
from cambist.domain.pricing.guards import GuardLimits, Reason, Verdict, decide
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import PriceSample, pairs_for
from cambist.ports.feed import FeedPort
from cambist.ports.prices import PriceStore

ROUND_INTERVAL_S = 2
POLL_TIMEOUT_S = 12
PRUNE_INTERVAL_S = 60
SAMPLES_PER_POLL_MAX = 1000

WANTED_PAIRS = pairs_for(CRYPTO, FIAT)


@dataclass(frozen=True, slots=True)
class PriceRound:
    """Tell what one round found, for logs, metrics and the alarm.

    `feeds_down` names feeds without an answer and the error's name; `missing` lists wanted
    pairs without a price; `ignored` the samples nobody may use.
    """

    quotes: Mapping[str, PriceQuote]
    verdicts: Mapping[str, Verdict]
    feeds_down: Mapping[str, str]
    ignored: tuple[tuple[PriceSample, Ignored], ...]
    missing: tuple[str, ...]

    @property
    def refused(self) -> Mapping[str, Reason]:
        """List the quoted pairs that got no price, and why."""
        return {pair: v.reason for pair, v in self.verdicts.items() if v.price is None}


class PriceWorker:
    """Run rounds; keeps the last five minutes of samples, nothing else.

    A worker that stops leaves its last quotes to grow old: readers check the age themselves.
    """

    def __init__(
        self,
        feeds: Sequence[FeedPort],
        store: PriceStore,
        clock: Callable[[], datetime],
        limits: GuardLimits,
        *,
        wanted: frozenset[str] = WANTED_PAIRS,
        poll_timeout_s: float = POLL_TIMEOUT_S,
    ) -> None:
        """Take feeds of different names; ValueError when two share one."""
        names = [feed.name for feed in feeds]
        if len(set(names)) != len(names):
            raise ValueError("two feeds of one name would count as one source")
        self._feeds = tuple(feeds)
        self._store = store
        self._clock = clock
        self._limits = limits
        self._wanted = wanted
        self._poll_timeout_s = poll_timeout_s
        self._quoted = frozenset[str]().union(*(feed.pairs for feed in feeds))
        self._book: SampleBook | None = None
        self._pruned_at: datetime | None = None

    async def run_round(self) -> PriceRound:
        """Poll every feed once and make what the guards let through the current prices.

        A feed that fails in whatever way costs its own samples only. Errors of the store are
        the caller's: nothing was saved then, and the old prices age.
        """
        book = self._book or await self._recall()
        polled = await asyncio.gather(
            *(self._poll(feed) for feed in self._feeds), return_exceptions=True
        )
        now = self._clock()
        samples: list[PriceSample] = []
        feeds_down: dict[str, str] = {}
        for feed, found in zip(self._feeds, polled, strict=True):
            if isinstance(found, Exception):
                feeds_down[feed.name] = type(found).__name__
            elif isinstance(found, BaseException):
                raise found
            else:
                samples.extend(found)
        admission = book.admit(samples, now)
        verdicts = {
            pair: decide(pair, book.newest(pair), book.history(pair), now, self._limits)
            for pair in sorted(self._quoted)
        }
        direct = {pair: v.quote() for pair, v in verdicts.items() if v.price is not None}
        quotes = complete(direct, self._wanted, self._quoted)
        await self._store.save(admission.accepted, quotes, now)
        await self._prune(now)
        missing = tuple(sorted(self._wanted - set(quotes)))
        return PriceRound(quotes, verdicts, feeds_down, admission.ignored, missing)

    async def close(self) -> None:
        """Close every feed."""
        await asyncio.gather(*(feed.close() for feed in self._feeds))

    async def _recall(self) -> SampleBook:
        """Take up where the worker before stopped, so that a restart is no way past a guard."""
        now = self._clock()
        book = SampleBook()
        book.admit(await self._store.recent(now - timedelta(seconds=WINDOW_S), now), now)
        self._book = book
        return book

    async def _poll(self, feed: FeedPort) -> tuple[PriceSample, ...]:
        async with asyncio.timeout(self._poll_timeout_s):
            samples = await feed.poll()
        if len(samples) > SAMPLES_PER_POLL_MAX:
            raise ValueError(f"{feed.name} sent {len(samples)} samples")
        return tuple(sample for sample in samples if _is_own(sample, feed))

    async def _prune(self, now: datetime) -> None:
        last = self._pruned_at
        if last is None or not timedelta(0) <= now - last < timedelta(seconds=PRUNE_INTERVAL_S):
            await self._store.prune(now)
            self._pruned_at = now


def _is_own(sample: PriceSample, feed: FeedPort) -> bool:
    """Tell whether a feed speaks for itself and of a pair it undertook to quote."""
    own = sample.source == feed.name or sample.source.startswith(f"{feed.name}:")
    return own and sample.pair in feed.pairs
