"""Prove that a key stands for one effect and one answer, in one process and in two."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.bus import batch as batching
from cambist.bus.answers import fingerprint
from cambist.bus.bus import Bus, Gate
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.store import StoredAnswer
from tests.bus.cases import Count, Move
from tests.bus.conftest import BuildBus, outcomes_of
from tests.bus.stores import CountingStore, MemoryStore


@pytest.fixture
async def two(build: BuildBus, database_url: str) -> AsyncIterator[list[Bus]]:
    """Give two buses as two processes would have them."""
    pools = [await open_pool(database_url, size=4) for _ in range(2)]
    buses = [build(PostgresStore(pool, {}), lanes=2) for pool in pools]
    yield buses
    for bus, pool in zip(buses, pools, strict=True):
        await bus.close()
        await pool.close()


def _gate(key: str | None = None, tenant: str = "t") -> Gate:
    return Gate(tenant, "test", key or str(uuid4()))


async def _value(pool: Pool, counter: UUID) -> int:
    value = await pool.fetchval("select payments from counters where partner_id = $1", counter)
    return int(value or 0)


async def test_the_same_key_and_body_get_the_same_answer(bus: Bus, pool: Pool) -> None:
    counter, gate = uuid4(), _gate()
    assert [await bus.execute(Count(counter), gate) for _ in range(3)] == [1, 1, 1]
    assert await _value(pool, counter) == 1


async def test_fifty_at_once_have_one_effect(bus: Bus, pool: Pool) -> None:
    counter, gate = uuid4(), _gate()
    answers = await asyncio.gather(*(bus.execute(Count(counter), gate) for _ in range(50)))
    assert set(answers) == {1}
    assert await _value(pool, counter) == 1


async def test_fifty_at_once_in_two_processes_have_one_effect(two: list[Bus], pool: Pool) -> None:
    for _ in range(5):
        counter, gate = uuid4(), _gate()
        work = [two[n % 2].execute(Count(counter), gate) for n in range(50)]
        assert set(await asyncio.gather(*work)) == {1}
        assert await _value(pool, counter) == 1


async def test_a_repetition_is_not_refused_because_its_twin_went_through(
    two: list[Bus], bus: Bus
) -> None:
    for _ in range(8):
        rich, poor, gate = uuid4(), uuid4(), _gate()
        await bus.execute(Move(None, rich, 100))
        work = [two[n % 2].execute(Move(rich, poor, 60), gate) for n in range(20)]
        assert await asyncio.gather(*work) == [60] * 20


async def test_another_body_under_a_key_is_a_conflict(bus: Bus, pool: Pool) -> None:
    counter, gate = uuid4(), _gate()
    await bus.execute(Count(counter), gate)
    with pytest.raises(DomainError) as refused:
        await bus.execute(Count(counter, 2), gate)
    assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT
    with pytest.raises(DomainError) as refused:
        await bus.execute(Move(None, counter, 1), gate)
    assert refused.value.code is ErrorCode.IDEMPOTENCY_CONFLICT
    assert await _value(pool, counter) == 1


async def test_keys_of_two_tenants_or_operations_are_two(bus: Bus) -> None:
    counter, key = uuid4(), str(uuid4())
    assert await bus.execute(Count(counter), Gate("a", "x", key)) == 1
    assert await bus.execute(Count(counter), Gate("b", "x", key)) == 2
    assert await bus.execute(Count(counter), Gate("a", "y", key)) == 3


async def test_a_refusal_does_not_burn_the_key(bus: Bus) -> None:
    rich, poor, gate = uuid4(), uuid4(), _gate()
    with pytest.raises(DomainError):
        await bus.execute(Move(rich, poor, 5), gate)
    await bus.execute(Move(None, rich, 5))
    assert await bus.execute(Move(rich, poor, 5), gate) == 5


async def test_twins_of_one_batch_share_an_answer_and_others_conflict(
    pool: Pool, build: BuildBus
) -> None:
    store = CountingStore(pool)
    bus, counter, gate = build(store), uuid4(), _gate()
    outcomes = await outcomes_of(
        bus.execute(Count(counter), gate),
        bus.execute(Count(counter), gate),
        bus.execute(Count(counter, 9), gate),
    )
    assert outcomes[:2] == [1, 1]
    assert outcomes[2].code is ErrorCode.IDEMPOTENCY_CONFLICT
    assert len(store.batches) == 1
    await bus.close()


async def test_a_twin_runs_when_the_first_was_refused(bus: Bus, pool: Pool) -> None:
    counter, gate = uuid4(), _gate()
    outcomes = await outcomes_of(
        bus.execute(Count(counter, 1, "refusal"), gate),
        bus.execute(Count(counter), gate),
    )
    assert outcomes[0].code is ErrorCode.INVALID_STATE
    assert outcomes[1] == 1
    assert await _value(pool, counter) == 1


async def test_an_event_is_handled_once_by_each_consumer(
    two: list[Bus], bus: Bus, pool: Pool
) -> None:
    counter, event = uuid4(), uuid4().int >> 70
    gate = Gate(consumer="mail", event=event)
    work = [two[n % 2].execute(Count(counter), gate) for n in range(20)]
    answers = await asyncio.gather(*work)
    assert sorted(answers, key=str) == [1, *[None] * 19]
    assert await bus.execute(Count(counter), gate) is None
    assert await bus.execute(Count(counter), Gate(consumer="callbacks", event=event)) == 2
    assert await _value(pool, counter) == 2


async def test_a_refused_event_may_come_again(bus: Bus, pool: Pool) -> None:
    counter, event = uuid4(), uuid4().int >> 70
    gate = Gate(consumer="mail", event=event)
    with pytest.raises(DomainError):
        await bus.execute(Count(counter, 1, "refusal"), gate)
    assert await bus.execute(Count(counter), gate) == 1
    assert await _value(pool, counter) == 1


def test_a_fingerprint_depends_on_the_content_alone() -> None:
    party = uuid4()
    assert fingerprint(Count(party)) == fingerprint(Count(UUID(str(party))))
    assert fingerprint(Count(party)) != fingerprint(Count(party, 2))
    assert fingerprint(Move(None, party, 10**30)) != fingerprint(Move(None, party, 10**30 + 1))


async def test_the_harness_catches_a_bus_that_ignores_fingerprints(
    memory: MemoryStore, build: BuildBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replay(self: object, job: batching.Job, key: object, stored: StoredAnswer) -> None:
        job.finish(job.decode(stored.result), failed=False)

    bus, counter, gate = build(memory), uuid4(), _gate()
    await bus.execute(Count(counter), gate)
    monkeypatch.setattr(batching.Batch, "_replay", replay)
    with pytest.raises(pytest.fail.Exception), pytest.raises(DomainError):
        await bus.execute(Count(counter, 2), gate)
