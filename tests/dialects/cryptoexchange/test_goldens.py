"""Replay the transcripts: method, path and body to status and the exact answer, keys in order."""

from pathlib import Path

import httpx2
import pytest

from cambist.dialects.cryptoexchange import DIALECT
from tests.dialects.goldens import difference, media_type, operations, read, unwritten

FOLDER = Path(__file__).parent / "golden"
GOLDENS = sorted(FOLDER.glob("*.json"))
OPERATIONS = 11


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.stem)
async def test_answers_are_as_written_down(golden: Path, client: httpx2.AsyncClient) -> None:
    for step in read(golden):
        body = {"json": step["body"]} if "body" in step else {}
        response = await client.request(step["method"], step["path"], **body)
        assert difference(step, response.status_code, response.text) is None
        assert response.headers["content-type"] == media_type(step)
        assert response.headers["cache-control"] == "no-store"


def test_every_operation_is_written_down() -> None:
    assert len(operations(DIALECT)) == OPERATIONS
    assert not unwritten(DIALECT, GOLDENS)
