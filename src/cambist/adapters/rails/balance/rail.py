"""Decide how money kept with us is paid from: at once, without account, reference or code."""

from cambist.adapters.bank_files.accounts import AccountFault, refuse
from cambist.adapters.bank_files.amounts import check_payable
from cambist.adapters.bank_files.references import check_seed
from cambist.domain.market.assets import FIAT
from cambist.domain.payments.rails import Method
from cambist.ports.rails import HouseAccount, Instructions, PayeeAccount

CURRENCIES = frozenset(asset.code for asset in FIAT)


class BalanceRail:
    """Speak the forms of the balance, which has none."""

    method = Method.BALANCE
    currencies = CURRENCIES

    def reference(self, seed: int) -> str:
        """Give no reference: nothing has to be found again."""
        check_seed(seed)
        return ""

    def normalize_reference(self, text: str) -> str | None:
        """Find nothing in any text."""
        return None

    def parse_account(self, text: str) -> PayeeAccount:
        """Refuse any account: a balance is paid out over another rail.

        Raises:
            DomainError: FIELD_INVALID with field `bank_account` and a reason.
        """
        raise refuse(AccountFault.FORMAT)

    def instructions(
        self, house: HouseAccount, units: int, currency: str, reference: str
    ) -> Instructions:
        """Tell that there is nothing to do but to have the money.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED, AMOUNT_INVALID.
        """
        check_payable(units, currency, CURRENCIES)
        return Instructions(
            method=self.method,
            currency=currency,
            units=units,
            account="",
            iban=None,
            bic=None,
            holder=house.name,
            reference="",
            message="",
            qr_payload=None,
            qr_kind=None,
        )


RAIL = BalanceRail()
