"""Show that a transcript misses nothing: a difference, or an operation nobody wrote down."""

from pathlib import Path

import pytest

from cambist.dialects.cryptoexchange import DIALECT
from tests.dialects.goldens import difference, operations, unwritten

GOLDENS = sorted((Path(__file__).parent / "cryptoexchange" / "golden").glob("*.json"))


@pytest.mark.parametrize(
    "planted",
    [
        '{"b":2,"a":1}',
        '{"a":1}',
        '{"a":1,"b":2,"c":3}',
        '{"a":1,"b":"2"}',
    ],
)
def test_a_planted_difference_is_caught(planted: str) -> None:
    step = {"rule": "planted", "status": 200, "answer": {"a": 1, "b": 2}}
    assert difference(step, 200, '{"a":1,"b":2}') is None
    assert difference(step, 201, '{"a":1,"b":2}') is not None
    assert difference(step, 200, planted) is not None


def test_an_operation_without_a_transcript_is_caught() -> None:
    kept = [golden for golden in GOLDENS if golden.stem != "rates"]
    assert len(kept) == len(GOLDENS) - 1
    assert unwritten(DIALECT, kept) == {("GET", "/v1/rates")}
    assert unwritten(DIALECT, []) == operations(DIALECT)


def test_a_refused_call_writes_no_operation_down() -> None:
    refusals = [golden for golden in GOLDENS if golden.stem == "refusals"]
    assert unwritten(DIALECT, refusals) == operations(DIALECT)
