"""Decide where the tests of all dialects that stand on a real core keep its files."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for a module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("core")
