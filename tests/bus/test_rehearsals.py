"""Prove that a rehearsed command meets what a real one would, and leaves nothing behind."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from cambist.adapters.db.pool import Pool
from cambist.bus import bus as running
from cambist.bus.bus import Bus, Gate
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.rows import Counter
from cambist.ports.store import FlushConflictError, Kind, StoreUnavailableError
from tests.bus.cases import Count, CountAll, Move, SetAside, count_all
from tests.bus.conftest import BuildBus, outcomes_of, until_waiting
from tests.bus.stores import MemoryStore

TABLES = ("counters", "accounts", "journals", "entries", "holds", "outbox", "idempotency")


async def _state(pool: Pool) -> list[Any]:
    return [await pool.fetch(f"select t::text from {table} t order by 1") for table in TABLES]


async def test_a_rehearsal_tells_the_result_and_the_writes_and_keeps_nothing(
    bus: Bus, pool: Pool
) -> None:
    counter, party = uuid4(), uuid4()
    await bus.execute(Count(counter, 4))
    await bus.execute(Move(None, party, 10))
    before = await _state(pool)
    counted = await bus.rehearse(Count(counter, 3))
    assert counted.result == 7
    assert counted.writes.changed == {Kind.COUNTER: [Counter(counter, 7)]}
    moved = await bus.rehearse(Move(party, uuid4(), 10), Gate("t", "move", str(uuid4())))
    assert (moved.result, len(moved.writes.journals), len(moved.writes.entries)) == (10, 1, 2)
    assert await bus.rehearse(Count(counter, 3)) == counted
    assert await _state(pool) == before
    assert await bus.execute(Count(counter, 1)) == 5


async def test_a_refusal_is_the_real_one(bus: Bus, pool: Pool) -> None:
    before = await _state(pool)
    with pytest.raises(DomainError) as refused:
        await bus.rehearse(SetAside(uuid4(), uuid4(), 1))
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE
    with pytest.raises(KeyError):
        await bus.rehearse(Count(uuid4(), fault="bug"))
    assert await _state(pool) == before


async def test_a_unique_violation_shows(bus: Bus, pool: Pool) -> None:
    taken = f"taken-{uuid4()}"
    await bus.execute(Move(None, uuid4(), 5, taken))
    before = await _state(pool)
    with pytest.raises(DomainError) as refused:
        await bus.rehearse(Move(None, uuid4(), 5, taken))
    assert refused.value.code is ErrorCode.CONFLICT
    assert await _state(pool) == before


async def test_a_key_that_was_answered_is_answered_and_a_rehearsed_one_is_free(bus: Bus) -> None:
    counter, gate = uuid4(), Gate("t", "count", str(uuid4()))
    assert (await bus.rehearse(Count(counter), gate)).result == 1
    assert await bus.execute(Count(counter), gate) == 1
    again = await bus.rehearse(Count(counter), gate)
    assert (again.result, again.writes.added) == (1, {})
    with pytest.raises(DomainError) as refused:
        await bus.rehearse(Count(counter, 2), gate)
    assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT


async def test_a_rehearsal_waits_for_who_holds_its_locks_and_sees_what_he_wrote(
    bus: Bus, pool: Pool
) -> None:
    counter = uuid4()
    await bus.execute(Count(counter))
    async with pool.acquire() as other, other.transaction():
        await other.execute("update counters set payments = 9 where partner_id = $1", counter)
        work = asyncio.ensure_future(bus.rehearse(Count(counter)))
        await until_waiting(pool)
        assert await bus.execute(Count(uuid4())) == 1
    assert (await work).result == 10


async def test_what_cannot_keep_the_order_of_locks_is_rehearsed_again(
    pool: Pool, build: BuildBus, memory: MemoryStore
) -> None:
    low, high = sorted((uuid4(), uuid4()))
    bus = build(memory, (count_all,))
    assert (await bus.rehearse(CountAll(((high,), (low,))))).result == 2
    assert [batch.ended for batch in memory.batches] == ["rolled back"] * 2
    assert memory.rows == {}


async def test_a_rehearsal_is_never_committed_and_gives_up_in_the_end(
    build: BuildBus, memory: MemoryStore
) -> None:
    bus = build(memory)
    memory.failures.commit = [AssertionError("a rehearsal was committed")]
    await bus.rehearse(Count(uuid4()))
    memory.failures.flush = [FlushConflictError("planted")] * running.ATTEMPTS_MAX
    memory.failures.begin = []
    with pytest.raises(DomainError) as refused:
        await bus.rehearse(Count(uuid4()))
    assert refused.value.code is ErrorCode.CONFLICT
    memory.failures.begin = [StoreUnavailableError()]
    with pytest.raises(DomainError) as refused:
        await bus.rehearse(Count(uuid4()))
    assert refused.value.code is ErrorCode.OVERLOADED
    assert {batch.ended for batch in memory.batches} == {"rolled back"}


async def test_a_caller_who_leaves_does_not_leave_a_transaction_open(
    build: BuildBus, memory: MemoryStore
) -> None:
    bus = build(memory)
    memory.gate.clear()
    work = asyncio.ensure_future(bus.rehearse(Count(uuid4())))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    memory.gate.set()
    await bus.close()
    assert [batch.ended for batch in memory.batches] == ["rolled back"]


async def test_few_are_rehearsed_at_once_and_no_more_wait_than_may(
    build: BuildBus, memory: MemoryStore
) -> None:
    bus = build(memory)
    memory.gate.clear()
    asked = running.REHEARSALS_WAITING_MAX + 3
    work = asyncio.gather(
        *(bus.rehearse(Count(uuid4())) for _ in range(asked)), return_exceptions=True
    )
    await asyncio.sleep(0)
    memory.gate.set()
    outcomes = await work
    refused = [one for one in outcomes if isinstance(one, DomainError)]
    assert [one.code for one in refused] == [ErrorCode.OVERLOADED] * 3
    assert len(memory.batches) == running.REHEARSALS_WAITING_MAX


async def test_the_harness_catches_a_rehearsal_that_is_kept(bus: Bus, pool: Pool) -> None:
    counter = uuid4()
    before = await _state(pool)
    outcomes = await outcomes_of(bus.execute(Count(counter)))
    assert outcomes == [1]
    assert await _state(pool) != before
