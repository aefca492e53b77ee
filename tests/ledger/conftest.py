"""Decide what the tests of the books share: a bus and a pool on a database of the module's own."""

from collections.abc import AsyncIterator

import pytest

from cambist.adapters.db.pool import Connection, Pool, open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.vault.entropy import SystemEntropy
from cambist.bus.answers import register
from cambist.bus.bus import Bus
from cambist.bus.scope import Tools
from tests.bus.cases import USE_CASES
from tests.bus.conftest import NoBook


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Give a pool that acts as the application role."""
    opened = await open_pool(database_url, size=8)
    yield opened
    await opened.close()


@pytest.fixture
async def bus(pool: Pool) -> AsyncIterator[Bus]:
    """Give a bus on the real database."""
    made = Bus(PostgresStore(pool, {}), register(USE_CASES), Tools(SystemEntropy(), NoBook()))
    yield made
    await made.close()


@pytest.fixture
async def administrator(database_url: str) -> AsyncIterator[Connection]:
    """Give a connection that no grant binds."""
    opened = await open_pool(database_url, size=1, role=None)
    async with opened.acquire() as connection:
        yield connection
    await opened.close()
