"""Decide how a SEPA transfer is asked for and found again: by its RF creditor reference."""

import re

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from cambist.adapters.bank_files.accounts import bic_of, read_iban, tidy
from cambist.adapters.bank_files.amounts import amount_text, check_payable
from cambist.adapters.bank_files.references import check_seed, only, plain
from cambist.adapters.rails.sepa.epc import epc
from cambist.domain.payments.rails import Method
from cambist.ports.rails import HouseAccount, Instructions, PayeeAccount

CURRENCIES = frozenset({"EUR"})
DIGITS = 16
"""Digits of a reference after RF and its check digits: every number of 52 bits has its own."""

# Looked for at every place, for texts run together may begin one inside another.
_RF = re.compile(rf"(?=R ?F((?:[ .:/-]?[0-9]){{{DIGITS + 2}}}))", re.IGNORECASE)


class SepaRail:
    """Speak the forms of SEPA credit transfers."""

    method = Method.SEPA
    currencies = CURRENCIES

    def reference(self, seed: int) -> str:
        """Write a creditor reference of 20 letters (ISO 11649); no two seeds share one."""
        payload = f"{check_seed(seed):0{DIGITS}d}"
        return f"RF{mod_97_10.calc_check_digits(payload + 'RF')}{payload}"

    def normalize_reference(self, text: str) -> str | None:
        """Find the only creditor reference of our length with the right check digits."""
        candidates = [iso11649.compact(f"RF{found}") for found in _RF.findall(plain(text))]
        return only(candidates, iso11649.is_valid)

    def parse_account(self, text: str) -> PayeeAccount:
        """Read an IBAN of a SEPA country.

        Raises:
            DomainError: FIELD_INVALID with field `bank_account` and a reason.
        """
        iban = read_iban(tidy(text))
        return PayeeAccount(self.method, str(iban), str(iban), bic_of(iban))

    def instructions(
        self, house: HouseAccount, units: int, currency: str, reference: str
    ) -> Instructions:
        """Tell how to pay, with a QR code unless the amount is beyond what SEPA moves.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED, AMOUNT_INVALID.
        """
        check_payable(units, currency, CURRENCIES)
        amount = amount_text(units, currency)
        payload = epc(house.bic, house.name, house.iban, units, amount, reference)
        return Instructions(
            method=self.method,
            currency=currency,
            units=units,
            account=house.iban,
            iban=house.iban,
            bic=house.bic or None,
            holder=house.name,
            reference=reference,
            message=iso11649.format(reference),
            qr_payload=payload,
            qr_kind="EPC" if payload else None,
        )


RAIL = SepaRail()
