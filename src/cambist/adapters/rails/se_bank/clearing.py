"""Decide what is a Swedish account: which bank a clearing number is, and how its digits check."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn


class Rule(StrEnum):
    """Name how an account is checked and becomes the 17 digits of an IBAN after the bank's three.

    TAIL and WHOLE: seven digits, weighed modulo 11 together with the clearing number without its
    first digit, or with all of it; the IBAN holds both. PERSONAL: ten digits by Luhn, alone in
    the IBAN. NINE: nine digits modulo 11, alone in the IBAN. FIVE: a clearing number of five
    digits and up to ten digits, each by Luhn, both in the IBAN.
    """

    TAIL = "tail"
    WHOLE = "whole"
    PERSONAL = "personal"
    NINE = "nine"
    FIVE = "five"


@dataclass(frozen=True, slots=True)
class Clearing:
    """Hold a range of clearing numbers, the bank's id in IBANs, and its rule."""

    first: int
    last: int
    bank: str
    rule: Rule


_T, _W, _P, _N, _F = Rule.TAIL, Rule.WHOLE, Rule.PERSONAL, Rule.NINE, Rule.FIVE

# Sources: Bankgirot, Bankernas kontonummer; Bankinfrastruktur i Sverige, IBAN-ID och BIC. Ranges
# whose conversion is not told the same way everywhere are left out: their owners give an IBAN.
_RANGES = tuple(
    Clearing(first, last, bank, rule)
    for first, last, bank, rule in (
        (1100, 1199, "300", _T), (1200, 1399, "120", _T), (1400, 2099, "300", _T),
        (2300, 2399, "230", _W), (2400, 2499, "120", _T), (3000, 3299, "300", _T),
        (3300, 3300, "300", _P), (3301, 3399, "300", _T), (3400, 3409, "902", _T),
        (3410, 3781, "300", _T), (3782, 3782, "300", _P), (3783, 3999, "300", _T),
        (4000, 4999, "300", _W), (5000, 5999, "500", _T), (6000, 6999, "600", _N),
        (7000, 7999, "800", _T), (8000, 8999, "800", _F), (9020, 9029, "902", _W),
        (9040, 9049, "904", _W), (9060, 9069, "902", _T), (9100, 9109, "910", _W),
        (9120, 9124, "500", _T), (9130, 9149, "500", _T), (9150, 9169, "915", _W),
        (9170, 9179, "917", _T), (9190, 9199, "919", _W), (9230, 9239, "923", _T),
        (9250, 9259, "925", _T), (9260, 9269, "919", _W), (9270, 9279, "927", _T),
        (9280, 9289, "928", _T), (9390, 9399, "939", _W), (9470, 9479, "947", _W),
        (9550, 9569, "955", _W), (9570, 9579, "957", _P), (9590, 9599, "959", _W),
        (9630, 9639, "963", _T), (9640, 9649, "964", _W), (9660, 9669, "966", _W),
        (9670, 9679, "967", _W), (9700, 9709, "970", _W), (9780, 9789, "978", _W),
    )
)  # fmt: skip
_FIRSTS = tuple(clearing.first for clearing in _RANGES)


@dataclass(frozen=True, slots=True)
class Parts:
    """Hold a number split: clearing of four or five digits, account padded to its length."""

    clearing: str
    account: str
    checks: bool
    bban: str


def find(digits: str) -> Clearing | None:
    """Find whose number begins so; None for a clearing number not in the table."""
    at = bisect_right(_FIRSTS, int(digits[:4])) - 1
    found = _RANGES[at] if at >= 0 else None
    return found if found is not None and int(digits[:4]) <= found.last else None


def split(digits: str, found: Clearing) -> Parts | None:
    """Split a number of a known bank and check it; None when its length is wrong."""
    width = 5 if found.rule is Rule.FIVE else 4
    clearing, account = digits[:width], digits[width:]
    match found.rule:
        case Rule.TAIL | Rule.WHOLE:
            skipped = 1 if found.rule is Rule.TAIL else 0
            checks = _modulo_11((clearing + account)[skipped:])
            return _parts(found, clearing, account, 7, checks)
        case Rule.PERSONAL:
            return _parts(found, clearing, account, 10, luhn.is_valid(account))
        case Rule.NINE:
            padded = account.zfill(9) if len(account) == 8 else account
            return _parts(found, clearing, padded, 9, _modulo_11(padded))
        case Rule.FIVE:
            checks = luhn.is_valid(clearing) and luhn.is_valid(account)
            padded = account.zfill(10) if account else account
            return _parts(found, clearing, padded, 10, checks)


def _parts(found: Clearing, clearing: str, account: str, length: int, checks: bool) -> Parts | None:
    if len(account) != length:
        return None
    alone = found.rule in (Rule.PERSONAL, Rule.NINE)
    inside = account if alone else clearing + account
    return Parts(
        clearing, account, checks and account.strip("0") != "", found.bank + inside.zfill(17)
    )


def _modulo_11(digits: str) -> bool:
    # Weights 1, 2, 3 ... 10 from the right, and again from 1.
    return sum(int(digit) * (at % 10 + 1) for at, digit in enumerate(reversed(digits))) % 11 == 0
