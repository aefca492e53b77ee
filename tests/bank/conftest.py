"""Decide what the bank's tests start from: a desk, and the simulated bank beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.simulators.world import SimulatedWorld
from tests.trades.desk import Desk, open_desk
from tests.world import open_world


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for a module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("bank")


@pytest.fixture
async def desk(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """Open a core with a broker's partner of its own and a bank; the database is the module's."""
    async with open_world(database_url, folder) as world:
        owner = await open_pool(database_url, size=2, role=None)
        await SimulatedWorld.install(owner)
        await close_pool(owner)
        yield await open_desk(world)
