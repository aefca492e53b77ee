"""Prove that commands share transactions and statements, and see each other's results."""

import asyncio
from uuid import UUID, uuid4

import asyncpg

from cambist.adapters.db.pool import Pool
from cambist.adapters.db.store import PostgresStore
from cambist.bus.bus import BATCH_MAX, Bus, Gate
from cambist.domain.ledger.accounts import partner_account
from tests.bus.cases import ASSET, Count, CountAll, Move, Peep, Renew, Touch, renew, touch
from tests.bus.conftest import BuildBus, outcomes_of, until_waiting
from tests.bus.stores import CountingStore, MemoryStore


async def test_commands_one_after_the_other_are_all_answered(bus: Bus) -> None:
    counter = uuid4()
    assert [await bus.execute(Count(counter)) for _ in range(5)] == [1, 2, 3, 4, 5]


async def test_a_hundred_transfers_cost_as_many_statements_as_one(
    pool: Pool, build: BuildBus
) -> None:
    store = CountingStore(pool)
    bus = build(store)
    parties = [uuid4() for _ in range(100)]
    await bus.execute(Move(None, parties[0], 1000))
    store.batches.clear()
    gates = [Gate("t", "move", str(uuid4())) for _ in parties]
    await bus.execute(Move(None, parties[0], 1), gates[0])
    await asyncio.gather(
        *(bus.execute(Move(None, p, 1), g) for p, g in zip(parties[1:], gates[1:], strict=True))
    )
    alone, together = store.batches
    assert len(together) == len(alone) <= 9
    await bus.close()


async def test_a_batch_is_bounded(memory: MemoryStore, build: BuildBus) -> None:
    bus, counter = build(memory), uuid4()
    memory.gate.clear()
    work = [asyncio.create_task(bus.execute(Count(counter))) for _ in range(BATCH_MAX * 2)]
    await asyncio.sleep(0)
    memory.gate.set()
    assert sorted(await asyncio.gather(*work)) == list(range(1, BATCH_MAX * 2 + 1))
    assert len(memory.batches) == 2


async def test_commands_on_one_aggregate_see_each_others_result(
    pool: Pool, build: BuildBus
) -> None:
    store = CountingStore(pool)
    bus, counter = build(store), uuid4()
    results = await asyncio.gather(*(bus.execute(Count(counter)) for _ in range(60)))
    assert results == list(range(1, 61))
    assert len(store.batches) == 1
    await bus.close()


async def test_entries_of_one_batch_chain_their_versions(bus: Bus, pool: Pool) -> None:
    rich, poor = uuid4(), uuid4()
    await bus.execute(Move(None, rich, 100))
    moved = [bus.execute(Move(rich, poor, 30)) for _ in range(4)]
    outcomes = await asyncio.gather(*moved, return_exceptions=True)
    assert outcomes[:3] == [30, 60, 90]
    assert str(outcomes[3]) == "insufficient-balance"
    rows = await pool.fetch(
        "select units, version, balance_after from entries where account_id = $1 order by version",
        partner_account(rich, ASSET).id,
    )
    assert [tuple(row) for row in rows] == [
        (100, 1, 100), (-30, 2, 70), (-30, 3, 40), (-30, 4, 10),
    ]  # fmt: skip


async def test_a_read_after_a_lock_is_as_new_as_the_lock(
    bus: Bus, pool: Pool, database_url: str
) -> None:
    counter = uuid4()
    await bus.execute(Count(counter))
    await bus.execute(Renew("l"))
    other = await asyncpg.connect(database_url)
    async with other.transaction():
        await other.execute("select from counters where partner_id = $1 for update", counter)
        peeping = asyncio.create_task(bus.execute(Peep("l", counter)))
        await until_waiting(pool)
        await other.execute("update leases set epoch = 7 where name = 'l'")
    assert await peeping == (1, 7)
    await other.close()


async def test_what_was_written_without_a_lock_outlives_a_later_lock(
    memory: MemoryStore, build: BuildBus
) -> None:
    bus = build(memory, (renew, touch))
    await bus.execute(Renew("l"))
    assert await outcomes_of(bus.execute(Renew("l")), bus.execute(Touch("l"))) == [2, 2]
    assert len(memory.batches) == 2
    (lease,) = memory.rows.values()
    assert lease.epoch == 2


async def test_two_lanes_run_two_transactions_at_once(pool: Pool, build: BuildBus) -> None:
    bus = build(PostgresStore(pool, {}), lanes=2)
    first, second = uuid4(), uuid4()
    results = await asyncio.gather(
        *(bus.execute(CountAll(((first, second),))) for _ in range(300)),
        *(bus.execute(CountAll(((second,), (first,)))) for _ in range(100)),
    )
    assert set(results) == {2}
    totals = await pool.fetch("select payments from counters where partner_id = any($1)", [
        first, second,
    ])  # fmt: skip
    assert [row[0] for row in totals] == [400, 400]
    await bus.close()


async def test_new_rows_are_flushed_in_key_order(
    pool: Pool, build: BuildBus, database_url: str
) -> None:
    owner = await asyncpg.connect(database_url)
    await owner.execute("truncate counters")
    await owner.close()
    store = CountingStore(pool)
    bus = build(store)
    keys = [UUID(int=n << 64 | uuid4().int >> 64) for n in (5, 3, 9, 1)]
    await asyncio.gather(*(bus.execute(Count(key)) for key in keys))
    rows = await pool.fetch(
        "select partner_id from counters where partner_id = any($1) order by ctid", keys
    )
    assert [row[0] for row in rows] == sorted(keys)
    await bus.close()
