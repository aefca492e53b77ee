"""Decide how a Swedish bank transfer is asked for and found again: by an OCR number."""

import re

from schwifty import IBAN
from stdnum import luhn

from cambist.adapters.bank_files.accounts import (
    AccountFault,
    bic_of,
    looks_like_iban,
    read_iban,
    refuse,
    tidy,
)
from cambist.adapters.bank_files.amounts import check_payable
from cambist.adapters.bank_files.references import only, plain, spaced_numbers, ten_digits
from cambist.adapters.rails.se_bank.clearing import find, split
from cambist.domain.payments.rails import Method
from cambist.ports.rails import HouseAccount, Instructions, PayeeAccount

CURRENCIES = frozenset({"SEK"})
COUNTRY = "SE"
OCR_LENGTH = 12
"""Ten digits, the length's last digit, a check digit: as much as the shortest message holds."""

_NUMBER = re.compile(r"[0-9]+")
_DOMESTIC = re.compile(r"[0-9][0-9,.-]*", re.ASCII)
_DIGITS = range(8, 16)


class SwedishBankRail:
    """Speak the forms of Swedish bank transfers."""

    method = Method.SE_BANK
    currencies = CURRENCIES

    def reference(self, seed: int) -> str:
        """Write an OCR number with length digit; see `ten_digits` for the chance of two alike.

        Source: Bankgirot, OCR-referenskontroll (modulus 10, length before the check digit).
        """
        counted = f"{ten_digits(seed)}{OCR_LENGTH % 10}"
        return counted + luhn.calc_check_digit(counted)

    def normalize_reference(self, text: str) -> str | None:
        """Find the only number of our length whose length and check digits are right."""
        searched = plain(text)
        candidates = [*_NUMBER.findall(searched), *spaced_numbers(searched)]
        return only([candidate.lstrip("0") for candidate in candidates], _is_ours)

    def parse_account(self, text: str) -> PayeeAccount:
        """Read clearing number and account, or a Swedish IBAN.

        Raises:
            DomainError: FIELD_INVALID with field `bank_account` and a reason.
        """
        tidied = tidy(text)
        if looks_like_iban(tidied):
            iban = read_iban(tidied, {COUNTRY})
            return PayeeAccount(self.method, str(iban), str(iban), bic_of(iban))
        digits = "".join(_NUMBER.findall(tidied))
        if _DOMESTIC.fullmatch(tidied) is None or len(digits) not in _DIGITS:
            raise refuse(AccountFault.FORMAT)
        bank = find(digits)
        if bank is None:
            raise refuse(AccountFault.IBAN)
        parts = split(digits, bank)
        if parts is None:
            raise refuse(AccountFault.FORMAT)
        if not parts.checks:
            raise refuse(AccountFault.CHECK_DIGITS)
        iban = IBAN.from_bban(COUNTRY, parts.bban)
        number = f"{parts.clearing}-{parts.account}"
        return PayeeAccount(self.method, number, str(iban), bic_of(iban))

    def instructions(
        self, house: HouseAccount, units: int, currency: str, reference: str
    ) -> Instructions:
        """Tell how to pay; between accounts the reference is all the message there is.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED, AMOUNT_INVALID.
        """
        check_payable(units, currency, CURRENCIES)
        return Instructions(
            method=self.method,
            currency=currency,
            units=units,
            account=house.number,
            iban=house.iban,
            bic=house.bic or None,
            holder=house.name,
            reference=reference,
            message=reference,
            qr_payload=None,
            qr_kind=None,
        )


def _is_ours(digits: str) -> bool:
    right_length = len(digits) == OCR_LENGTH and digits[-2] == str(OCR_LENGTH % 10)
    return right_length and luhn.is_valid(digits)


RAIL = SwedishBankRail()
