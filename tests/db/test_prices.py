"""Prove that stored prices are the last round's and nothing else, and that a cache stays fresh."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.prices import CACHE_S, SAMPLE_RETENTION_S, CachedPrices, PostgresPrices
from cambist.adapters.feeds.fixed import FixedFeed
from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.deals import price
from cambist.domain.pricing.evidence import Evidence
from cambist.domain.pricing.explaining import explain
from cambist.domain.pricing.firm import issue
from cambist.domain.pricing.guards import GuardLimits, Reason
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import PriceSample, parse_price
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import PartnerId, QuoteId
from cambist.kernel.money import UNITS_MAX
from cambist.kernel.rates import Rate
from cambist.ports.prices import PriceReader, PriceStore
from cambist.ports.store import StoreUnavailableError
from cambist.workers.prices import WANTED_PAIRS, PriceWorker

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
TRX, EUR, CZK = asset_of("TRX"), asset_of("EUR"), asset_of("CZK")


def quote(pair: str, mantissa: int, age_s: int = 0) -> PriceQuote:
    return PriceQuote(pair, mantissa, NOW - timedelta(seconds=age_s), ("a", "b"))


def of(*quotes: PriceQuote) -> dict[str, PriceQuote]:
    return {quote.pair: quote for quote in quotes}


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database_url)
    await opened.execute("delete from price_current")
    await opened.execute("delete from price_sample")
    yield opened
    await opened.close()


@pytest.fixture
def prices(pool: Pool) -> PostgresPrices:
    return PostgresPrices(pool)


async def test_saved_quotes_are_read_back_exactly(prices: PostgresPrices) -> None:
    store: PriceStore = prices
    reader: PriceReader = prices
    wanted = of(quote("TRX_EUR", 1), quote("BTC_EUR", UNITS_MAX - 1))
    await store.save((), wanted, NOW)
    assert await reader.snapshot() == wanted
    assert await reader.current("BTC_EUR") == wanted["BTC_EUR"]
    assert await reader.current("LTC_EUR") is None


async def test_pair_missing_from_a_round_has_no_price(prices: PostgresPrices) -> None:
    await prices.save((), of(quote("TRX_EUR", 1), quote("BTC_EUR", 2)), NOW)
    await prices.save((), of(quote("BTC_EUR", 3)), NOW)
    assert await prices.snapshot() == of(quote("BTC_EUR", 3))
    await prices.save((), {}, NOW)
    assert await prices.snapshot() == {}


async def test_older_quote_does_not_replace_a_newer_one(prices: PostgresPrices) -> None:
    await prices.save((), of(quote("TRX_EUR", 2)), NOW)
    await prices.save((), of(quote("TRX_EUR", 1, age_s=10)), NOW)
    assert await prices.current("TRX_EUR") == quote("TRX_EUR", 2)


async def test_quote_from_an_undone_future_is_replaced(prices: PostgresPrices) -> None:
    await prices.save((), of(quote("TRX_EUR", 2, age_s=-3600)), NOW + timedelta(hours=1))
    await prices.save((), of(quote("TRX_EUR", 1)), NOW)
    assert await prices.current("TRX_EUR") == quote("TRX_EUR", 1)


async def test_round_with_an_impossible_price_is_refused_whole(
    prices: PostgresPrices, pool: Pool
) -> None:
    await prices.save((), of(quote("TRX_EUR", 1)), NOW)
    sample = PriceSample("a", "TRX_EUR", 1, 1, NOW)
    broken = of(quote("BTC_EUR", 5), PriceQuote("TRX_EUR", UNITS_MAX**2, NOW, ("a",)))
    with pytest.raises(asyncpg.CheckViolationError):
        await prices.save([sample], broken, NOW)
    assert await prices.snapshot() == of(quote("TRX_EUR", 1))
    assert await pool.fetchval("select count(*) from price_sample") == 0


async def test_samples_are_recalled_by_source_and_number(prices: PostgresPrices) -> None:
    samples = [
        PriceSample(source, "TRX_EUR", seq, seq, NOW + timedelta(seconds=seq))
        for seq in (3, 1, 2)
        for source in ("b", "a")
    ]
    await prices.save(samples, {}, NOW)
    found = await prices.recent(NOW, NOW + timedelta(seconds=2))
    assert [(s.source, s.seq) for s in found] == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert found[0] == samples[3]


async def test_samples_older_than_the_retention_are_pruned(prices: PostgresPrices) -> None:
    for age_s in (SAMPLE_RETENTION_S + 1, SAMPLE_RETENTION_S - 1):
        taken_at = NOW - timedelta(seconds=age_s)
        await prices.save([PriceSample("a", "TRX_EUR", 1, age_s, taken_at)], {}, taken_at)
    assert await prices.prune(NOW) == 1
    assert await prices.prune(NOW) == 0
    assert len(await prices.recent(NOW - timedelta(days=1), NOW)) == 1


async def test_writers_side_by_side_do_not_deadlock(prices: PostgresPrices) -> None:
    one = of(*(quote(f"A{n}_EUR", n + 1) for n in range(20)))
    two = of(*(quote(f"A{n}_EUR", n + 9) for n in range(10, 30)))
    await asyncio.gather(*(prices.save((), which, NOW) for which in (one, two) * 10))
    assert set(await prices.snapshot()) in (set(one), set(two))


async def test_closed_database_is_told_by_one_name(database_url: str) -> None:
    pool = await open_pool(database_url)
    prices = PostgresPrices(pool)
    await pool.close()
    with pytest.raises(StoreUnavailableError):
        await prices.snapshot()
    with pytest.raises(StoreUnavailableError):
        await prices.save((), {}, NOW)


class Stopwatch:
    """Stand for the monotonic clock."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def cached(prices: PostgresPrices, stopwatch: Stopwatch) -> CachedPrices:
    return CachedPrices(prices, stopwatch)


async def test_cache_is_at_most_a_second_behind(
    prices: PostgresPrices, cached: CachedPrices, stopwatch: Stopwatch
) -> None:
    await prices.save((), of(quote("TRX_EUR", 1)), NOW)
    assert await cached.current("TRX_EUR") == quote("TRX_EUR", 1)
    await prices.save((), of(quote("TRX_EUR", 2)), NOW)
    stopwatch.seconds = CACHE_S - 0.01
    assert await cached.current("TRX_EUR") == quote("TRX_EUR", 1)
    stopwatch.seconds = CACHE_S
    assert await cached.current("TRX_EUR") == quote("TRX_EUR", 2)


async def test_samples_of_a_price_are_read_back_and_replaced_with_it(
    prices: PostgresPrices, cached: CachedPrices, stopwatch: Stopwatch
) -> None:
    def sampled(seq: int) -> PriceQuote:
        samples = tuple(PriceSample(source, "TRX_EUR", 5, seq, NOW) for source in ("a", "b"))
        return replace(quote("TRX_EUR", 5), samples=samples)

    await prices.save((), of(sampled(1)), NOW)
    assert await prices.current("TRX_EUR") == await cached.current("TRX_EUR") == sampled(1)
    await prices.save((), of(sampled(2)), NOW)
    stopwatch.seconds = CACHE_S
    assert await cached.priced(TRX, EUR, NOW) == sampled(2)
    await prices.save((), of(quote("TRX_EUR", 5)), NOW)
    assert await prices.snapshot() == of(quote("TRX_EUR", 5))


async def test_forgetting_reads_again_at_once(prices: PostgresPrices, cached: CachedPrices) -> None:
    assert await cached.current("TRX_EUR") is None
    await prices.save((), of(quote("TRX_EUR", 1)), NOW)
    cached.forget()
    assert await cached.current("TRX_EUR") == quote("TRX_EUR", 1)


@pytest.mark.parametrize("age_s", [31, -3])
async def test_stale_or_future_price_is_refused_at_the_moment_of_use(
    prices: PostgresPrices, cached: CachedPrices, pool: Pool, age_s: int
) -> None:
    await prices.save((), of(quote("TRX_EUR", 1, age_s)), NOW)
    with pytest.raises(DomainError) as refused:
        await cached.priced(TRX, EUR, NOW)
    assert refused.value.code is ErrorCode.RATE_UNAVAILABLE
    async with pool.acquire() as connection:
        (answer,) = await cached.answer(connection, [(TRX, EUR)], NOW)
    assert isinstance(answer, DomainError)
    assert answer.code is ErrorCode.RATE_UNAVAILABLE


async def test_clock_that_leapt_reads_again_before_it_refuses(
    prices: PostgresPrices, cached: CachedPrices, stopwatch: Stopwatch
) -> None:
    await prices.save((), of(quote("TRX_EUR", 1)), NOW)
    assert (await cached.priced(TRX, EUR, NOW)).mantissa == 1
    later = NOW + timedelta(hours=1)
    await prices.save((), of(quote("TRX_EUR", 2, age_s=-3600)), later)
    stopwatch.seconds = 0.2
    assert (await cached.priced(TRX, EUR, later)).mantissa == 2


async def test_bus_is_answered_in_order_on_its_own_connection(
    prices: PostgresPrices, cached: CachedPrices, pool: Pool
) -> None:
    await prices.save((), of(quote("TRX_EUR", parse_price("0.27"))), NOW)
    held = [await pool.acquire() for _ in range(pool.get_max_size())]
    try:
        answers = await cached.answer(held[0], [(TRX, EUR), (TRX, CZK), (TRX, EUR)], NOW)
    finally:
        for connection in held:
            await pool.release(connection)
    rate = Rate(TRX, EUR, parse_price("0.27"))
    assert answers[0] == answers[2] == rate
    assert isinstance(answers[1], DomainError)


async def test_bus_is_answered_with_the_whole_price_and_its_evidence(
    prices: PostgresPrices, cached: CachedPrices, pool: Pool
) -> None:
    moment = NOW
    feeds = [FixedFeed(name, lambda: moment) for name in ("fixed-a", "fixed-b")]
    await PriceWorker(feeds, prices, lambda: moment, GuardLimits()).run_round()
    async with pool.acquire() as connection:
        found, absent = await cached.priced_answer(connection, [(TRX, CZK), (CZK, TRX)], NOW)
    assert isinstance(absent, DomainError)
    assert isinstance(found, PriceQuote)
    assert {sample.source for sample in found.samples} == {"fixed-a", "fixed-b"}
    assert {sample.pair for sample in found.samples} == {"TRX_EUR", "EUR_CZK"}
    deal = price(Side.BUY, found.rate(TRX, CZK), Terms(10_000), Given.FROM, 100_000)
    kept = Evidence.of(found, Terms(10_000), deal)
    assert explain(
        issue(
            QuoteId(UUID(int=1)),
            PartnerId(UUID(int=2)),
            "btcex",
            "cz-transfer",
            deal,
            kept,
            expires_at=NOW + timedelta(seconds=1),
            now=NOW,
        )
    ).matches


async def test_round_of_fixed_feeds_prices_every_pair_and_a_restart_remembers(
    prices: PostgresPrices, cached: CachedPrices
) -> None:
    moment = [NOW]
    feeds = [FixedFeed(name, lambda: moment[0]) for name in ("fixed-a", "fixed-b")]
    found = await PriceWorker(feeds, prices, lambda: moment[0], GuardLimits()).run_round()
    assert found.missing == ()
    assert set(await prices.snapshot()) >= WANTED_PAIRS
    assert (await cached.priced(TRX, EUR, NOW)).mantissa == parse_price("0.27")
    moment[0] += timedelta(seconds=2)
    leap = {"TRX_EUR": parse_price("0.5")}
    feeds = [FixedFeed(name, lambda: moment[0], leap) for name in ("fixed-a", "fixed-b")]
    found = await PriceWorker(feeds, prices, lambda: moment[0], GuardLimits()).run_round()
    assert found.refused == {"TRX_EUR": Reason.JUMPED}
    assert await prices.snapshot() == {}
