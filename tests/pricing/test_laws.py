"""Prove that prices keep the laws, and that the laws catch who does not."""

from collections.abc import Callable

import pytest

from cambist.domain.pricing.deals import price
from tests.pricing.laws import LAWS, Case, Pricer, broken, judge
from tests.pricing.planted import PLANTED


@pytest.mark.parametrize("law", LAWS)
def test_every_price_keeps_the_law(law: Callable[[Pricer, Case], None]) -> None:
    judge(price, law, 300)


@pytest.mark.parametrize("name", PLANTED)
def test_wrong_version_breaks_a_law(name: str) -> None:
    assert broken(PLANTED[name]) != []
