"""Prove that a read ends in time, and that whoever asked hears when there is no answer."""

import pytest

from cambist.adapters.db import reads
from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.db.reads import Reads
from cambist.ports.store import StoreUnavailableError


async def test_what_is_there_is_read(database_url: str) -> None:
    pool = await open_pool(database_url, size=1)
    reading = Reads(pool)
    assert [row[0] for row in await reading.fetch("select generate_series(1, 3)")] == [1, 2, 3]
    assert tuple(await reading.fetchrow("select 1, $1::text", "a")) == (1, "a")
    assert await reading.fetchrow("select 1 where false") is None
    assert await reading.fetchval("select 7") == 7
    await close_pool(pool)


async def test_a_query_that_does_not_end_is_given_up_and_its_connection_used_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool(database_url, size=1)
    reading = Reads(pool)
    monkeypatch.setattr(reads, "READ_TIMEOUT_S", 0.2)
    with pytest.raises(StoreUnavailableError):
        await reading.fetchval("select pg_sleep(600)")
    monkeypatch.undo()
    assert await reading.fetchval("select 1") == 1
    await close_pool(pool)


async def test_waiting_for_a_connection_is_bounded_too(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool(database_url, size=1)
    async with pool.acquire():
        monkeypatch.setattr(reads, "READ_TIMEOUT_S", 0.2)
        with pytest.raises(StoreUnavailableError):
            await Reads(pool).fetch("select 1")
    await close_pool(pool)


async def test_a_pool_that_is_closed_is_a_database_out_of_reach(database_url: str) -> None:
    pool = await open_pool(database_url, size=1)
    await close_pool(pool)
    with pytest.raises(StoreUnavailableError):
        await Reads(pool).fetchval("select 1")
