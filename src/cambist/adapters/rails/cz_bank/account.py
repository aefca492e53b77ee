"""Decide what is a Czech account: a number whose digits weigh up at a known bank, or its IBAN."""

import re
from dataclasses import dataclass

from schwifty import IBAN
from stdnum.cz import bankaccount
from stdnum.exceptions import InvalidChecksum, ValidationError

from cambist.adapters.bank_files.accounts import (
    AccountFault,
    bic_of,
    looks_like_iban,
    read_iban,
    refuse,
    tidy,
)

COUNTRY = "CZ"

_DOMESTIC = re.compile(r"(?:([0-9]{1,6})-)?([0-9]{2,10})/([0-9]{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class CzechAccount:
    """Hold an account as Czechs write it, `19-2000145399/0800`, with its IBAN."""

    number: str
    iban: str
    bic: str | None


def read_account(text: str) -> CzechAccount:
    """Read a domestic number or an IBAN.

    Source: decree 169/2011 of the Czech National Bank (weights, modulus 11, two digits not zero).

    Raises:
        DomainError: FIELD_INVALID.
    """
    tidied = tidy(text)
    if looks_like_iban(tidied):
        bban = str(read_iban(tidied, {COUNTRY}).bban)
        return _account(bban[4:10], bban[10:], bban[:4])
    found = _DOMESTIC.fullmatch(tidied)
    if found is None:
        raise refuse(AccountFault.FORMAT)
    return _account(found[1] or "", found[2], found[3])


def _account(prefix: str, number: str, bank: str) -> CzechAccount:
    plain = number.lstrip("0")
    if len(plain.replace("0", "")) < 2:
        raise refuse(AccountFault.FORMAT)
    try:
        bankaccount.validate(f"{prefix or '0'}-{number}/{bank}")
    except InvalidChecksum:
        raise refuse(AccountFault.CHECK_DIGITS) from None
    except ValidationError:
        raise refuse(AccountFault.BANK) from None
    iban = IBAN.from_bban(COUNTRY, bank + prefix.zfill(6) + number.zfill(10))
    kept = prefix.lstrip("0")
    domestic = f"{kept}-{plain}/{bank}" if kept else f"{plain}/{bank}"
    return CzechAccount(domestic, str(iban), bic_of(iban))
