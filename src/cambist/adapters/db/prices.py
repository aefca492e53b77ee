"""Decide how prices are stored and read: one row a pair, samples for an hour, a second of cache."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cambist.adapters.db.pool import LOST, Connection, Pool
from cambist.domain.pricing.quotes import MAX_AGE_S, PriceQuote, require_fresh
from cambist.domain.pricing.samples import (
    PriceSample,
    pair_of,
    samples_from_json,
    samples_to_json,
)
from cambist.kernel.errors import DomainError
from cambist.kernel.money import Asset
from cambist.kernel.rates import Rate
from cambist.ports.store import StoreUnavailableError

SAMPLE_RETENTION_S = 3600
PRUNE_MAX = 20_000
RECENT_MAX = 50_000
ACQUIRE_TIMEOUT_S = 5.0
CACHE_S = 1.0
RELOAD_AFTER_S = 0.1

# Readers go on; a second writer (the sandbox's own round) waits instead of crossing locks.
_LOCK = "lock table price_current in share row exclusive mode"

_ADD_SAMPLES = """insert into price_sample (pair, source, seq, mantissa, taken_at, received_at)
  select v.pair, v.source, v.seq, v.mantissa::numeric, v.taken_at, $6
    from unnest($1::text[], $2::text[], $3::int8[], $4::text[], $5::timestamptz[])
      as v(pair, source, seq, mantissa, taken_at)
  on conflict do nothing"""

# An older quote never replaces a newer one, unless that one is from a future that was undone.
_PUT_QUOTES = """insert into price_current (pair, mantissa, taken_at, sources, samples)
  select v.pair, v.mantissa::numeric, v.taken_at, v.sources, v.samples
    from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
      as v(pair, mantissa, taken_at, sources, samples)
  on conflict (pair) do update
    set mantissa = excluded.mantissa, taken_at = excluded.taken_at, sources = excluded.sources,
        samples = excluded.samples
    where excluded.taken_at >= price_current.taken_at or price_current.taken_at > $6"""

_DROP_QUOTES = "delete from price_current where pair <> all($1::text[])"

_RECENT = """select * from (
    select source, pair, mantissa::text, seq, taken_at from price_sample
      where received_at >= $1 and taken_at between $1 and $2
      order by taken_at desc, seq desc limit $3) newest
  order by source, pair, seq"""

_PRUNE = """with gone as (
    delete from price_sample where ctid = any(array(
      select ctid from price_sample where received_at < $1 order by received_at limit $2))
    returning 1)
  select count(*) from gone"""

_SNAPSHOT = "select pair, mantissa::text, taken_at, sources, samples from price_current"


class PostgresPrices:
    """Implement PriceStore and PriceReader on a pool.

    Every method raises StoreUnavailableError when the database cannot be reached.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def save(
        self, samples: Sequence[PriceSample], quotes: Mapping[str, PriceQuote], now: datetime
    ) -> None:
        """Add samples and make `quotes` the whole set of current prices."""
        kept = [quotes[pair] for pair in sorted(quotes)]
        try:
            async with (
                self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection,
                connection.transaction(),
            ):
                await connection.execute(_LOCK)
                await connection.execute(
                    _ADD_SAMPLES,
                    [sample.pair for sample in samples],
                    [sample.source for sample in samples],
                    [sample.seq for sample in samples],
                    [str(sample.mantissa) for sample in samples],
                    [sample.taken_at for sample in samples],
                    now,
                )
                await connection.execute(
                    _PUT_QUOTES,
                    [quote.pair for quote in kept],
                    [str(quote.mantissa) for quote in kept],
                    [quote.taken_at for quote in kept],
                    [",".join(quote.sources) for quote in kept],
                    [samples_to_json(quote.samples) for quote in kept],
                    now,
                )
                await connection.execute(_DROP_QUOTES, [quote.pair for quote in kept])
        except LOST as lost:
            raise StoreUnavailableError from lost

    async def recent(self, since: datetime, until: datetime) -> tuple[PriceSample, ...]:
        """List samples taken in a span, by source and pair, oldest first; at most RECENT_MAX."""
        rows = await self._fetch(_RECENT, since, until, RECENT_MAX)
        return tuple(PriceSample(row[0], row[1], int(row[2]), row[3], row[4]) for row in rows)

    async def prune(self, now: datetime) -> int:
        """Delete at most PRUNE_MAX samples received before the retention, and count them."""
        before = now - timedelta(seconds=SAMPLE_RETENTION_S)
        rows = await self._fetch(_PRUNE, before, PRUNE_MAX)
        return int(rows[0][0])

    async def current(self, pair: str) -> PriceQuote | None:
        """Find the price of a pair."""
        rows = await self._fetch(f"{_SNAPSHOT} where pair = $1", pair)
        return _read(rows[0]) if rows else None

    async def snapshot(self) -> Mapping[str, PriceQuote]:
        """Read every current price."""
        return {row[0]: _read(row) for row in await self._fetch(_SNAPSHOT)}

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                return list(await connection.fetch(query, *arguments))
        except LOST as lost:
            raise StoreUnavailableError from lost


class CachedPrices:
    """Implement PriceReader with at most CACHE_S between a price and who reads it.

    When a cached price is too old for the moment asked about, the rows are read again first: the
    sandbox's clock may have leapt, and the worker has answered it already.
    """

    def __init__(
        self,
        prices: PostgresPrices,
        monotonic: Callable[[], float],
        max_age_s: int = MAX_AGE_S,
    ) -> None:
        """Take a clock that only goes forward, in seconds."""
        self._prices = prices
        self._monotonic = monotonic
        self._max_age_s = max_age_s
        self._quotes: Mapping[str, PriceQuote] = {}
        self._read_at: float | None = None

    def forget(self) -> None:
        """Read again at the next question, whatever the age."""
        self._read_at = None

    async def current(self, pair: str) -> PriceQuote | None:
        """Find the price of a pair; it may be stale."""
        return (await self.snapshot()).get(pair)

    async def snapshot(self) -> Mapping[str, PriceQuote]:
        """Read every current price; some may be stale."""
        if self._is_older_than(CACHE_S):
            self._remember(await self._prices.snapshot())
        return self._quotes

    async def priced(self, base: Asset, quote: Asset, now: datetime) -> PriceQuote:
        """Read the price of two assets when it may be used at `now`.

        Raises:
            DomainError: RATE_UNAVAILABLE when there is none or it is too old.
            StoreUnavailableError: the database cannot be reached.
        """
        found = await self.current(pair_of(base, quote))
        if not self._is_usable(found, now) and self._is_older_than(RELOAD_AFTER_S):
            self.forget()
            found = await self.current(pair_of(base, quote))
        return require_fresh(found, now, self._max_age_s)

    async def answer(
        self, connection: Connection, pairs: Sequence[tuple[Asset, Asset]], now: datetime
    ) -> list[Rate | DomainError]:
        """Answer the bus's RATE question for many pairs of base and quote."""
        found = await self.priced_answer(connection, pairs, now)
        return [
            priced if isinstance(priced, DomainError) else priced.rate(base, quote)
            for (base, quote), priced in zip(pairs, found, strict=True)
        ]

    async def priced_answer(
        self, connection: Connection, pairs: Sequence[tuple[Asset, Asset]], now: datetime
    ) -> list[PriceQuote | DomainError]:
        """Answer with the whole quote, the samples included, for many pairs of base and quote.

        Reads, when it must, on the transaction's own connection: waiting for a second one from
        the pool while holding one is how a pool locks itself up.
        """
        if self._is_older_than(CACHE_S):
            await self._read_on(connection)
        wanted = [self._quotes.get(pair_of(base, quote)) for base, quote in pairs]
        usable = all(self._is_usable(found, now) for found in wanted)
        if not usable and self._is_older_than(RELOAD_AFTER_S):
            await self._read_on(connection)
        return [self._fresh(pair_of(base, quote), now) for base, quote in pairs]

    def _fresh(self, pair: str, now: datetime) -> PriceQuote | DomainError:
        try:
            return require_fresh(self._quotes.get(pair), now, self._max_age_s)
        except DomainError as refusal:
            return refusal

    def _is_usable(self, found: PriceQuote | None, now: datetime) -> bool:
        return found is not None and found.is_fresh(now, self._max_age_s)

    def _is_older_than(self, seconds: float) -> bool:
        return self._read_at is None or self._monotonic() - self._read_at >= seconds

    def _remember(self, quotes: Mapping[str, PriceQuote]) -> None:
        self._quotes, self._read_at = quotes, self._monotonic()

    async def _read_on(self, connection: Connection) -> None:
        try:
            rows = await connection.fetch(_SNAPSHOT)
        except LOST as lost:
            raise StoreUnavailableError from lost
        self._remember({row[0]: _read(row) for row in rows})


def _read(row: Any) -> PriceQuote:
    return PriceQuote(
        row[0], int(row[1]), row[2], tuple(row[3].split(",")), samples_from_json(row[4])
    )
