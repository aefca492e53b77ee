"""Prove that what our code logs gets into the line: a field that is not listed tells nobody."""

import ast
from collections.abc import Iterator
from pathlib import Path

import cambist
from cambist.adapters.logs import FIELDS

LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
REPLACED = "exc_info"
"""What becomes type, places and id of an error."""

FORGOTTEN = """
_log = structlog.get_logger()
_log.error("message.failed", messages=1, error="Fault", exc_info=fault)
"""


def unlisted(source: str) -> Iterator[str]:
    """Name the fields a module logs that may not be logged."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        logger = node.func.value
        if node.func.attr in LEVELS and isinstance(logger, ast.Name) and logger.id == "_log":
            named = {keyword.arg for keyword in node.keywords if keyword.arg}
            yield from sorted(named - FIELDS.keys() - {REPLACED})


def test_every_field_our_code_logs_is_listed() -> None:
    modules = sorted(Path(cambist.__file__).parent.rglob("*.py"))
    found = {str(path): [*unlisted(path.read_text("utf-8"))] for path in modules}
    assert {name: fields for name, fields in found.items() if fields} == {}


def test_a_field_nobody_listed_is_noticed() -> None:
    assert [*unlisted(FORGOTTEN)] == ["messages"]
