"""Prove that the documents cannot go stale: settings, checks, figures, links, decisions."""

import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from cambist.adapters.logs import AllowList
from cambist.adapters.meters import BusMeter, RequestMeter
from cambist.pages.operate import Readiness
from cambist.pages.operate.gauges import HouseGauges
from cambist.settings import Settings
from tests.operate.test_health import WELL, ToldReader, readiness_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
OPERATIONS = (DOCS / "operations.md").read_text("utf-8")
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CONTRIBUTING.md"])
DECISIONS = sorted((DOCS / "adr").glob("*.md"))
DECISION_LINES_MAX = 60
NOT_YET = ("src/cambist/ports/rail.py", "src/cambist/adapters/rails/", "tests/rails/")
"""What the recipe for rails tells to make."""

_ROW = re.compile(r"^\| `(CAMBIST_\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
_SOURCE = re.compile(r"`((?:src|tests|tools|docs)/[\w./-]+)`")


def shown_default(field: Any) -> str | None:
    """Write a default as the table does; None for those told in words."""
    if field.default is PydanticUndefined:
        return None
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return "unset"
    if value == ():
        return "`[]`"
    return f"`{value}`" if value != "" else "empty"


def test_the_table_of_settings_names_each_with_its_default() -> None:
    rows = {name: default for name, default, _ in _ROW.findall(OPERATIONS)}
    fields = {f"CAMBIST_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert list(rows) == list(fields)
    for name, field in fields.items():
        expected = shown_default(field)
        assert expected is None or rows[name] == expected, name


async def test_every_figure_and_check_the_page_names_is_there() -> None:
    registry = CollectorRegistry()
    BusMeter(registry)
    RequestMeter(registry)
    AllowList().count_in(registry)
    readiness: Readiness = readiness_of(ToldReader(WELL))
    HouseGauges(registry, readiness)
    kept = {metric.name for metric in registry.collect()}
    named = set(re.findall(r"cambist_[a-z_]+", OPERATIONS)) - {"cambist_app"}
    assert {name.removesuffix("_total") for name in named} <= kept
    checks = {check.name.partition(":")[0] for check in (await readiness.look()).checks}
    for check in checks:
        assert re.search(rf"^\| `{check}[:`]", OPERATIONS, re.MULTILINE), check


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_named_files_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in _LINK.findall(text):
        assert (page.parent / target).exists(), target
    for target in _SOURCE.findall(text):
        if "acme" not in target and not target.startswith(NOT_YET):
            assert (ROOT / target).exists(), target


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_one_page_with_context_decision_consequence(page: Path) -> None:
    lines = page.read_text("utf-8").splitlines()
    assert lines[0].startswith(f"# {page.name[:4]} ")
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequence",
    ]
    assert len(lines) <= DECISION_LINES_MAX
