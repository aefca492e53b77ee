"""Prove that simulated prices stand still until told, and walk the same way for the same seed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.adapters.feeds.fixed import DEMO_MIDS
from cambist.adapters.feeds.simulated import PPM, SimulatedFeed, walk_ppm
from cambist.domain.pricing.samples import parse_price
from cambist.ports.feed import FeedUnavailableError, PriceOverrides
from cambist.workers.prices import WANTED_PAIRS

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Panel:
    """Stand for the sandbox's operator and its clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.set = PriceOverrides()

    async def overrides(self) -> PriceOverrides:
        return self.set

    def feed(self, name: str = "sim-a", **settings: object) -> SimulatedFeed:
        clock = lambda: self.now  # noqa: E731 - a clock is its one expression
        return SimulatedFeed(name, clock, self.overrides, WANTED_PAIRS, **settings)  # type: ignore[arg-type]  # any setting


async def mids(feed: SimulatedFeed) -> dict[str, int]:
    return {sample.pair: sample.mantissa for sample in await feed.poll()}


async def test_prices_stand_still_by_default() -> None:
    panel = Panel()
    feed = panel.feed()
    first = await mids(feed)
    panel.now += timedelta(days=3, seconds=17)
    assert await mids(feed) == first
    assert {pair: first[pair] for pair in DEMO_MIDS} == DEMO_MIDS
    assert first["TRX_EUR"] == parse_price("0.27")
    assert set(first) == feed.pairs >= WANTED_PAIRS


async def test_pinned_mid_moves_the_pairs_that_follow_from_it() -> None:
    panel = Panel()
    feed = panel.feed()
    before = await mids(feed)
    panel.set = PriceOverrides({"TRX_EUR": parse_price("0.54")})
    after = await mids(feed)
    assert after["TRX_EUR"] == parse_price("0.54")
    assert after["TRX_CZK"] == before["TRX_CZK"] * 2
    assert after["BTC_CZK"] == before["BTC_CZK"]


async def test_pinned_pair_beats_what_would_follow() -> None:
    panel = Panel()
    panel.set = PriceOverrides({"TRX_CZK": parse_price("7")})
    found = await mids(panel.feed())
    assert (found["TRX_CZK"], found["TRX_EUR"]) == (parse_price("7"), parse_price("0.27"))


async def test_pin_of_an_unknown_pair_is_left_alone() -> None:
    panel = Panel()
    panel.set = PriceOverrides({"XYZ_EUR": 5})
    feed = panel.feed()
    assert set(await mids(feed)) == feed.pairs


async def test_pair_taken_down_is_left_out_and_nothing_else() -> None:
    panel = Panel()
    panel.set = PriceOverrides(down=frozenset({"TRX_EUR"}))
    feed = panel.feed()
    assert set(await mids(feed)) == feed.pairs - {"TRX_EUR"}


async def test_feed_taken_down_answers_nothing_and_the_other_goes_on() -> None:
    panel = Panel()
    panel.set = PriceOverrides(down=frozenset({"sim-a"}))
    with pytest.raises(FeedUnavailableError):
        await panel.feed("sim-a").poll()
    assert await panel.feed("sim-b").poll()


async def test_two_feeds_of_one_seed_agree_and_another_seed_differs() -> None:
    panel = Panel()
    swing = {"TRX_EUR": 50_000}
    one = await mids(panel.feed("sim-a", seed=1, amplitude_ppm=swing))
    same = await mids(panel.feed("sim-b", seed=1, amplitude_ppm=swing))
    other = await mids(panel.feed("sim-b", seed=2, amplitude_ppm=swing))
    assert one == same
    assert one["TRX_EUR"] != other["TRX_EUR"]
    assert one["BTC_EUR"] == other["BTC_EUR"]


@given(st.integers(), st.integers(0, 10**12), st.integers(0, PPM - 1))
def test_walk_stays_within_its_amplitude(seed: int, tick: int, amplitude: int) -> None:
    assert abs(walk_ppm(seed, "TRX_EUR", tick, amplitude)) <= amplitude


def test_walk_is_pinned() -> None:
    assert [walk_ppm(7, "TRX_EUR", tick, 100_000) for tick in (0, 1, 2, 1000)] == [
        72901,
        71541,
        70181,
        -6946,
    ]


def test_walk_takes_small_steps() -> None:
    steps = [walk_ppm(7, "TRX_EUR", tick, 100_000) for tick in range(3000)]
    assert max(abs(b - a) for a, b in pairwise(steps)) < 5_000
    assert max(steps) - min(steps) > 20_000


@pytest.mark.parametrize("amplitude", [-1, PPM])
def test_amplitude_that_could_reach_zero_is_refused(amplitude: int) -> None:
    with pytest.raises(ValueError, match="amplitude"):
        Panel().feed(amplitude_ppm={"TRX_EUR": amplitude})
