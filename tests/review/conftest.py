"""Decide what the tests of reviewing start from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.review.rig import ReviewedDesk, open_reviewed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for a module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("review")


@pytest.fixture
async def desk(database_url: str, folder: Path) -> AsyncIterator[ReviewedDesk]:
    """Open a desk whose reviewer decides; the database is the module's."""
    async with open_reviewed(database_url, folder) as opened:
        yield opened
