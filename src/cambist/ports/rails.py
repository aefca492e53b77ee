"""Say what a fiat rail can tell: references, accounts, how to pay; pure, no network."""

from dataclasses import dataclass
from typing import Protocol

from cambist.domain.payments.rails import Method


@dataclass(frozen=True, slots=True)
class HouseAccount:
    """Hold one account of ours; `number` is in the rail's own form."""

    method: Method
    currency: str
    number: str
    iban: str
    bic: str
    name: str


@dataclass(frozen=True, slots=True)
class Instructions:
    """Tell a payer how to pay `units` of a currency; `qr_kind` is `SPD`, `EPC` or None."""

    method: Method
    currency: str
    units: int
    account: str
    iban: str | None
    bic: str | None
    holder: str
    reference: str
    message: str
    qr_payload: str | None
    qr_kind: str | None


@dataclass(frozen=True, slots=True)
class PayeeAccount:
    """Hold a customer's account, normalized."""

    method: Method
    number: str
    iban: str
    bic: str | None


class Rail(Protocol):
    """Speak one rail's forms."""

    @property
    def method(self) -> Method:
        """Name the rail."""

    @property
    def currencies(self) -> frozenset[str]:
        """List the currencies it carries."""

    def reference(self, seed: int) -> str:
        """Write the reference of a positive integer below 2**52."""

    def normalize_reference(self, text: str) -> str | None:
        """Find a reference of ours in a statement's free text, None when there is none."""

    def parse_account(self, text: str) -> PayeeAccount:
        """Read an account as a customer writes it.

        Raises:
            DomainError: FIELD_INVALID with field `bank_account`.
        """

    def instructions(
        self, house: HouseAccount, units: int, currency: str, reference: str
    ) -> Instructions:
        """Tell how to pay."""
