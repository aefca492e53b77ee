"""Show that what is read and answered stays in proportion to what was sent."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from cambist.http import json_body
from cambist.http.forms import PAIRS_MAX, read_pairs
from cambist.http.refusals import VIOLATIONS_MAX, Fault, RefusedError, Violation, refuse


class Counted(str):
    """Be a key that counts how often it is compared."""

    __slots__ = ()
    comparisons = 0

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return super().__eq__(other)

    __hash__ = str.__hash__


class Empty(BaseModel):
    """Ask for nothing."""

    model_config = ConfigDict(extra="forbid")


def test_a_key_that_occurs_twice_is_found_without_comparing_all_with_all() -> None:
    pairs: list[tuple[str, Any]] = [(Counted(f"k{n}"), 1) for n in range(2_000)]
    Counted.comparisons = 0
    with pytest.raises(RefusedError) as refused:
        json_body._unique([*pairs, (Counted("k1999"), 2)])
    assert [one.path for one in refused.value.refusal.violations] == ["k1999"]
    assert Counted.comparisons < 10 * len(pairs)


@pytest.mark.parametrize(
    "pairs",
    [[(f"k{n}", "") for n in range(PAIRS_MAX + 1)], [("k", "")] * (PAIRS_MAX + 1)],
    ids=["other names", "one name"],
)
def test_a_query_of_hundreds_of_fields_is_not_read(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(RefusedError) as refused:
        read_pairs(Empty, iter(pairs))
    assert [one.code for one in refused.value.refusal.violations] == ["too-many-fields"]
    with pytest.raises(RefusedError) as refused:
        read_pairs(Empty, pairs[:PAIRS_MAX])
    assert refused.value.refusal.violations[0].code in ("extra-forbidden", "repeated")


def test_a_refusal_names_a_bounded_number_of_wrong_values() -> None:
    wrong = [Violation(f"k{n}", "This field is not known.", "extra-forbidden") for n in range(500)]
    told = refuse(Fault.FIELD_INVALID, *wrong).refusal.violations
    assert told == tuple(wrong[:VIOLATIONS_MAX])
