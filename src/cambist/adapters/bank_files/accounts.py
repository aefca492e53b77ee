"""Decide what is a bank account: an IBAN whose digits check, and why any other text is none."""

from collections.abc import Container
from enum import StrEnum

from schwifty import IBAN
from schwifty.exceptions import (
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    SchwiftyException,
)

from cambist.kernel.errors import DomainError, ErrorCode

ACCOUNT_FIELD = "bank_account"
ACCOUNT_TEXT_MAX = 80


class AccountFault(StrEnum):
    """Name why a text is no account money can be sent to; IBAN asks for it in that form."""

    BANK = "bank"
    CHECK_DIGITS = "check-digits"
    COUNTRY = "country"
    FORMAT = "format"
    IBAN = "iban"


def refuse(fault: AccountFault) -> DomainError:
    """Make the refusal of an account; it does not repeat it."""
    return DomainError(ErrorCode.FIELD_INVALID, field=ACCOUNT_FIELD, reason=fault.value)


def tidy(text: str) -> str:
    """Take blanks and a leading word IBAN off an account as typed, in capitals.

    Raises:
        DomainError: FIELD_INVALID for what is too long or not plain ASCII.
    """
    if len(text) > ACCOUNT_TEXT_MAX:
        raise refuse(AccountFault.FORMAT)
    joined = "".join(text.split())
    if not joined.isascii():
        raise refuse(AccountFault.FORMAT)
    return joined.upper().removeprefix("IBAN").removeprefix(":")


def looks_like_iban(tidied: str) -> bool:
    """Tell whether a tidied text begins as an IBAN does: a country and two check digits."""
    return tidied[:2].isalpha() and tidied[2:4].isdigit()


def read_iban(tidied: str, countries: Container[str] | None = None) -> IBAN:
    """Read a tidied text as an IBAN of some countries, of all of SEPA when none are named.

    Whether anybody has that account is not known here.

    Raises:
        DomainError: FIELD_INVALID.
    """
    try:
        iban = IBAN(tidied)
    except (InvalidChecksumDigits, InvalidBBANChecksum):
        raise refuse(AccountFault.CHECK_DIGITS) from None
    except InvalidCountryCode:
        raise refuse(AccountFault.COUNTRY) from None
    except SchwiftyException:
        raise refuse(AccountFault.FORMAT) from None
    allowed = iban.in_sepa_zone if countries is None else iban.country_code in countries
    if not allowed:
        raise refuse(AccountFault.COUNTRY)
    return iban


def bic_of(iban: IBAN) -> str | None:
    """Name the bank of an IBAN, None when its code is in no register at hand."""
    return None if iban.bic is None else str(iban.bic)
