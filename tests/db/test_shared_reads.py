"""Decide that concurrent reads share queries, stay fresh, and all hear of a fault."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from cambist.adapters.db.shared_reads import IN_FLIGHT_MAX, KEYS_MAX, SharedReads


class Source:
    """Answer keys below 1,000 with their double, and note each query."""

    def __init__(self) -> None:
        self.queries: list[list[int]] = []
        self.running = self.most = 0
        self.fault: Exception | None = None
        self.asked, self.gate = asyncio.Event(), asyncio.Event()
        self.gate.set()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, int]:
        """Answer after others had their turn, once the gate is open."""
        self.queries.append(list(keys))
        self.asked.set()
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.001)
        await self.gate.wait()
        self.running -= 1
        if self.fault is not None:
            raise self.fault
        return {key: 2 * key for key in keys if key < 1_000}


async def test_what_is_asked_together_is_one_query() -> None:
    source = Source()
    reads = SharedReads(source.fetch)
    assert await asyncio.gather(*(reads.get(n % 5) for n in range(50))) == [0, 2, 4, 6, 8] * 10
    assert source.queries == [[0, 1, 2, 3, 4]]


async def test_queries_are_bounded_in_size_and_number() -> None:
    source = Source()
    reads = SharedReads(source.fetch)
    found = await asyncio.gather(*(reads.get(n) for n in range(900)))
    assert found == [2 * n for n in range(900)]
    assert max(len(query) for query in source.queries) <= KEYS_MAX
    assert source.most <= IN_FLIGHT_MAX


async def test_what_is_asked_while_a_query_runs_is_read_anew() -> None:
    source = Source()
    reads = SharedReads(source.fetch)
    source.gate.clear()
    first = asyncio.ensure_future(reads.get(1))
    await source.asked.wait()
    second = asyncio.ensure_future(reads.get(1))
    await asyncio.sleep(0)
    source.gate.set()
    assert await asyncio.gather(first, second) == [2, 2]
    assert source.queries == [[1], [1]]


async def test_missing_is_none_and_a_fault_reaches_everybody_then_passes() -> None:
    source = Source()
    reads = SharedReads(source.fetch)
    assert await reads.get(5_000) is None
    source.fault = ConnectionError("gone")
    answers = await asyncio.gather(reads.get(1), reads.get(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError]
    source.fault = None
    assert await reads.get(3) == 6


async def test_planted_reader_that_reuses_running_queries_would_be_stale() -> None:
    class Stale(SharedReads[int, int]):
        def __init__(self, source: Source) -> None:
            super().__init__(source.fetch)
            self.kept: dict[int, asyncio.Future[int | None]] = {}

        async def get(self, key: int) -> int | None:
            self.kept.setdefault(key, asyncio.ensure_future(super().get(key)))
            return await self.kept[key]

    source = Source()
    stale = Stale(source)
    await stale.get(1)
    await stale.get(1)
    with pytest.raises(AssertionError):
        assert source.queries == [[1], [1]]
