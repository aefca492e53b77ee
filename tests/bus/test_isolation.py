"""Prove that what fails fails alone, and that retries end."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from cambist.adapters.db.pool import Pool
from cambist.bus.bus import ATTEMPTS_MAX, QUEUE_MAX, Bus, Gate
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, arm
from cambist.ports.store import FlushConflictError, Kind, OutcomeUnknownError, StoreUnavailableError
from tests.bus.cases import Count, Move, Odd, StrangeError
from tests.bus.conftest import BuildBus
from tests.bus.stores import MemoryStore

FAULTS: dict[str, type[BaseException]] = {
    "refusal": DomainError,
    "bug": KeyError,
    "runtime": RuntimeError,
    "strange": StrangeError,
    "foreign": TypeError,
    "cancelled": RuntimeError,
}


async def _all(bus: Bus, *commands: object) -> list[Any]:
    return await asyncio.gather(*(bus.execute(c) for c in commands), return_exceptions=True)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failing_command_leaves_its_neighbours_alone(
    bus: Bus, pool: Pool, fault: str
) -> None:
    mine, shared = uuid4(), uuid4()
    outcomes = await _all(
        bus,
        Count(mine),
        Count(shared, 10),
        Count(shared, 100, fault),
        Count(shared, 1),
    )
    assert outcomes[0] == 1
    assert outcomes[1] == 10
    assert isinstance(outcomes[2], FAULTS[fault])
    assert outcomes[3] == 11
    assert await pool.fetchval("select payments from counters where partner_id = $1", shared) == 11


async def test_a_result_that_cannot_be_kept_fails_its_command_alone(bus: Bus, pool: Pool) -> None:
    lost, kept = uuid4(), uuid4()
    outcomes = await asyncio.gather(
        bus.execute(Odd(lost), Gate("t", "odd", "k")),
        bus.execute(Count(kept)),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], TypeError)
    assert outcomes[1] == 1
    assert await pool.fetchval("select count(*) from counters where partner_id = $1", lost) == 0


async def test_a_unique_violation_hits_the_offender_only(bus: Bus, pool: Pool) -> None:
    first, second = uuid4(), uuid4()
    taken = f"taken-{uuid4()}"
    await bus.execute(Move(None, first, 5, taken))
    outcomes = await _all(bus, Move(None, first, 7), Move(None, second, 9, taken), Count(second))
    assert outcomes[0] == 12
    assert outcomes[1].code is ErrorCode.CONFLICT
    assert outcomes[2] == 1
    assert await pool.fetchval("select count(*) from journals where reference = $1", taken) == 1


async def test_a_refused_value_hits_the_offender_only(bus: Bus) -> None:
    first, second = uuid4(), uuid4()
    outcomes = await _all(bus, Move(None, first, 5), Move(None, second, 10**61))
    assert outcomes[0] == 5
    assert isinstance(outcomes[1], asyncpg.CheckViolationError)


async def test_conflicts_are_retried_within_bounds(memory: MemoryStore, build: BuildBus) -> None:
    bus, counter = build(memory), uuid4()
    memory.failures.flush = [FlushConflictError("deadlock")] * 3
    assert await _all(bus, Count(counter), Count(counter)) == [1, 2]
    assert len(memory.batches) == 5
    assert {batch.ended for batch in memory.batches[:3]} == {"rolled back"}
    memory.failures.flush = [FlushConflictError("deadlock")] * 100
    memory.batches.clear()
    (refused,) = await _all(bus, Count(counter))
    assert refused.code is ErrorCode.CONFLICT
    assert len(memory.batches) == ATTEMPTS_MAX + 1


async def test_a_deadlock_while_locking_is_retried(memory: MemoryStore, build: BuildBus) -> None:
    bus, counter = build(memory), uuid4()
    memory.failures.load = [FlushConflictError("deadlock")]
    assert await bus.execute(Count(counter)) == 1


async def test_a_conflict_at_commit_is_retried(memory: MemoryStore, build: BuildBus) -> None:
    bus, counter = build(memory), uuid4()
    memory.failures.commit = [FlushConflictError("late")]
    assert await bus.execute(Count(counter)) == 1


async def test_a_refusal_that_rests_on_lost_changes_is_not_told(
    memory: MemoryStore, build: BuildBus
) -> None:
    bus, rich, poor = build(memory), uuid4(), uuid4()
    await bus.execute(Move(None, rich, 10))
    memory.failures.flush = [StoreUnavailableError()]
    outcomes = await _all(bus, Move(rich, poor, 10), Move(rich, poor, 10))
    assert [outcome.code for outcome in outcomes] == [ErrorCode.OVERLOADED] * 2
    memory.failures.commit = [OutcomeUnknownError()]
    outcomes = await _all(bus, Move(rich, poor, 10), Move(rich, poor, 10))
    assert [o.code for o in outcomes] == [ErrorCode.UNKNOWN_OUTCOME, ErrorCode.OVERLOADED]


async def test_no_connection_means_overloaded_and_nothing_happened(
    memory: MemoryStore, build: BuildBus
) -> None:
    bus, counter = build(memory), uuid4()
    memory.failures.begin = [StoreUnavailableError()]
    with pytest.raises(DomainError) as refused:
        await bus.execute(Count(counter))
    assert refused.value.code is ErrorCode.OVERLOADED
    assert await bus.execute(Count(counter)) == 1


async def test_the_queue_is_bounded(memory: MemoryStore, build: BuildBus) -> None:
    bus, counter = build(memory), uuid4()
    memory.gate.clear()
    running = asyncio.create_task(bus.execute(Count(counter)))
    await memory.asked.wait()
    waiting = [asyncio.create_task(bus.execute(Count(counter))) for _ in range(QUEUE_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(DomainError) as refused:
        await bus.execute(Count(counter))
    assert refused.value.code is ErrorCode.OVERLOADED
    memory.gate.set()
    assert len(await asyncio.gather(running, *waiting)) == QUEUE_MAX + 1


async def test_a_caller_that_left_does_not_stop_its_command(
    memory: MemoryStore, build: BuildBus
) -> None:
    bus, counter = build(memory), uuid4()
    memory.gate.clear()
    left = asyncio.create_task(bus.execute(Count(counter)))
    await memory.asked.wait()
    left.cancel()
    memory.gate.set()
    await bus.close()
    assert memory.rows[(Kind.COUNTER, counter)].payments == 1


async def test_a_fault_after_the_commit_runs_nothing_twice(
    memory: MemoryStore, build: BuildBus
) -> None:
    bus, counter = build(memory), uuid4()

    def fail(name: Failpoint) -> None:
        if name is Failpoint.BUS_AFTER_COMMIT:
            raise StrangeError

    arm(fail)
    try:
        outcomes = await _all(bus, Count(counter), Count(counter))
    finally:
        arm(None)
    assert [outcome.code for outcome in outcomes] == [ErrorCode.UNKNOWN_OUTCOME] * 2
    assert memory.rows[(Kind.COUNTER, counter)].payments == 2
