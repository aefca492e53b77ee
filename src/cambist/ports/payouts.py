"""Say what a file of payouts for the bank is made of, and why one cannot be written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from cambist.ports.rails import HouseAccount, PayeeAccount


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """Hold one transfer; `end_to_end` comes back in the statement, at most 35 plain characters."""

    end_to_end: str
    units: int
    currency: str
    account: PayeeAccount
    name: str
    message: str


class PayoutFault(StrEnum):
    """Name why a file of payouts cannot be written."""

    AMOUNT = "amount"
    COUNT = "count"
    CURRENCY = "currency"
    DUPLICATE = "duplicate"
    IDENTIFIER = "identifier"


class PayoutFileError(Exception):
    """Refuse to write a file; `index` is the transfer's place from 0, None for the whole file."""

    def __init__(self, fault: PayoutFault, index: int | None = None) -> None:
        super().__init__(fault.value if index is None else f"{fault.value} of transfer {index}")
        self.fault = fault
        self.index = index


class PayoutWriter(Protocol):
    """Write a file for the bank."""

    def __call__(
        self,
        house: HouseAccount,
        batch_id: str,
        created_at: datetime,
        execution: date,
        lines: Sequence[PayoutLine],
    ) -> bytes:
        """Write the file; the same arguments give the same bytes.

        Raises:
            PayoutFileError: something in it is not what a bank takes.
        """
