"""Ship wrong comparers: each makes one classic mistake that the cases must catch."""

import difflib
import unicodedata

from cambist.domain.compliance.names import PPM


def exact_only(one: str, other: str) -> int:
    """Compare letter by letter: what a project has before it thinks of this."""
    return PPM if one.casefold() == other.casefold() else 0


def substring(one: str, other: str) -> int:
    """Take whatever is contained for the same."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    return PPM if short in long else 0


def any_word(one: str, other: str) -> int:
    """Take one word in common for enough."""
    return PPM if {*_plain(one).split()} & {*_plain(other).split()} else 0


def whole_string(one: str, other: str) -> int:
    """Compare whole strings by edits, blind to the order of words and to alphabets."""
    return int(difflib.SequenceMatcher(None, _plain(one), _plain(other)).ratio() * PPM)


def all_words(one: str, other: str) -> int:
    """Compare sets of words, blind to typos and initials."""
    return PPM if {*_plain(one).split()} == {*_plain(other).split()} else 0


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    kept = (c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(kept).split())
