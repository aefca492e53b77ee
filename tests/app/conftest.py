"""Decide what the tests of the use cases start from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, open_world


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for a module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("world")


@pytest.fixture
async def world(database_url: str, folder: Path) -> AsyncIterator[World]:
    """Open a core with a merchant of its own; the database is the module's."""
    async with open_world(database_url, folder) as opened:
        yield opened
