"""Decide what the tests of reviewing start from."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.review.rig import ReviewedDesk, open_reviewed
from tests.review.typing_staff import Staff, own_logs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for a module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("review")


@pytest.fixture
async def desk(database_url: str, folder: Path) -> AsyncIterator[ReviewedDesk]:
    """Open a desk whose reviewer decides; the database is the module's."""
    async with open_reviewed(database_url, folder) as opened:
        yield opened


@pytest.fixture
def staff(
    desk: ReviewedDesk,
    database_url: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Staff]:
    """Sit somebody down at the desk's command line."""
    monkeypatch.setenv("CAMBIST_DATABASE_URL", database_url)
    monkeypatch.setenv("CAMBIST_VAR_DIR", str(folder))
    monkeypatch.setenv("CAMBIST_LISTS_DIR", str(desk.lists))
    with own_logs():
        yield Staff(capsys)
