"""Show that a quirk nobody pins is found."""

from pathlib import Path

import pytest

from tests.dialects.quirks import unpinned

HEAD = "| quirk | source | test |\n|---|---|---|\n"
PINNED = "| a | b | test_quirks.py::test_a_quirk_without_a_test_is_caught |"


@pytest.mark.parametrize(
    "row",
    [
        "| a | b | |",
        "| a | b | test_quirks.py |",
        "| a | b | test_quirks.py::test_nothing |",
        "| a | b | test_nowhere.py::test_a_quirk_without_a_test_is_caught |",
    ],
)
def test_a_quirk_without_a_test_is_caught(row: str) -> None:
    here = Path(__file__).parent
    assert unpinned(f"{HEAD}{PINNED}\n", here) == []
    assert unpinned(f"{HEAD}{PINNED}\n{row}\n", here) == [row]
