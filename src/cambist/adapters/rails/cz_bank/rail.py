"""Decide how a Czech bank transfer is asked for and found again: by its variable symbol."""

import re

from stdnum.cz import bankaccount

from cambist.adapters.bank_files.amounts import amount_text, check_payable
from cambist.adapters.bank_files.references import only, plain, spaced_numbers, ten_digits
from cambist.adapters.rails.cz_bank.account import read_account
from cambist.adapters.rails.cz_bank.spayd import spayd
from cambist.domain.payments.rails import Method
from cambist.ports.rails import HouseAccount, Instructions, PayeeAccount

CURRENCIES = frozenset({"CZK"})
SYMBOL_LENGTH = 10

_LABELLED = re.compile(
    r"(?<![A-Za-z])(?:v\.?\s?s\.?|variabiln[ií]\s(?:symbol|s\.))[\s:./=#-]{0,3}([0-9](?: ?[0-9])*)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?:[0-9]{1,6}-)?(?<![0-9])[0-9]{2,10} ?/ ?[0-9]{4}(?![0-9])")
_NUMBER = re.compile(r"[0-9]+")


class CzechBankRail:
    """Speak the forms of Czech bank transfers."""

    method = Method.CZ_BANK
    currencies = CURRENCIES

    def reference(self, seed: int) -> str:
        """Write a variable symbol of ten digits; see `ten_digits` for the chance of two alike."""
        return ten_digits(seed)

    def normalize_reference(self, text: str) -> str | None:
        """Find a variable symbol: one called so, else the only number of ten digits.

        Leading zeros and single blanks inside do not matter; digits of an account are no symbol.
        """
        searched = plain(text)
        unlabelled = _ACCOUNT.sub(_without_account, searched)
        for candidates in (
            [form for digits in _LABELLED.findall(searched) for form in _readings(digits)],
            _NUMBER.findall(unlabelled),
            spaced_numbers(unlabelled),
        ):
            stripped = [candidate.lstrip("0") for candidate in candidates]
            symbol = only(stripped, lambda digits: len(digits) == SYMBOL_LENGTH)
            if symbol is not None:
                return symbol
        return None

    def parse_account(self, text: str) -> PayeeAccount:
        """Read `19-2000145399/0800` or a Czech IBAN.

        Raises:
            DomainError: FIELD_INVALID with field `bank_account` and a reason.
        """
        account = read_account(text)
        return PayeeAccount(self.method, account.number, account.iban, account.bic)

    def instructions(
        self, house: HouseAccount, units: int, currency: str, reference: str
    ) -> Instructions:
        """Tell how to pay, with a QR code unless the amount is beyond what one can ask for.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED, AMOUNT_INVALID.
        """
        check_payable(units, currency, CURRENCIES)
        account = f"{house.iban}+{house.bic}" if house.bic else house.iban
        message = f"VS{reference}"
        payload = spayd(account, amount_text(units, currency), house.name, message, reference)
        return Instructions(
            method=self.method,
            currency=currency,
            units=units,
            account=house.number,
            iban=house.iban,
            bic=house.bic or None,
            holder=house.name,
            reference=reference,
            message=message,
            qr_payload=payload,
            qr_kind="SPD" if payload else None,
        )


def _readings(digits: str) -> tuple[str, str]:
    # A blank may stand inside the symbol, or end it.
    return digits.partition(" ")[0], digits.replace(" ", "")


def _without_account(found: re.Match[str]) -> str:
    number = found[0].replace(" ", "")
    return "|" if bankaccount.is_valid(number) else found[0]


RAIL = CzechBankRail()
