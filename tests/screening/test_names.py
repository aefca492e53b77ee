"""Names of one person are alike however written; names of two are not; wrong comparers fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.compliance.names import (
    PPM,
    WORDS_MAX,
    FoldedName,
    fold,
    similarity_ppm,
)
from tests.screening import planted
from tests.screening.judging import CompareTexts, missed, mistaken

TEXTS = st.text(max_size=60)


def compare(one: str, other: str) -> int:
    return similarity_ppm(fold(one), fold(other))


def texts(name: FoldedName) -> list[str]:
    return [word.text for word in name.words]


def test_names_of_one_person_are_recognised() -> None:
    assert missed(compare) == []


def test_names_of_two_people_are_told_apart() -> None:
    assert mistaken(compare) == []


@pytest.mark.parametrize("wrong", [planted.exact_only, planted.all_words, planted.whole_string])
def test_cases_catch_a_comparer_that_misses(wrong: CompareTexts) -> None:
    assert missed(wrong) != []


@pytest.mark.parametrize("wrong", [planted.substring, planted.any_word])
def test_cases_catch_a_comparer_that_hits_too_much(wrong: CompareTexts) -> None:
    assert mistaken(wrong) != []


@given(TEXTS, TEXTS)
def test_similarity_is_symmetrical_and_bounded(one: str, other: str) -> None:
    assert 0 <= compare(one, other) == compare(other, one) <= PPM


@given(st.lists(st.text("abdefghiklmnorstuv", min_size=3, max_size=12), min_size=1, max_size=5))
def test_order_of_words_does_not_matter(words: list[str]) -> None:
    assert compare(" ".join(words), " ".join(reversed(words))) == PPM


def test_titles_degrees_and_particles_are_no_part_of_a_name() -> None:
    assert texts(fold("Prof. Ing. Karel van der Novotka, CSc., Ph.D.")) == ["karel", "novotka"]


def test_a_name_of_particles_only_stays_a_name() -> None:
    assert texts(fold("Van Le")) == ["van", "le"]


def test_a_name_of_a_title_only_is_read_as_it_stands() -> None:
    assert texts(fold("Dr.")) == ["dr"]


def test_a_name_without_letters_has_no_words() -> None:
    assert fold(" -.,_' ").words == ()


def test_letters_of_another_alphabet_among_latin_ones_hide_nobody() -> None:
    assert compare("Iv\N{CYRILLIC SMALL LETTER A}n Sidorov", "Ivan Sidorov") == PPM


def test_a_script_without_a_table_is_compared_as_it_is() -> None:
    assert compare("王小明", "王小明") == PPM


def test_a_long_name_is_read_to_a_bound() -> None:
    assert len(fold("Anna " * 10_000).words) <= WORDS_MAX
