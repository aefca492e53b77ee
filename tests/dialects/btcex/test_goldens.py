"""Replay the transcripts: method, path and body to status and the exact answer, keys in order."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cambist.dialects.btcex import DIALECT
from cambist.http.dialect import describe
from tests.dialects.btcex.broker import Broker

FOLDER = Path(__file__).parent / "golden"
GOLDENS = sorted(FOLDER.glob("*.json"))
OPERATIONS = 26


def read(golden: Path) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = json.loads(golden.read_text(encoding="utf-8"))
    return steps


def difference(step: dict[str, Any], status: int, text: str) -> str | None:
    """Tell how an answer differs from its transcript, in content or in the order of its keys."""
    expected = json.dumps(step["answer"], separators=(",", ":"), ensure_ascii=False)
    if (status, text) == (step["status"], expected):
        return None
    return f"{step['rule']}: {status} {text}\nexpected: {step['status']} {expected}"


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.stem)
async def test_answers_are_as_written_down(golden: Path) -> None:
    broker = Broker()
    for step in read(golden):
        sent = json.dumps(step["body"]).encode() if "body" in step else b""
        answer = await broker.ask(step["method"], step["path"], sent, **step.get("headers", {}))
        assert difference(step, answer.status_code, answer.text) is None
        kind = "application/json" if step["status"] < 400 else "application/problem+json"
        assert answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == "no-store"
        is_kept = "btcex-test" not in step.get("headers", {}) and "dry" not in step.get("body", {})
        assert ("btcex-test" in answer.headers) is not is_kept


def test_every_operation_is_written_down() -> None:
    declared = {
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/?]+", path) + r"(\?.*)?"))
        for path, item in describe(DIALECT)["paths"].items()
        for method in item
    }
    succeeded = [
        (step["method"], step["path"])
        for golden in GOLDENS
        for step in read(golden)
        if step["status"] < 300
    ]
    missing = {
        (method, form.pattern)
        for method, form in declared
        if not any(method == one and form.fullmatch(path) for one, path in succeeded)
    }
    assert len(declared) == OPERATIONS
    assert not missing


@pytest.mark.parametrize("planted", ['{"b":2,"a":1}', '{"a":1}', '{"a":1,"b":"2"}'])
def test_a_planted_difference_is_caught(planted: str) -> None:
    step = {"rule": "planted", "status": 200, "answer": {"a": 1, "b": 2}}
    assert difference(step, 200, '{"a":1,"b":2}') is None
    assert difference(step, 201, '{"a":1,"b":2}') is not None
    assert difference(step, 200, planted) is not None
