"""Send money that fits no order back to the account it came from, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.app.banking_steps import PAYOUT_PURPOSE, SEAL_PURPOSE
from cambist.domain.ledger.trading import fiat_going_back
from cambist.domain.payments.bank import (
    BankLine,
    BankPayout,
    BankPayoutState,
    LineState,
    payout_id,
)
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.uow import UnitOfWork

ONLY = 1
"""The number of a line's payout: what comes back again is a line of its own."""


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Name a line on the work list, or one left in suspense, and who decides, with his words."""

    line_id: UUID
    by: str
    note: str


async def return_line(command: ReturnLine, uow: UnitOfWork, now: datetime) -> UUID:
    """Queue a payout to whoever sent the money and return its id; decided before, it is the same.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE when the line was decided otherwise or is no credit,
            FIELD_INVALID when it names no account, or one its rail cannot pay to.
    """
    line = await uow.bank_lines.get(command.line_id)
    key = payout_id(line.id, ONLY)
    if line.state is LineState.RETURNED:
        return key
    uow.bank_lines.save(line.send_back(command.by, command.note))
    payee = _payee(uow, line)
    uow.ledger.post(fiat_going_back(line.currency, line.units), f"returning:{line.id}", None)
    uow.bank_payouts.add(
        BankPayout(
            id=key,
            order_id=None,
            line_id=line.id,
            partner_id=None,
            customer_id=None,
            number=ONLY,
            method=line.method,
            currency=line.currency,
            units=line.units,
            returning=True,
            state=BankPayoutState.QUEUED,
            batch_id=None,
            reason="",
            sealed=uow.privacy.seal_own(PAYOUT_PURPOSE, key, payee),
            created_at=now,
            updated_at=now,
        )
    )
    return key


def _payee(uow: UnitOfWork, line: BankLine) -> dict[str, str]:
    """Read whom the line came from, as far as its rail can pay there."""
    told = uow.privacy.open_own(SEAL_PURPOSE, line.id, line.sealed)
    rail = uow.rail(line.method)
    if line.currency not in rail.currencies:
        raise DomainError(ErrorCode.FIELD_INVALID, field="currency")
    return {"account": rail.parse_account(told["account"]).number, "name": told["name"]}
