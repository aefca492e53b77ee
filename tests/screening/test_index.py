"""A long list is searched by a few comparisons, and none of them is missing."""

import random

import pytest

from cambist.adapters.screening.entries import Entry
from cambist.adapters.screening.index import NameIndex
from cambist.domain.compliance.matching import MATCH_PPM
from cambist.domain.compliance.names import FoldedName, fold, similarity_ppm
from cambist.ports.screening import Subject
from tests.screening.cases import SAME
from tests.screening.files import invented, slip

LONG = 20_000
COMPARISONS_MAX = LONG // 10
COMPARISONS_MEAN_MAX = LONG // 100


class Counting:
    """Compare, and count."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, one: FoldedName, other: FoldedName) -> int:
        self.count += 1
        return similarity_ppm(one, other)


def entries(names: list[str]) -> list[Entry]:
    return [Entry(str(number), (name,), (), frozenset(), "p") for number, name in enumerate(names)]


@pytest.fixture(scope="module")
def long_index() -> tuple[NameIndex, Counting]:
    counting = Counting()
    return NameIndex("long", entries(invented(LONG)), counting), counting


def test_a_long_list_needs_few_comparisons(long_index: tuple[NameIndex, Counting]) -> None:
    index, counting = long_index
    compared = []
    for name in invented(LONG)[:: LONG // 50]:
        counting.count = 0
        hits = index.hits(Subject(name), MATCH_PPM)
        assert name in {hit.matched_name for hit in hits}
        compared.append(counting.count)
    assert max(compared) <= COMPARISONS_MAX
    assert sum(compared) <= COMPARISONS_MEAN_MAX * len(compared)


def test_a_stranger_costs_little_on_a_long_list(long_index: tuple[NameIndex, Counting]) -> None:
    index, counting = long_index
    counting.count = 0
    assert index.hits(Subject("Xiomara Fitzcarraldo-Þorvaldsdóttir"), MATCH_PPM) == []
    assert counting.count <= COMPARISONS_MAX


def test_blocks_lose_nothing_that_comparing_everything_finds() -> None:
    names = invented(400)
    index = NameIndex("short", entries(names))
    folded = [(name, fold(name)) for name in names]
    chance = random.Random(11)
    lost = []
    for name in names[::8]:
        sought = slip(name, chance)
        found = {hit.matched_name for hit in index.hits(Subject(sought), MATCH_PPM)}
        for listed, listed_folded in folded:
            if similarity_ppm(fold(sought), listed_folded) >= MATCH_PPM and listed not in found:
                lost.append((sought, listed))
    assert lost == []


@pytest.mark.parametrize(("sought", "listed"), SAME)
def test_blocks_keep_every_pair_of_one_person(sought: str, listed: str) -> None:
    assert NameIndex("one", entries([listed])).hits(Subject(sought), MATCH_PPM)
    assert NameIndex("one", entries([sought])).hits(Subject(listed), MATCH_PPM)


def test_an_entry_is_one_hit_with_its_best_name() -> None:
    entry = Entry("7", ("Iwan Sidoroff", "Ivan Sidorov"), (), frozenset(), "p")
    (hit,) = NameIndex("list", [entry]).hits(
        Subject("Olga Nova", aliases=("Ivan Sidorov",)), MATCH_PPM
    )
    assert (hit.matched_name, hit.score_ppm, hit.key) == ("Ivan Sidorov", 1_000_000, "list:7")
