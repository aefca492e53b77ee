"""Decide how names and messages are written where banks read plain letters only."""

import re
import unicodedata

from cambist.domain.compliance.letters import to_latin

NOT_PROVIDED = "NOTPROVIDED"
LETTERED_MAX = 1_000

# EPC217-08: what every bank of SEPA must take.
_OTHERS = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_WORD = re.compile(r"[^\W\d_]+")
_SLASHES = re.compile(r"//+")
_IDENTIFIER = re.compile(r"[A-Za-z0-9?:().,'+\-](?:[A-Za-z0-9/?:().,'+\- ]*[A-Za-z0-9?:().,'+\-])?")


def bank_text(text: str, limit: int) -> str:
    """Write a text in the SEPA character set, cut to `limit`; empty when nothing can be written.

    Other alphabets are transliterated; slashes neither begin, end nor follow each other
    (EPC217-08).
    """
    composed = unicodedata.normalize("NFC", text[:LETTERED_MAX])
    latin = _OTHERS.sub(" ", _WORD.sub(_transliterate, composed))
    single = _SLASHES.sub("/", " ".join(latin.split()))
    return single.strip("/ ")[:limit].strip("/ ")


def bank_name(name: str, limit: int) -> str:
    """Write a name in the SEPA character set; NOT_PROVIDED when none of its letters can be."""
    return bank_text(name, limit) or NOT_PROVIDED


def is_identifier(text: str, limit: int) -> bool:
    """Tell whether a text can be an identifier in a bank's file as it stands."""
    return len(text) <= limit and _IDENTIFIER.fullmatch(text) is not None and "//" not in text


def _transliterate(word: re.Match[str]) -> str:
    letters = word[0]
    if letters.isascii():
        return letters
    latin = to_latin(letters)
    if len(letters) > 1 and letters.isupper():
        return latin.upper()
    return latin[:1].upper() + latin[1:] if letters[0].isupper() else latin
