"""Decide what tests of messages share: a pool on a database of their own, failpoints disarmed."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.simulators.chain_store import GRANTS
from cambist.adapters.simulators.mailbox import SCHEMA
from cambist.kernel.failpoints import arm


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """Give one test the module's database, emptied of messages."""
    owner = await open_pool(database_url, size=2, role=None)
    await owner.execute(SCHEMA)
    await owner.execute(GRANTS)
    await owner.execute("truncate messages, sim.message, sandbox_clock")
    opened = await open_pool(database_url, size=4)
    yield opened
    await close_pool(opened)
    await close_pool(owner)


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    """Leave no failpoint armed behind."""
    yield
    arm(None)
