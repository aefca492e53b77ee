"""Decide what the tests of buying and selling start from, and what must hold when they are over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cambist.bootstrap.core import Core, open_core
from tests.trades.checks import faults
from tests.trades.desk import Desk, open_desk
from tests.world import open_world


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for a module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("desk")


@pytest.fixture
async def bare_desk(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """Open a core with a broker's partner of its own; the database is the module's."""
    async with open_world(database_url, folder) as world:
        yield await open_desk(world)


@pytest.fixture
async def desk(bare_desk: Desk) -> AsyncIterator[Desk]:
    """Give a desk whose books and orders are examined afterwards."""
    yield bare_desk
    assert await faults(bare_desk.world.core.pool) == []


@pytest.fixture
async def second(desk: Desk) -> AsyncIterator[Core]:
    """Open another process's core on the same database."""
    async with open_core(desk.world.core.settings) as core:
        yield core
