"""Decide that the fast copy of an aggregate is the standard one, checks of its class included."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import pytest

from cambist.domain.pricing.terms import Terms
from cambist.kernel.errors import DomainError
from cambist.kernel.replacing import replace


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold two fields."""

    first: int
    second: str = ""


@dataclass(frozen=True, kw_only=True)
class Named:
    """Hold fields that have no place."""

    first: int
    second: int


@dataclass
class Derived:
    """Hold a field its constructor does not take."""

    first: int
    second: int = field(init=False, default=0)


@pytest.mark.parametrize("changes", [{}, {"first": 2}, {"second": "b"}, {"first": 3, "second": ""}])
def test_copy_is_the_one_the_standard_library_makes(changes: dict[str, Any]) -> None:
    pair = Pair(1, "a")
    assert replace(pair, **changes) == dataclasses.replace(pair, **changes)
    assert pair == Pair(1, "a")


def test_copy_is_checked_like_any_other() -> None:
    with pytest.raises(DomainError):
        replace(Terms(0), commission_ppm=-1)


def test_unknown_field_is_refused() -> None:
    changes: dict[str, Any] = {"third": 1}
    with pytest.raises(TypeError, match="third"):
        replace(Pair(1), **changes)


@pytest.mark.parametrize("item", [Named(first=1, second=2), Derived(1)])
def test_class_whose_fields_have_no_place_is_refused(item: Named | Derived) -> None:
    with pytest.raises(TypeError, match="positional"):
        replace(item, first=2)
