"""Decide which of many listed names are worth comparing with a name, and compare those."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from cambist.adapters.screening.entries import Entry
from cambist.domain.compliance.letters import consonants
from cambist.domain.compliance.matching import BIRTH_SAME_PPM, weigh
from cambist.domain.compliance.names import FoldedName, Word, fold, similarity_ppm
from cambist.ports.screening import ALIASES_MAX, Hit, Subject

Compare = Callable[[FoldedName, FoldedName], int]


class NameIndex:
    """Find a list's names by the consonants of their words, one of which may be wrong.

    A name is compared when two words (or its only one) share a block; who shares none differs in
    two consonants a word, which no similarity forgives in names of usual length.
    """

    def __init__(
        self, list_name: str, entries: Sequence[Entry], compare: Compare = similarity_ppm
    ) -> None:
        self._list_name = list_name
        self._compare = compare
        self._entries = tuple(entries)
        self._names: list[tuple[int, str, FoldedName]] = []
        self._blocks: dict[str, list[int]] = {}
        for position, entry in enumerate(self._entries):
            for name in entry.names:
                self._add(position, name)

    def hits(self, subject: Subject, threshold_ppm: int) -> list[Hit]:
        """List entries at or above a threshold, each once with its best name, in no order."""
        best: dict[int, tuple[int, str]] = {}
        for name in (subject.name, *subject.aliases[:ALIASES_MAX]):
            folded = fold(name)
            for number in self._candidates(folded):
                position, listed, listed_folded = self._names[number]
                ppm = self._compare(folded, listed_folded)
                if ppm >= threshold_ppm - BIRTH_SAME_PPM and ppm > best.get(position, (0, ""))[0]:
                    best[position] = (ppm, listed)
        found = []
        for position, (ppm, listed) in best.items():
            entry = self._entries[position]
            score = weigh(ppm, subject.birth_date, entry.born, subject.country, entry.countries)
            if score >= threshold_ppm:
                found.append(Hit(self._list_name, entry.entry_id, listed, score, entry.program))
        return found

    def _add(self, position: int, name: str) -> None:
        number = len(self._names)
        folded = fold(name)
        self._names.append((position, name, folded))
        for block in {block for blocks in _blocks(folded) for block in blocks}:
            self._blocks.setdefault(block, []).append(number)

    def _candidates(self, folded: FoldedName) -> list[int]:
        shared: Counter[int] = Counter()
        for blocks in _blocks(folded):
            shared.update({number for block in blocks for number in self._blocks.get(block, ())})
        wanted = _whole_words(folded)
        return [
            number
            for number, words in shared.items()
            if words >= min(2, wanted, _whole_words(self._names[number][2]))
        ]


def _whole_words(folded: FoldedName) -> int:
    """Count words that are more than an initial (of one letter or two), at least one."""
    return max(1, sum(len(word.text) > 2 for word in folded.words))


def _blocks(folded: FoldedName) -> Iterable[set[str]]:
    """Give the blocks of each word; words written together are looked for as they are."""
    for word in {*folded.words}:
        skeleton = _skeleton(word)
        blocks = {skeleton}
        if len(skeleton) > 1:
            blocks |= {skeleton[:at] + skeleton[at + 1 :] for at in range(len(skeleton))}
        yield blocks
    for word in {word for words in folded.joined for word in words} - {*folded.words}:
        yield {_skeleton(word)}


def _skeleton(word: Word) -> str:
    return consonants(word.sound) or word.sound
