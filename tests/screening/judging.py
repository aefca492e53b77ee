"""Decide whether something that compares names may be trusted: what it takes for one person."""

from collections.abc import Callable

from cambist.domain.compliance.matching import MATCH_PPM
from tests.screening.cases import DIFFERENT, SAME

CompareTexts = Callable[[str, str], int]


def missed(compare: CompareTexts) -> list[tuple[str, str]]:
    """List pairs that are one person but not taken for one, in either direction."""
    return [
        pair for pair in SAME if compare(*pair) < MATCH_PPM or compare(pair[1], pair[0]) < MATCH_PPM
    ]


def mistaken(compare: CompareTexts) -> list[tuple[str, str]]:
    """List pairs that are two people but taken for one, in either direction."""
    return [
        pair
        for pair in DIFFERENT
        if compare(*pair) >= MATCH_PPM or compare(pair[1], pair[0]) >= MATCH_PPM
    ]
