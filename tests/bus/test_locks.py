"""Prove that locks are taken in one order, and that nothing deadlocks for good."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cambist.adapters.db.pool import open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.bus.bus import Bus
from tests.bus.cases import Count, CountAll
from tests.bus.conftest import BuildBus, until_waiting
from tests.bus.stores import MemoryStore

KEYS = [UUID(int=n) for n in range(1, 7)]

groups = st.lists(
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
    max_size=3,
)
commands = st.lists(groups.map(tuple).map(CountAll), min_size=1, max_size=12)


def _expected(wanted: list[CountAll]) -> Counter[UUID]:
    """Count how often each counter is raised; a key locked before is not raised from stale sight.

    A later group of one command reads what the command itself wrote.
    """
    return Counter(key for command in wanted for group in command.groups for key in group)


async def _run(buses: list[Bus], wanted: list[CountAll]) -> None:
    work = [bus.execute(command) for bus, command in _dealt(buses, wanted)]
    results = await asyncio.gather(*work)
    assert results == [sum(map(len, command.groups)) for command in wanted]


def _dealt(buses: list[Bus], wanted: list[CountAll]) -> list[tuple[Bus, CountAll]]:
    return [(buses[n % len(buses)], command) for n, command in enumerate(wanted)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=commands)
def test_locks_rise_within_a_batch_and_every_command_ends(
    build: BuildBus, wanted: list[CountAll]
) -> None:
    async def scenario() -> None:
        store = MemoryStore()
        await _run([build(store)], wanted)
        for batch in store.batches:
            assert batch.locks == sorted(set(batch.locks))
        counted = {key: row.payments for (_, key), row in store.rows.items()}
        assert counted == _expected(wanted)

    asyncio.run(scenario())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(commands, min_size=1, max_size=3))
def test_two_processes_on_one_database_never_deadlock_for_good(
    build: BuildBus, database_url: str, rounds: list[list[CountAll]]
) -> None:
    async def scenario() -> None:
        pools = [await open_pool(database_url, size=3) for _ in range(2)]
        await pools[0].execute("delete from counters")
        buses = [build(PostgresStore(pool, {}), lanes=2) for pool in pools]
        for wanted in rounds:
            await asyncio.wait_for(_run(buses, wanted), 180)
        rows = await pools[0].fetch("select partner_id, payments from counters")
        totals = _expected([command for wanted in rounds for command in wanted])
        assert dict(map(tuple, rows)) == totals
        for pool in pools:
            await pool.close()

    asyncio.run(scenario())


async def test_a_command_that_asks_out_of_order_starts_again_and_takes_all_at_first(
    memory: MemoryStore, build: BuildBus
) -> None:
    bus = build(memory)
    low, high = KEYS[0], KEYS[5]
    assert await bus.execute(CountAll(((high,), (low,)))) == 2
    assert len(memory.batches) == 2
    first, second = memory.batches
    assert [key for _, key in first.locks] == [high]
    assert [key for _, key in second.locks] == [low, high]


async def test_commands_that_hold_each_others_locks_start_again(
    memory: MemoryStore, build: BuildBus
) -> None:
    bus = build(memory)
    low, high = KEYS[0], KEYS[5]
    crossed = (CountAll(((low,), (high,))), CountAll(((high,), (low,))))
    assert await asyncio.gather(*map(bus.execute, crossed)) == [2, 2]
    assert {row.payments for row in memory.rows.values()} == {2}


async def test_a_deadlock_that_postgres_breaks_costs_a_retry_only(
    build: BuildBus, database_url: str
) -> None:
    pool = await open_pool(database_url, size=3)
    low, high = sorted((uuid4(), uuid4()))
    bus = build(PostgresStore(pool, {}))
    await bus.execute(CountAll(((low, high),)))
    first, other = [await asyncpg.connect(database_url) for _ in range(2)]
    # The bus closes the circle, so that it is the bus whose wait is broken.
    await other.execute("set deadlock_timeout = '1h'")
    lock = "select from counters where partner_id = $1 for update"
    async with other.transaction():
        async with first.transaction():
            await first.execute(lock, low)
            await other.execute(lock, high)
            counting = asyncio.create_task(bus.execute(CountAll(((low, high),))))
            await until_waiting(pool)
            crossing = asyncio.create_task(other.execute(lock, low))
            await until_waiting(pool, 2)
        await crossing
    assert await counting == 2
    await first.close()
    await other.close()
    assert [await bus.execute(Count(key, 0)) for key in (low, high)] == [2, 2]
    await pool.close()
