"""Decide what tests start from: a fake world and a merchant's client, or a stage on a core."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.dialects.cryptopayments.gateway import BASE, KEY, World
from tests.dialects.cryptopayments.live import Stage, open_stage
from tests.dialects.talking import talk


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with talk(world.asgi, f"http://gateway.example{BASE}", KEY) as one:
        yield one


@pytest.fixture
async def stage(database_url: str, folder: Path) -> AsyncIterator[Stage]:
    """Open the stage on the module's database."""
    async with open_stage(database_url, folder) as opened:
        yield opened
