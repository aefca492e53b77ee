"""Decide what walks share: browsers of their own, and what holds for every letter."""

import itertools
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.house import House
from tests.e2e.visitor import Visitor

Meet = Callable[[], Visitor]
_numbers = itertools.count(1)


@pytest.fixture
def meet(house: House) -> Iterator[Meet]:
    """Let somebody new come, with a browser and a network (a /64) of his own."""
    with ExitStack() as stack:

        def come() -> Visitor:
            visitor = Visitor(house.root, f"2001:db8:0:{next(_numbers):x}::1")
            stack.callback(visitor.close)
            return visitor

        yield come


@pytest.fixture
def read_back(house: House, meet: Meet) -> Callable[[str, Collection[str]], list[str]]:
    """Read the letters to somebody: each link in them opens once, the used ones no more.

    Gives the letters' subjects without the order's number, in their order.
    """

    def read(to: str, used: Collection[str]) -> list[str]:
        letters = house.mails(to)
        for link in [link for letter in letters for link in letter["links"]]:
            if link not in used:
                assert meet().follow(link).status == 200, link
            late = meet().follow(link)
            assert late.status == 410, link
            assert "This link works no more" in late.words
        return [letter["subject"].partition(": ")[2] for letter in letters]

    return read
