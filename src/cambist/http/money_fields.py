"""Decide how accounts and whole amounts are read from the wire: exact, checked, without echo."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.cz import bankaccount
from stdnum.exceptions import InvalidComponent
from stdnum.exceptions import ValidationError as NumberError

IBAN_MAX = 42
ACCOUNT_MAX = 42
MONEY_MAX = 10**15 * 9
"""Below 2**53, so that every reader of JSON counts it exactly; 21 million BTC are 2.1 * 10**15."""

_IBAN = re.compile(r"[A-Za-z0-9 ]+", re.ASCII)
_CZECH = re.compile(r"(?:[0-9]{1,6}-)?[0-9]{2,10}/[0-9]{4}", re.ASCII)
_DIGITS = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_CZECH_BANK = slice(4, 8)
_CZECH_PREFIX = slice(8, 14)
_CZECH_NUMBER = slice(14, 24)


class AccountFault(StrEnum):
    """Name what can be wrong with accounts and amounts; the code of a violation."""

    BANK_ACCOUNT_INVALID = "bank-account-invalid"
    IBAN_INVALID = "iban-invalid"
    INTEGER_EXPECTED = "integer-expected"


FAULTS: Mapping[AccountFault, str] = {
    AccountFault.BANK_ACCOUNT_INVALID: "An IBAN or a Czech account number is expected.",
    AccountFault.IBAN_INVALID: "An IBAN is expected; its check digits must be right.",
    AccountFault.INTEGER_EXPECTED: f"A whole number from 1 to {MONEY_MAX} is expected.",
}


def _wrong(fault: AccountFault) -> PydanticCustomError:
    return PydanticCustomError(fault.value, FAULTS[fault])


def _iban(text: str) -> str:
    iban = _read_iban(text)
    if iban is None:
        raise _wrong(AccountFault.IBAN_INVALID)
    return iban


def _read_iban(text: str) -> str | None:
    """Write an IBAN without blanks, None when structure or check digits are wrong."""
    if _IBAN.fullmatch(text) is None:
        return None
    try:
        iban = str(IBAN(text).compact)
    except SchwiftyException:
        return None
    return None if iban.startswith("CZ") and not _has_czech_checks(iban) else iban


def _has_czech_checks(iban: str) -> bool:
    """Tell whether prefix and number inside a Czech IBAN carry their own check digits.

    The list of banks may be older than a bank; the IBAN's check digits cover its code.
    """
    number = f"{iban[_CZECH_PREFIX]}-{iban[_CZECH_NUMBER]}/{iban[_CZECH_BANK]}"
    try:
        bankaccount.validate(number)
    except InvalidComponent:
        return True
    except NumberError:
        return False
    return True


def _czech_iban(number: str) -> str | None:
    """Write a Czech account number as IBAN, None when a check digit or the bank is wrong."""
    try:
        account, _, bank = bankaccount.validate(number).partition("/")
    except NumberError:
        return None
    return str(IBAN.from_bban("CZ", bank + account.replace("-", "")).compact)


def _bank_account(text: str) -> str:
    bare = text.strip(" ")
    iban = _czech_iban(bare) if _CZECH.fullmatch(bare) else _read_iban(bare)
    if iban is None:
        raise _wrong(AccountFault.BANK_ACCOUNT_INVALID)
    return iban


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MONEY_MAX:
        raise _wrong(AccountFault.INTEGER_EXPECTED)
    return value


def _query_integer(value: Any) -> int:
    if not isinstance(value, str) or _DIGITS.fullmatch(value) is None:
        raise _wrong(AccountFault.INTEGER_EXPECTED)
    return _integer(int(value))


Iban = Annotated[
    str,
    Field(max_length=IBAN_MAX, json_schema_extra={"examples": ["CZ6508000000192000145399"]}),
    AfterValidator(_iban),
]
"""An IBAN with right check digits (a Czech one inside as well); becomes capitals, no blanks."""

BankAccount = Annotated[
    str,
    Field(max_length=ACCOUNT_MAX, json_schema_extra={"examples": ["19-2000145399/0800"]}),
    AfterValidator(_bank_account),
]
"""An IBAN or a Czech domestic account number; becomes an IBAN."""

MoneyInteger = Annotated[
    int,
    BeforeValidator(_integer),
    Field(json_schema_extra={"minimum": 1, "maximum": MONEY_MAX}),
]
"""A positive whole number of the smallest units: a JSON integer, nothing that becomes one."""

QueryMoneyInteger = Annotated[
    int,
    BeforeValidator(_query_integer),
    Field(json_schema_extra={"minimum": 1, "maximum": MONEY_MAX}),
]
"""The same in a query: digits only, no sign, no leading zero."""
