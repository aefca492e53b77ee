"""Decide what live tests of the affiliates' API start from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dialects.btcex.live import Client, Stage, open_stage


@pytest.fixture
async def stage(database_url: str, folder: Path) -> AsyncIterator[Stage]:
    """Open the stage on the module's database."""
    async with open_stage(database_url, folder) as opened:
        yield opened


@pytest.fixture
async def me(stage: Stage) -> AsyncIterator[Client]:
    """Talk as the affiliate whose orders these are."""
    async with stage.client() as client:
        yield client
