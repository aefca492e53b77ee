"""Say what a bank can do for us, and what a simulated one can be told."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from cambist.ports.rails import HouseAccount


@dataclass(frozen=True, slots=True)
class BankStatement:
    """Hold a camt.053 document; `number` is what its receipt names."""

    number: int
    document: bytes


class PaymentFileRefusedError(Exception):
    """The bank took nothing of a file of payments; `reason` is a plain word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BankPort(Protocol):
    """Be the bank that keeps our accounts.

    As over EBICS it is the bank that remembers what we have: a statement is offered until its
    receipt is given, so that whoever dies between reading and booking gets it again.
    """

    async def statement(self) -> BankStatement | None:
        """Fetch what was booked since the last receipt, bounded; None when there is nothing."""

    async def acknowledge(self, number: int) -> None:
        """Give the receipt of a statement that was booked; an older one changes nothing."""

    async def submit(self, document: bytes) -> None:
        """Hand over a pain.001 file; one the bank has already (by its message id) changes nothing.

        Raises:
            PaymentFileRefusedError: nothing of it is executed.
        """


@dataclass(frozen=True, slots=True)
class IncomingTransfer:
    """Tell of money that somebody sends to an account of ours; texts as he typed them."""

    units: int
    reference: str
    from_name: str
    from_account: str


class BankControl(Protocol):
    """Move a simulated bank."""

    async def transfer(self, to: HouseAccount, transfer: IncomingTransfer) -> UUID:
        """Book money on an account of ours; it is on the next statement.

        Raises:
            DomainError: AMOUNT_TOO_LARGE.
        """

    async def send_back(self, end_to_end: str, reason: str) -> UUID:
        """Return a payment the bank has executed, once; it is on the next statement.

        Raises:
            DomainError: NOT_FOUND when there is none, INVALID_STATE when it came back already.
        """

    async def is_read(self) -> bool:
        """Tell whether we have given the receipt of everything the bank has booked."""
