"""Decide what the tests of the bus share: pools on a real database, buses on them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.vault.entropy import SystemEntropy
from cambist.bus.answers import register
from cambist.bus.bus import Bus
from cambist.bus.scope import Tools
from cambist.ports.addresses import AddressFacts
from tests.bus.cases import USE_CASES
from tests.bus.stores import MemoryStore


class NoBook:
    """Know no address."""

    def derive(self, chain: str, path: object) -> str:
        """Never be asked."""
        raise LookupError(chain)

    def inspect(self, chain: str, address: str) -> AddressFacts:
        """Never be asked."""
        raise LookupError(chain)


BuildBus = Callable[..., Bus]


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Give a pool that acts as the application role."""
    opened = await open_pool(database_url, size=12)
    yield opened
    await opened.close()


@pytest.fixture
def build() -> BuildBus:
    """Give a maker of buses on any store."""

    def make(store: Any, use_cases: Any = USE_CASES, lanes: int = 1) -> Bus:
        return Bus(store, register(use_cases), Tools(SystemEntropy(), NoBook()), lanes)

    return make


async def until_waiting(pool: Pool, many: int = 1) -> None:
    """Return once so many locks are waited for in this database (others have their own tests)."""
    async with asyncio.timeout(120):
        waiting = 0
        while waiting < many:
            waiting = await pool.fetchval(
                "select count(*) from pg_locks w where not granted and exists (select"
                " from pg_locks o join pg_database d on d.oid = o.database"
                " where o.pid = w.pid and d.datname = current_database())"
            )


async def outcomes_of(*work: Awaitable[Any]) -> list[Any]:
    """Run side by side and list results and errors alike."""
    return list(await asyncio.gather(*work, return_exceptions=True))


@pytest.fixture
async def bus(pool: Pool, build: BuildBus) -> AsyncIterator[Bus]:
    """Give a bus on the real database."""
    made = build(PostgresStore(pool, {}))
    yield made
    await made.close()


@pytest.fixture
def memory() -> MemoryStore:
    """Give an empty store in memory."""
    return MemoryStore()
