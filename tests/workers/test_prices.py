"""Prove that a round publishes what the guards let through, whatever the feeds do (H18)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cambist.adapters.feeds.fixed import DEMO_MIDS, FixedFeed
from cambist.adapters.feeds.simulated import SimulatedFeed
from cambist.domain.pricing.guards import GuardLimits, Reason
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import ONE, PriceSample, parse_price
from cambist.kernel.errors import DomainError
from cambist.ports.feed import FeedPort, FeedUnavailableError, PriceOverrides
from cambist.ports.prices import PriceStore
from cambist.workers.prices import (
    PRUNE_INTERVAL_S,
    ROUND_INTERVAL_S,
    SAMPLES_PER_POLL_MAX,
    WANTED_PAIRS,
    PriceRound,
    PriceWorker,
)

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MID = parse_price("0.27")
LIMITS = GuardLimits()
PATIENCE_S = 60.0


@dataclass
class MemoryStore:
    """Keep what was saved; a stand-in for the database that forgets nothing."""

    samples: list[PriceSample] = field(default_factory=list)
    quotes: dict[str, PriceQuote] = field(default_factory=dict)
    pruned: list[datetime] = field(default_factory=list)
    broken: bool = False

    async def save(
        self, samples: Sequence[PriceSample], quotes: Mapping[str, PriceQuote], now: datetime
    ) -> None:
        if self.broken:
            raise ConnectionError("gone")
        self.samples.extend(samples)
        self.quotes = dict(quotes)

    async def recent(self, since: datetime, until: datetime) -> tuple[PriceSample, ...]:
        return tuple(sample for sample in self.samples if since <= sample.taken_at <= until)

    async def prune(self, now: datetime) -> int:
        self.pruned.append(now)
        return 0


class Clock:
    """Move when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: int = ROUND_INTERVAL_S) -> None:
        self.now += timedelta(seconds=seconds)


class ScriptedFeed:
    """Quote TRX_EUR as told: a mid, or a list of samples, or an error to raise."""

    def __init__(self, name: str, clock: Clock, pairs: frozenset[str] = frozenset()) -> None:
        self.name = name
        self.pairs = pairs or frozenset({"TRX_EUR"})
        self.clock = clock
        self.mid = MID
        self.samples: list[PriceSample] | None = None
        self.error: BaseException | None = None
        self.hangs = False
        self.polls = 0
        self.closed = False

    async def poll(self) -> tuple[PriceSample, ...]:
        self.polls += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        if self.samples is not None:
            return tuple(self.samples)
        return (self.sample(),)

    def sample(self, **changes: Any) -> PriceSample:
        now = self.clock()
        seq = int((now - START) / timedelta(milliseconds=1)) + 1
        return replace(PriceSample(self.name, "TRX_EUR", self.mid, seq, now), **changes)

    async def close(self) -> None:
        self.closed = True


class World:
    """Two scripted feeds, a worker over them, and a clock that moves a round at a time."""

    def __init__(self, limits: GuardLimits = LIMITS) -> None:
        self.clock = Clock()
        self.a, self.b = ScriptedFeed("a", self.clock), ScriptedFeed("b", self.clock)
        self.store = MemoryStore()
        self.limits = limits
        self.worker = self.restarted()

    def restarted(self, poll_timeout_s: float = PATIENCE_S) -> PriceWorker:
        feeds: tuple[FeedPort, ...] = (self.a, self.b)
        store: PriceStore = self.store
        return PriceWorker(
            feeds, store, self.clock, self.limits, wanted=frozenset(), poll_timeout_s=poll_timeout_s
        )

    async def round(self, seconds: int = ROUND_INTERVAL_S) -> PriceRound:
        self.clock.forward(seconds)
        return await self.worker.run_round()

    async def warm(self, rounds: int = 10) -> "World":
        for _ in range(rounds):
            await self.round()
        return self

    @property
    def price(self) -> int | None:
        quote = self.store.quotes.get("TRX_EUR")
        return None if quote is None or not quote.is_fresh(self.clock()) else quote.mantissa


@pytest.fixture
async def world() -> World:
    return await World().warm()


async def test_agreed_price_is_published_with_its_sources(world: World) -> None:
    samples = tuple(world.store.samples[-2:])
    quote = PriceQuote("TRX_EUR", MID, world.clock(), ("a", "b"), samples)
    assert world.store.quotes["TRX_EUR"] == quote
    assert len(world.store.samples) == 20


async def test_one_feed_down_takes_the_price_off_once_its_last_sample_is_old(world: World) -> None:
    world.b.error = FeedUnavailableError("down")
    found = await world.round()
    assert found.feeds_down == {"b": "FeedUnavailableError"}
    assert world.price == MID
    for _ in range(15):
        found = await world.round()
    assert world.price is None
    assert "TRX_EUR" not in world.store.quotes
    assert found.refused == {"TRX_EUR": Reason.STALE}


async def test_all_feeds_down_is_no_price(world: World) -> None:
    world.a.error = world.b.error = FeedUnavailableError("down")
    await world.round(31)
    assert world.store.quotes == {}


async def test_third_source_keeps_the_price_when_one_is_down(world: World) -> None:
    third = ScriptedFeed("c", world.clock)
    world.worker = PriceWorker((world.a, world.b, third), world.store, world.clock, LIMITS)
    world.b.error = FeedUnavailableError("down")
    for _ in range(20):
        await world.round()
    assert world.store.quotes["TRX_EUR"].sources == ("a", "c")


@pytest.mark.parametrize("wrong", [MID * 10, MID // 10, ONE * ONE // MID, MID * 3 // 2])
@pytest.mark.parametrize("liars", [("a",), ("a", "b")])
async def test_wrong_price_goes_off_at_once(
    world: World, wrong: int, liars: tuple[str, ...]
) -> None:
    for feed in (world.a, world.b):
        if feed.name in liars:
            feed.mid = wrong
    await world.round()
    assert world.store.quotes == {}
    world.a.mid = world.b.mid = MID
    await world.round()
    assert world.price == MID


async def test_old_numbers_and_future_times_change_nothing(world: World) -> None:
    forged = MID * 105 // 100
    for changes in ({"seq": 2}, {"taken_at": START + timedelta(hours=1)}):
        for feed in (world.a, world.b):
            feed.samples = [feed.sample(mantissa=forged, **changes)]
        found = await world.round()
        assert len(found.ignored) == 2
        assert world.price == MID


def test_zero_cannot_even_be_said() -> None:
    with pytest.raises(DomainError):
        ScriptedFeed("a", Clock()).sample(mantissa=0)


async def test_feed_cannot_speak_for_another_or_of_a_pair_it_does_not_quote() -> None:
    world = World()
    world.a.samples = [
        world.a.sample(source="b"),
        world.a.sample(source="ab"),
        world.a.sample(pair="BTC_EUR"),
        world.a.sample(source="a:part"),
    ]
    await world.worker.run_round()
    saved = {(sample.source, sample.pair) for sample in world.store.samples}
    assert saved == {("a:part", "TRX_EUR"), ("b", "TRX_EUR")}


async def test_hanging_feed_is_left_behind(world: World) -> None:
    world.a.hangs, world.worker = True, world.restarted(poll_timeout_s=0.05)
    found = await world.round()
    assert found.feeds_down == {"a": "TimeoutError"}
    assert world.price == MID


async def test_feed_with_a_fault_of_its_own_costs_only_itself(world: World) -> None:
    world.a.error = KeyError("unforeseen")
    found = await world.round()
    assert found.feeds_down == {"a": "KeyError"}
    assert world.price == MID


async def test_flood_of_samples_counts_as_a_feed_that_is_down() -> None:
    world = World()
    world.a.samples = [world.a.sample(seq=n) for n in range(SAMPLES_PER_POLL_MAX + 1)]
    assert (await world.round()).feeds_down == {"a": "ValueError"}


async def test_being_stopped_is_not_taken_for_a_feed_that_is_down(world: World) -> None:
    world.a.error = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await world.round()


async def test_feeds_are_polled_side_by_side() -> None:
    world = World()
    met = asyncio.Barrier(2)

    async def poll(feed: ScriptedFeed) -> tuple[PriceSample, ...]:
        await met.wait()
        return (feed.sample(),)

    for feed in (world.a, world.b):
        feed.poll = lambda feed=feed: poll(feed)  # type: ignore[method-assign,misc]  # a double
    assert (await world.round()).feeds_down == {}


async def test_restart_is_no_way_past_the_jump_guard(world: World) -> None:
    world.worker = world.restarted()
    world.a.mid = world.b.mid = MID * 3 // 2
    found = await world.round()
    assert found.refused == {"TRX_EUR": Reason.JUMPED}


async def test_restart_is_no_way_past_the_numbers(world: World) -> None:
    world.worker = world.restarted()
    for feed in (world.a, world.b):
        feed.samples = [feed.sample(seq=2, mantissa=MID * 105 // 100)]
    assert len((await world.round()).ignored) == 2


async def test_dead_worker_leaves_a_price_that_grows_old(world: World) -> None:
    world.clock.forward(30)
    assert world.price == MID
    world.clock.forward(1)
    assert world.price is None


async def test_store_that_fails_is_the_callers_to_know(world: World) -> None:
    world.store.broken = True
    with pytest.raises(ConnectionError):
        await world.round()
    world.store.broken = False
    await world.round()
    assert world.price == MID


async def test_samples_are_pruned_now_and_then(world: World) -> None:
    world.store.pruned.clear()
    for _ in range(PRUNE_INTERVAL_S // ROUND_INTERVAL_S * 3):
        await world.round()
    assert len(world.store.pruned) == 3


async def test_pairs_nobody_quotes_are_derived_and_what_is_missing_is_named() -> None:
    clock, store = Clock(), MemoryStore()
    feeds = [FixedFeed("fixed-a", clock), FixedFeed("fixed-b", clock)]
    found = await PriceWorker(feeds, store, clock, LIMITS).run_round()
    assert set(store.quotes) == WANTED_PAIRS | set(DEMO_MIDS)
    assert found.missing == ()
    assert store.quotes["TRX_CZK"].mantissa == parse_price("6.75")
    few = {"TRX_EUR": MID, "EUR_USD": ONE}
    feeds = [FixedFeed("fixed-a", clock, few), FixedFeed("fixed-b", clock, few)]
    found = await PriceWorker(feeds, MemoryStore(), clock, LIMITS).run_round()
    assert set(found.quotes) == {"TRX_EUR", "EUR_USD", "TRX_USD"}
    assert "TRX_CZK" in found.missing


async def test_one_fixed_feed_is_enough_where_the_limits_say_so() -> None:
    clock, store = Clock(), MemoryStore()
    limits = replace(LIMITS, min_sources=1)
    await PriceWorker([FixedFeed("fixed", clock)], store, clock, limits).run_round()
    assert store.quotes["TRX_EUR"].mantissa == MID


async def test_refused_pair_is_not_published_by_a_detour() -> None:
    clock, store = Clock(), MemoryStore()
    usd = {**DEMO_MIDS, "TRX_USD": parse_price("0.2825700120")}
    feeds = [FixedFeed("a", clock, usd), FixedFeed("b", clock, {**usd, "TRX_EUR": MID * 2})]
    found = await PriceWorker(feeds, store, clock, LIMITS).run_round()
    assert found.refused == {"TRX_EUR": Reason.DISAGREE}
    assert "TRX_EUR" not in store.quotes
    assert "TRX_USD" in store.quotes


async def test_sandbox_prices_follow_the_operator_at_once() -> None:
    clock, store, panel = Clock(), MemoryStore(), [PriceOverrides()]

    async def overrides() -> PriceOverrides:
        return panel[0]

    feeds = [SimulatedFeed(f"sim-{n}", clock, overrides, WANTED_PAIRS) for n in "ab"]
    worker = PriceWorker(feeds, store, clock, GuardLimits(max_jump_ppm=None, bands={}))
    await worker.run_round()
    assert store.quotes["TRX_EUR"].mantissa == MID
    panel[0] = PriceOverrides({"TRX_EUR": MID * 20})
    clock.forward()
    await worker.run_round()
    assert store.quotes["TRX_EUR"].mantissa == MID * 20
    panel[0] = PriceOverrides(down=frozenset({"TRX_EUR"}))
    clock.forward(31)
    await worker.run_round()
    assert "TRX_EUR" not in store.quotes
    assert "BTC_EUR" in store.quotes


def test_two_feeds_of_one_name_are_refused() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="one name"):
        PriceWorker([FixedFeed("a", clock)] * 2, MemoryStore(), clock, LIMITS)


async def test_closing_closes_every_feed(world: World) -> None:
    await world.worker.close()
    assert world.a.closed
    assert world.b.closed


WRONG_LIMITS = {
    "no age check": replace(LIMITS, max_age_s=10**6),
    "no jump check": replace(LIMITS, max_jump_ppm=None),
    "single source accepted": replace(LIMITS, min_sources=1),
}


async def campaign(limits: GuardLimits) -> list[str]:
    """Run the faults through a whole worker and name those that left a price to use."""
    priced = []
    world = await World(limits).warm()
    world.b.error = FeedUnavailableError("down")
    await world.round(29)
    if "TRX_EUR" in (await world.round()).quotes:
        priced.append("one source down")
    world = await World(limits).warm()
    world.a.error = world.b.error = FeedUnavailableError("down")
    if "TRX_EUR" in (await world.round(31)).quotes:
        priced.append("all down")
    world = await World(limits).warm()
    world.a.mid = world.b.mid = MID * 3 // 2
    if "TRX_EUR" in (await world.round()).quotes:
        priced.append("jump")
    return priced


async def test_real_limits_leave_no_wrong_price() -> None:
    assert await campaign(LIMITS) == []


@pytest.mark.parametrize("name", WRONG_LIMITS)
async def test_planted_worker_is_caught(name: str) -> None:
    assert await campaign(WRONG_LIMITS[name])
