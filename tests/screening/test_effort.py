"""Prove that a name of very many words costs its words, not every way to join them."""

from collections import Counter

import pytest

from cambist.domain.compliance import names
from cambist.domain.compliance.names import WORDS_MAX, FoldedName, fold, similarity_ppm, word_ppm

SYLLABLES = ("kamori", "shaten", "bolugo", "vicger", "danpet", "novaka", "tirelu", "semibo")


def long_name(first: int) -> FoldedName:
    """Make a name of as many words as are read, no two alike."""
    numbers = range(first, first + WORDS_MAX)
    return fold(" ".join(f"{SYLLABLES[n % 8]}{SYLLABLES[n // 8 % 8]}" for n in numbers))


def distinct(name: FoldedName) -> int:
    """Count the words of a name and of all its joinings."""
    return len({*name.words, *(word for words in name.joined for word in words)})


def test_two_words_are_compared_once_in_all_joinings(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: Counter[tuple[str, str]] = Counter()
    closeness = names._closeness

    def counted(one: str, other: str) -> int:
        compared[one, other] += 1
        return closeness(one, other)

    monkeypatch.setattr(names, "_closeness", counted)
    word_ppm.cache_clear()
    one, other = long_name(0), long_name(20)
    similarity_ppm(one, other)
    by_spelling_and_sound = 2
    assert sum(compared.values()) <= by_spelling_and_sound * distinct(one) * distinct(other)
