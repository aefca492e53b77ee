"""Say what a line of a bank statement tells, and how a statement that cannot be read is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import BinaryIO, Protocol

from cambist.domain.payments.rails import Flow


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Hold one booked payment on an account of ours.

    `account` is our IBAN or number as the bank writes it, without blanks. `identity` is the same
    whenever the bank tells of this payment again, in whatever file, and differs for any two
    payments. `references` are all texts a reference may stand in. `name` and `counter_account`
    are the other side's. `is_return` tells that it undoes an earlier payment.
    """

    account: str
    flow: Flow
    units: int
    currency: str
    booked_on: date
    valued_on: date | None
    identity: str
    references: tuple[str, ...]
    end_to_end: str | None
    name: str | None
    counter_account: str | None
    is_return: bool
    return_reason: str | None
    text: str


class StatementFault(StrEnum):
    """Name why a statement cannot be read."""

    ACCOUNT = "account"
    AMOUNT = "amount"
    CURRENCY = "currency"
    DATE = "date"
    DEPTH = "depth"
    DIRECTION = "direction"
    DOCTYPE = "doctype"
    KIND = "kind"
    SIZE = "size"
    XML = "xml"


class StatementError(Exception):
    """Refuse a statement at a line of its file; never quotes what stands there."""

    def __init__(self, fault: StatementFault, line: int) -> None:
        super().__init__(f"{fault.value} at line {line}")
        self.fault = fault
        self.line = line


class StatementReader(Protocol):
    """Read a statement a line at a time."""

    def __call__(self, stream: BinaryIO) -> Iterator[StatementLine]:
        """Walk the booked lines in the file's order, in memory that does not grow with the file.

        Lines before a fault have been told by then: whoever books them must bear a line twice.

        Raises:
            StatementError: the file cannot be read any further.
        """
