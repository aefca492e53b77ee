"""Decide how alike two people's names are, however they are spelt, ordered or shortened."""

import re
from dataclasses import dataclass
from functools import lru_cache

from cambist.domain.compliance.letters import consonants, sound, to_latin, without_umlauts

NAME_LENGTH_MAX = 300
WORDS_MAX = 12
WORD_LENGTH_MAX = 40
PAIRS_KEPT_MAX = 1 << 15
"""Pairs of words whose likeness is remembered; some 10 MB."""
PPM = 1_000_000
INITIAL_PPM = 800_000
"""What an initial is worth beside the name it may stand for."""
WORD_PPM_MIN = 700_000
"""Words less alike than this are different words."""
SOUND_PENALTY_PPM = 30_000
SKELETON_PPM = 800_000
"""What words of the same SKELETON_MIN or more consonants are worth, whatever their vowels."""
SKELETON_MIN = 4
LETTER = 2
"""Weight of a letter; edits weigh against it, so that short words bear few of them."""
EDIT = 3
MILD_EDIT = 2
"""Cost of a swap of neighbours and of a vowel more, less or other; any other edit costs EDIT."""

HONORIFICS = frozenset(
    {
        "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "ing", "mgr", "bc", "bca", "judr", "mudr",
        "phdr", "rndr", "mvdr", "pharmdr", "phd", "csc", "mba", "dipl", "sir", "dame", "lord",
        "lady", "hon", "herr", "frau", "pan", "pani", "pane", "jr", "sr", "sheikh", "shaikh",
        "shaykh", "sheik", "mullah", "mulla", "maulavi", "hajji", "haji", "hadji", "gen", "col",
        "maj", "capt", "lt", "sgt",
    }
)  # fmt: skip
PARTICLES = frozenset(
    {
        "al", "el", "ul", "ad", "ar", "as", "bin", "ben", "ibn", "bint", "van", "von", "vom",
        "zu", "zum", "zur", "de", "der", "den", "del", "della", "di", "da", "do", "dos", "du",
        "la", "le", "of", "the",
    }
)  # fmt: skip
# One letter elsewhere, two in Latin: the initial of `Юрий` is written Yu.
_LONG_INITIALS = frozenset({"ch", "ja", "ju", "kh", "sh", "ts", "ya", "yu", "zh"})

_DEGREES = re.compile(r"\b(?:(?:ph|th)\.\s?d|c\.\s?sc)\b")
_WORDS = re.compile(r"[^\W_]+")
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Word:
    """Hold a folded word of a name and how it sounds."""

    text: str
    sound: str


@dataclass(frozen=True, slots=True)
class FoldedName:
    """Hold a name as its words, and again with neighbours written together (`abd al rahman`)."""

    words: tuple[Word, ...]
    joined: tuple[tuple[Word, ...], ...]


def fold(name: str) -> FoldedName:
    """Read a name as a set of plain Latin words, without marks, titles and particles.

    Particles (`al`, `van`) go as long as two words remain. At most WORDS_MAX words of
    WORD_LENGTH_MAX letters are read. A name without a letter or digit has no words.
    """
    text = _DEGREES.sub(" ", to_latin(name[:NAME_LENGTH_MAX]))
    found = [without_umlauts(word)[:WORD_LENGTH_MAX] for word in _WORDS.findall(text)[:WORDS_MAX]]
    plain = [word for word in found if word not in HONORIFICS] or found
    joined = []
    for at in range(len(plain) - 1):
        joined.append(_joining(plain, at, 2))
        if at + 2 < len(plain) and plain[at + 1] in PARTICLES:
            joined.append(_joining(plain, at, 3))
    return FoldedName(_spoken(plain), tuple(_spoken(words) for words in joined))


def similarity_ppm(one: FoldedName, other: FoldedName) -> int:
    """Tell how alike two names are in millionths; symmetrical, blind to the order of words.

    A word one side lacks weighs little once two words agree, and fully before; initials count
    beside at least one whole word; neighbours may be written together on one side.
    """
    if not one.words or not other.words:
        return 0
    best = _agreement(one.words, other.words)
    if best < PPM:
        for words in one.joined:
            best = max(best, _agreement(words, other.words))
        for words in other.joined:
            best = max(best, _agreement(one.words, words))
    return best


# A long name is compared with thousands, in many joinings, of ever the same words.
@lru_cache(PAIRS_KEPT_MAX)
def word_ppm(one: Word, other: Word) -> int:
    """Tell how alike two words are in millionths, 0 when they are different words."""
    if one.text == other.text:
        return PPM
    if _by_initial(one, other):
        return INITIAL_PPM
    spelt = _closeness(one.text, other.text)
    spoken = _closeness(one.sound, other.sound) - SOUND_PENALTY_PPM
    skeleton = consonants(one.sound)
    if len(skeleton) >= SKELETON_MIN and skeleton == consonants(other.sound):
        spoken = max(spoken, SKELETON_PPM)
    best = max(spelt, spoken)
    return best if best >= WORD_PPM_MIN else 0


def _by_initial(one: Word, other: Word) -> bool:
    """Tell whether one word is the initial of the other."""
    short, long = (one, other) if len(one.text) <= len(other.text) else (other, one)
    if len(short.text) == 1:
        return short.text == long.text[0]
    is_longer = len(short.text) < len(long.text)
    return is_longer and short.text in _LONG_INITIALS and long.sound.startswith(short.sound)


def _joining(words: list[str], at: int, count: int) -> list[str]:
    return [*words[:at], "".join(words[at : at + count])[:WORD_LENGTH_MAX], *words[at + count :]]


def _spoken(words: list[str]) -> tuple[Word, ...]:
    kept = [word for word in words if word not in PARTICLES]
    return tuple(Word(text, sound(text)) for text in (kept if len(kept) > 1 else words))


def _agreement(one: tuple[Word, ...], other: tuple[Word, ...]) -> int:
    """Pair words, the most alike first, and weigh what agrees by its letters."""
    rated = sorted(
        ((word_ppm(a, b), i, k) for i, a in enumerate(one) for k, b in enumerate(other)),
        key=lambda rating: (-rating[0], -len(one[rating[1]].text), rating[1], rating[2]),
    )
    left, right = set(range(len(one))), set(range(len(other)))
    shared = weight = whole = agreeing = 0
    for ppm, i, k in rated:
        if i not in left or k not in right:
            continue
        left.remove(i)
        right.remove(k)
        letters = len(one[i].text) + len(other[k].text)
        shared += ppm * letters
        weight += letters
        agreeing += ppm > 0
        whole += ppm > 0 and not _by_initial(one[i], other[k])
    if not whole:
        return 0
    lacking = sum(len(one[i].text) for i in left) + sum(len(other[k].text) for k in right)
    return 4 * shared // (4 * weight + (lacking if agreeing > 1 else 4 * lacking))


def _closeness(one: str, other: str) -> int:
    whole = LETTER * max(len(one), len(other))
    bearable = (PPM - WORD_PPM_MIN) * whole // PPM
    # Letters one side lacks cost at least this: no need to look closer.
    if whole == 0 or MILD_EDIT * abs(len(one) - len(other)) > bearable:
        return 0
    return max(0, (whole - _distance(one, other, bearable)) * PPM // whole)


def _distance(one: str, other: str, bearable: int) -> int:
    """Sum the cheapest edits between two words (optimal string alignment).

    Once no way is bearable any more, all letters of both words is the answer.
    """
    costs = [_cost(letter) for letter in other]
    before: list[int] = []
    above = [0]
    for cost in costs:
        above.append(above[-1] + cost)
    for i, a in enumerate(one):
        lost = _cost(a)
        row = [above[0] + lost]
        for k, b in enumerate(other):
            changed = above[k] + (0 if a == b else max(lost, costs[k]))
            cheapest = min(changed, above[k + 1] + lost, row[k] + costs[k])
            if i and k and a == other[k - 1] and one[i - 1] == b:
                cheapest = min(cheapest, before[k - 1] + MILD_EDIT)
            row.append(cheapest)
        # A swap reaches back one row, so two rows must be too dear.
        if min(row) > bearable and min(above) > bearable:
            return LETTER * (len(one) + len(other))
        before, above = above, row
    return above[-1]


def _cost(letter: str) -> int:
    return MILD_EDIT if letter in _VOWELS else EDIT
