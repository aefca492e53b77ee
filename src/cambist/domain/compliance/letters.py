"""Decide how letters of other alphabets are written in plain Latin ones, and how they sound."""

# The tables are made of letters that look like others: that is what they are for.
# ruff: noqa: RUF001

import re
import unicodedata

_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "ѓ": "g", "д": "d", "ђ": "dj",
        "е": "e", "ё": "e", "є": "e", "ж": "zh", "з": "z", "ѕ": "dz", "и": "i", "й": "y",
        "і": "i", "ї": "i", "ј": "j", "к": "k", "ќ": "k", "л": "l", "љ": "lj", "м": "m",
        "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "ch",
        "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "џ": "dzh", "ш": "sh",
        "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
    }
)  # fmt: skip

_GREEK = str.maketrans(
    {
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th",
        "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p",
        "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps",
        "ω": "o",
    }
)  # fmt: skip
# ELOT 743: pairs that are one sound.
_GREEK_PAIRS = (("γγ", "ng"), ("γκ", "gk"), ("ου", "ou"), ("αυ", "av"), ("ευ", "ev"))
_GREEK_FIRST = re.compile(r"\b(?:μπ|ντ)")
_GREEK_FIRST_LATIN = {"μπ": "b", "ντ": "d"}

_LATIN = str.maketrans(
    {
        "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
        "ı": "i", "ŋ": "n", "ə": "a", "ĸ": "k", "ŧ": "t",
    }
)  # fmt: skip
# Dropped: they join what they stand in (O'Brien, Д'Артаньян, al-Qa'im).
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼʹʻʿʾ")

# German writes ae for ä where there is no ä; Danish and Norwegian write aa for å.
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))

# What different countries write for one sound; longer spellings first.
_SPELLINGS = (
    ("schtsch", "s"), ("shch", "s"), ("tsch", "k"), ("sch", "s"), ("tch", "k"), ("dzh", "i"),
    ("kh", "k"), ("gh", "g"), ("gk", "g"), ("ph", "f"), ("th", "t"), ("sh", "s"), ("sz", "s"),
    ("sc", "s"),
    ("cz", "k"), ("ch", "k"), ("ck", "k"), ("zh", "z"), ("ts", "k"), ("tz", "k"), ("dj", "i"),
    ("ou", "u"), ("x", "ks"),
)  # fmt: skip
_ONE_SOUND = str.maketrans("cqwvyj", "kkffii")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = str.maketrans("", "", "aeiou")


def to_latin(text: str) -> str:
    """Write a text in lower-case Latin letters without marks; other scripts stay as they are."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    # Before marks go: a Cyrillic й is an и with a mark.
    text = unicodedata.normalize("NFKD", text.translate(_CYRILLIC))
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
    text = _GREEK_FIRST.sub(lambda pair: _GREEK_FIRST_LATIN[pair[0]], text)
    for pair, latin in _GREEK_PAIRS:
        text = text.replace(pair, latin)
    return text.translate(_GREEK).translate(_LATIN)


def without_umlauts(word: str) -> str:
    """Write `mueller` and `muller` the same way."""
    for pair, letter in _UMLAUTS:
        word = word.replace(pair, letter)
    return word


def sound(word: str) -> str:
    """Reduce a Latin word to how it sounds, so that `Jewgenij` and `Yevgeny` come near."""
    for spelling, letter in _SPELLINGS:
        word = word.replace(spelling, letter)
    word = word.translate(_ONE_SOUND).replace("ie", "e")
    return _DOUBLED.sub(r"\1", word)


def consonants(sounded: str) -> str:
    """Keep what is most stable of a sound between transliterations."""
    return sounded.translate(_VOWELS)
