"""Replay the transcripts: method, path and body to status and the exact answer, keys in order."""

import json
from pathlib import Path

import pytest

from cambist.dialects.btcex import DIALECT
from tests.dialects.btcex.broker import Broker
from tests.dialects.goldens import difference, media_type, operations, read, unwritten

FOLDER = Path(__file__).parent / "golden"
GOLDENS = sorted(FOLDER.glob("*.json"))
OPERATIONS = 26


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.stem)
async def test_answers_are_as_written_down(golden: Path) -> None:
    broker = Broker()
    for step in read(golden):
        sent = json.dumps(step["body"]).encode() if "body" in step else b""
        answer = await broker.ask(step["method"], step["path"], sent, **step.get("headers", {}))
        assert difference(step, answer.status_code, answer.text) is None
        assert answer.headers["content-type"] == media_type(step)
        assert answer.headers["cache-control"] == "no-store"
        is_kept = "btcex-test" not in step.get("headers", {}) and "dry" not in step.get("body", {})
        assert ("btcex-test" in answer.headers) is not is_kept


def test_every_operation_is_written_down() -> None:
    assert len(operations(DIALECT)) == OPERATIONS
    assert not unwritten(DIALECT, GOLDENS)
