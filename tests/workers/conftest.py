"""Decide what the workers' tests share: a database of their own, failpoints left disarmed."""

from collections.abc import AsyncIterator, Iterator

import pytest

from cambist.kernel.failpoints import arm
from tests.workers.messaging import World, open_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Give one test the module's database, emptied."""
    async with open_world(database_url) as opened:
        yield opened


@pytest.fixture
def disarmed() -> Iterator[None]:
    """Leave no failpoint armed behind."""
    yield
    arm(None)
