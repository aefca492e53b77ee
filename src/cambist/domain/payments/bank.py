"""Decide what a line of a bank statement is to us, and how fiat leaves."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from cambist.domain.payments.states import BANK_PAYOUT, LINE, BankPayoutState, LineState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, OrderId, PartnerId

__all__ = [
    "END_TO_END_MAX",
    "BankLine",
    "BankPayout",
    "BankPayoutState",
    "LineState",
    "PayoutBatch",
    "bank_line_id",
    "batch_id",
    "end_to_end",
    "payout_id",
]

_NAMESPACE = uuid5(NAMESPACE_URL, "cambist:bank")

END_TO_END_MAX = 35


def bank_line_id(account: str, identity: str) -> UUID:
    """Derive a line's id from what the bank calls it, so none is booked twice."""
    return uuid5(_NAMESPACE, f"line/{account}/{identity}")


@dataclass(frozen=True, slots=True)
class BankLine:
    """Hold one line of a statement; `units` are positive, `credit` tells that they came in.

    `sealed` holds payer's name, account and text under a key of the house.
    """

    id: UUID
    account: str
    method: str
    credit: bool
    currency: str
    units: int
    booked_on: date
    reference: str
    state: LineState
    order_id: OrderId | None
    note: str
    sealed: str
    imported_at: datetime
    resolved_by: str | None

    def resolve(self, order_id: OrderId | None, by: str, note: str) -> "BankLine":
        """Take the line off the work list; without an order it is left in suspense.

        Raises:
            DomainError: INVALID_STATE when it is decided already.
        """
        target = LineState.LEFT if order_id is None else LineState.RESOLVED
        state = LINE.step(self.state, target)
        return replace(self, state=state, order_id=order_id, resolved_by=by, note=note)

    def send_back(self, by: str, note: str) -> "BankLine":
        """Decide that the money goes back to where it came from.

        Raises:
            DomainError: INVALID_STATE when it was decided otherwise, or no money came.
        """
        if not self.credit:
            raise DomainError(ErrorCode.INVALID_STATE, machine="bank_line")
        state = LINE.step(self.state, LineState.RETURNED)
        return replace(self, state=state, resolved_by=by, note=note)

    def make_own(self, by: str, note: str) -> "BankLine":
        """Decide that the money is the house's, whether it came or left.

        Raises:
            DomainError: INVALID_STATE when it was decided otherwise.
        """
        state = LINE.step(self.state, LineState.OWN)
        return replace(self, state=state, resolved_by=by, note=note)


def end_to_end(payout_id: UUID) -> str:
    """Write a payout's id as the bank carries it along: 32 characters."""
    return payout_id.hex.upper()


@dataclass(frozen=True, slots=True)
class BankPayout:
    """Hold one transfer to a customer's account; `sealed` holds account and name under his key.

    `returning` tells that it gives a buyer his money back. `number` counts an order's payouts.
    What goes back to somebody unknown has no order, partner and customer: `line_id` names the
    statement's line it came by, and `sealed` is under a key of the house.
    """

    id: UUID
    order_id: OrderId | None
    line_id: UUID | None
    partner_id: PartnerId | None
    customer_id: CustomerId | None
    number: int
    method: str
    currency: str
    units: int
    returning: bool
    state: BankPayoutState
    batch_id: UUID | None
    reason: str
    sealed: str
    created_at: datetime
    updated_at: datetime

    @property
    def owner(self) -> UUID:
        """Name the order or line the money belongs to, whose lock guards the payout."""
        owner = self.order_id or self.line_id
        if owner is None:
            raise LookupError("a payout of nothing")
        return owner

    def step(self, target: BankPayoutState, now: datetime) -> "BankPayout":
        """Move to a state the machine allows.

        Raises:
            DomainError: INVALID_STATE.
        """
        return replace(self, state=BANK_PAYOUT.step(self.state, target), updated_at=now)

    def export(self, batch_id: UUID, now: datetime) -> "BankPayout":
        """Put the payout into a file for the bank.

        Raises:
            DomainError: INVALID_STATE when it is in one already.
        """
        return replace(self.step(BankPayoutState.EXPORTED, now), batch_id=batch_id)


def payout_id(owner: UUID, number: int) -> UUID:
    """Derive the id of the so many-th payout of an order or line."""
    return uuid5(_NAMESPACE, f"payout/{owner}/{number}")


def batch_id(payouts: Iterable[UUID]) -> UUID:
    """Derive the id of the file that holds these payouts, in whatever order they are told."""
    return uuid5(_NAMESPACE, "batch/" + ",".join(sorted(map(str, payouts))))


@dataclass(frozen=True, slots=True)
class PayoutBatch:
    """Hold a file for the bank, written once; asked for again it is the same file."""

    id: UUID
    method: str
    currency: str
    count: int
    units: int
    document: bytes
    created_at: datetime
