"""Prove that the sandbox's shared world is bounded, agrees with itself, and says what lags."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cambist.adapters.db.pool import Pool, close_pool, open_pool
from cambist.adapters.simulators import world as world_module
from cambist.adapters.simulators.world import SINKS_MAX, SimulatedWorld
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.sandbox.refusals import ERRORS
from cambist.ports.sandbox import SinkRequest
from tests.sandbox.rig import open_rig

REQUEST = SinkRequest("POST", "", (("a", "b"),), b"x")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    owner = await open_pool(database_url, size=2, role=None)
    await asyncio.gather(*(SimulatedWorld.install(owner) for _ in range(2)))
    await owner.execute("truncate sim.sink, sim.sink_request, sim.price_pin")
    await close_pool(owner)
    opened = await open_pool(database_url)
    yield opened
    await close_pool(opened)


async def test_the_application_may_move_the_world_but_not_rebuild_it(pool: Pool) -> None:
    allowed = "select has_schema_privilege('cambist_app', 'sim', $1)"
    assert await pool.fetchval(allowed, "usage")
    assert not await pool.fetchval(allowed, "create")


async def test_a_sink_forgets_the_oldest(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world_module, "KEPT_PER_SINK_MAX", 3)
    world = SimulatedWorld(pool)
    for _ in range(5):
        await world.receive("a", REQUEST)
    assert [kept.number for kept in await world.received("a")] == [3, 4, 5]
    assert dict(await world.sinks()) == {"a": 5}


async def test_many_at_once_are_numbered_without_gaps(pool: Pool) -> None:
    world = SimulatedWorld(pool)
    kept = await asyncio.gather(*(world.receive("a", REQUEST) for _ in range(50)))
    assert sorted(one.number for one in kept) == list(range(1, 51))


async def test_a_sink_fails_exactly_as_often_as_told_however_many_come_at_once(pool: Pool) -> None:
    world = SimulatedWorld(pool)
    await world.behave("a", 500, 7)
    kept = await asyncio.gather(*(world.receive("a", REQUEST) for _ in range(30)))
    assert sorted(one.status for one in kept) == [200] * 23 + [500] * 7


async def test_there_is_a_last_sink(pool: Pool) -> None:
    world = SimulatedWorld(pool)
    for number in range(SINKS_MAX):
        await world.behave(f"sink-{number}", 200, 0)
    with pytest.raises(DomainError) as refusal:
        await world.receive("one-more", REQUEST)
    assert refusal.value.code is ErrorCode.LIMIT_EXCEEDED
    with pytest.raises(DomainError):
        await world.behave("one-more", 200, 0)
    assert (await world.receive("sink-0", REQUEST)).number == 1


async def test_feeds_that_ask_at_one_time_get_one_answer(pool: Pool) -> None:
    world = SimulatedWorld(pool)
    asked = [asyncio.ensure_future(world.overrides()) for _ in range(2)]
    await asyncio.sleep(0)
    await world.pin("TRX_EUR", 1)
    first, second = await asyncio.gather(*asked)
    assert first is second
    assert (await world.overrides()).mids == {"TRX_EUR": 1}


async def test_a_feed_that_gives_up_does_not_take_the_answer_from_the_other(pool: Pool) -> None:
    world = SimulatedWorld(pool)
    hasty, patient = (asyncio.ensure_future(world.overrides()) for _ in range(2))
    await asyncio.sleep(0)
    hasty.cancel()
    assert (await patient).mids == {}


async def test_a_pair_is_pinned_or_down_or_neither(pool: Pool) -> None:
    world = SimulatedWorld(pool)
    await world.pin("TRX_EUR", 5)
    await world.take_down("TRX_EUR")
    assert await world.overrides() == type(await world.overrides())({}, frozenset({"TRX_EUR"}))
    await world.pin("TRX_EUR", 6)
    assert (await world.overrides()).down == frozenset()
    await world.release("TRX_EUR")
    assert (await world.overrides()).mids == {}


async def test_a_leap_nobody_follows_says_so(database_url: str, tmp_path: Path) -> None:
    async with open_rig(database_url, tmp_path, is_watched=False, settle_s_max=0.1) as rig:
        said = await rig.post("/clock/advance", seconds=5)
        assert said["settled"] is False
        assert said["waiting_for"] == ["bitcoin", "ethereum", "litecoin", "tron"]


def test_every_code_has_a_status_and_a_text() -> None:
    assert set(ERRORS) == set(ErrorCode)
