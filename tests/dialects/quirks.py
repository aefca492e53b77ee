"""Decide which rows of a dialect's quirks name no test that pins them."""

import re
from pathlib import Path

PIN = re.compile(r"\| (test_\w+\.py)::(test_\w+) \|$")


def rows(quirks: str) -> list[str]:
    """List the rows of the table of quirks, without its head."""
    return [line for line in quirks.splitlines() if line[:2] == "| "][1:]


def unpinned(quirks: str, tests: Path) -> list[str]:
    """List the rows whose test does not stand in a dialect's folder of tests."""
    return [row for row in rows(quirks) if not _is_pinned(row, tests)]


def _is_pinned(row: str, tests: Path) -> bool:
    pin = PIN.search(row)
    if pin is None:
        return False
    module = tests / pin[1]
    return module.exists() and f"def {pin[2]}(" in module.read_text(encoding="utf-8")
