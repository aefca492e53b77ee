"""Decide how transcripts are read, and how an answer is held to one."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cambist.http.dialect import Dialect, describe


def read(golden: Path) -> list[dict[str, Any]]:
    """Read the steps of a transcript."""
    steps: list[dict[str, Any]] = json.loads(golden.read_text(encoding="utf-8"))
    return steps


def difference(step: dict[str, Any], status: int, text: str) -> str | None:
    """Tell how an answer differs from its transcript, in content or in the order of its keys."""
    expected = json.dumps(step["answer"], separators=(",", ":"), ensure_ascii=False)
    if (status, text) == (step["status"], expected):
        return None
    return f"{step['rule']}: {status} {text}\nexpected: {step['status']} {expected}"


def media_type(step: dict[str, Any]) -> str:
    """Name what a step's answer is sent as: a refusal is a problem."""
    return "application/json" if step["status"] < 400 else "application/problem+json"


def operations(dialect: Dialect) -> set[tuple[str, str]]:
    """List each operation a dialect describes: its method, and the form of its path."""
    return {
        (method.upper(), re.sub(r"\{\w+\}", "[^/?]+", path))
        for path, item in describe(dialect)["paths"].items()
        for method in item
    }


def unwritten(dialect: Dialect, goldens: Iterable[Path]) -> set[tuple[str, str]]:
    """List the operations that no transcript shows to succeed."""
    base = dialect.base.rstrip("/")
    done = [
        (step["method"], base + step["path"])
        for golden in goldens
        for step in read(golden)
        if step["status"] < 300
    ]
    return {
        (method, form)
        for method, form in operations(dialect)
        if not any(method == one and re.fullmatch(form + r"(\?.*)?", path) for one, path in done)
    }
