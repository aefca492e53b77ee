"""Decide whether the house is ready: every part looked at, each fault with its beginning."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.app.steps import CHAIN_SILENCE
from cambist.domain.market.assets import CRYPTO, FIAT
from cambist.domain.pricing.quotes import MAX_AGE_S
from cambist.domain.pricing.samples import pairs_for
from cambist.ports.health import HealthReader, Vitals
from cambist.ports.store import StoreUnavailableError

BEAT_AGE_MAX = timedelta(seconds=60)
"""Longer than a worker that meets passing failures rests between two tries."""
PRICE_AGE_MAX = timedelta(seconds=MAX_AGE_S)
KEPT_S = 0.25


@dataclass(frozen=True, slots=True)
class Check:
    """Tell of one part: `what` is wrong and since when; both None when nothing is."""

    name: str
    what: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Hold every check of one look, and what it was made from; no vitals without a database."""

    checks: tuple[Check, ...]
    vitals: Vitals | None

    @property
    def ready(self) -> bool:
        """Tell whether nothing is wrong."""
        return all(check.what is None for check in self.checks)


def pairs_of(chains: Iterable[str]) -> frozenset[str]:
    """Name the pairs that must have a price: every asset of the chains against every currency."""
    watched = frozenset(chains)
    return pairs_for((asset for asset in CRYPTO if asset.chain in watched), FIAT)


class Readiness:
    """Look at the house, at most one look at a time and one every KEPT_S.

    `workers` are the names that must beat, `chains` those enabled, `clock` gives the time a fault
    nobody wrote down was first seen at.
    """

    def __init__(
        self,
        reader: HealthReader,
        workers: Sequence[str],
        chains: Sequence[str],
        clock: Callable[[], datetime],
        pairs: frozenset[str] | None = None,
    ) -> None:
        self._reader, self._clock = reader, clock
        self.workers, self.chains = tuple(workers), tuple(chains)
        self.pairs = pairs_of(chains) if pairs is None else pairs
        self._since: dict[str, datetime] = {}
        self._looking = asyncio.Lock()
        self._last: tuple[float, Report] | None = None

    async def look(self) -> Report:
        """Look, or tell what was seen less than KEPT_S ago."""
        monotonic = asyncio.get_running_loop().time
        async with self._looking:
            if self._last is None or monotonic() - self._last[0] > KEPT_S:
                report = self._dated(await self._look())
                self._last = (monotonic(), report)
            return self._last[1]

    async def _look(self) -> Report:
        try:
            vitals = await self._reader.vitals()
        except StoreUnavailableError:
            return Report((Check("database", "no answer in time"),), None)
        schema = f"revision {vitals.lacking} is missing" if vitals.lacking else None
        checks = (
            Check("database"),
            Check("migrations", schema),
            *self._workers(vitals),
            *self._chains(vitals),
            *self._prices(vitals),
        )
        return Report(checks, vitals)

    def _workers(self, vitals: Vitals) -> Iterator[Check]:
        for name in self.workers:
            yield _aged(f"worker:{name}", vitals.beats.get(name), vitals.at, BEAT_AGE_MAX)

    def _chains(self, vitals: Vitals) -> Iterator[Check]:
        for chain in self.chains:
            yield _aged(f"chain:{chain}", vitals.chains.get(chain), vitals.now, CHAIN_SILENCE)

    def _prices(self, vitals: Vitals) -> Iterator[Check]:
        """Make one check a coin; it names the pairs no order can be priced in."""
        for coin in sorted({pair.partition("_")[0] for pair in self.pairs}):
            own = sorted(pair for pair in self.pairs if pair.partition("_")[0] == coin)
            old = [p for p in own if _is_old(vitals.prices.get(p), vitals.now)]
            if not old:
                yield Check(f"price:{coin}")
                continue
            known = [vitals.prices[pair] for pair in old if pair in vitals.prices]
            what = f"no price of the last {MAX_AGE_S} s: {', '.join(old)}"
            yield Check(f"price:{coin}", what, min(known) if len(known) == len(old) else None)

    def _dated(self, report: Report) -> Report:
        """Remember when each fault was first seen, for those that nothing dates."""
        wrong = {check.name: check for check in report.checks if check.what is not None}
        first = {name: self._since.get(name, self._clock()) for name in wrong}
        self._since = first
        dated = tuple(
            Check(c.name, c.what, c.since or first[c.name]) if c.name in wrong else c
            for c in report.checks
        )
        return Report(dated, report.vitals)


def _aged(name: str, seen: datetime | None, now: datetime, limit: timedelta) -> Check:
    if seen is None:
        return Check(name, "never heard of")
    if now - seen > limit:
        return Check(name, f"not heard of for more than {limit.seconds} s", seen)
    return Check(name)


def _is_old(taken_at: datetime | None, now: datetime) -> bool:
    return taken_at is None or now - taken_at > PRICE_AGE_MAX
