"""Book one line of a bank statement, once: to its order, to its payout, or to the work list."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from cambist.app.banking_steps import (
    SEAL_PURPOSE,
    Receipt,
    close_payout,
    close_return,
    find_order,
    payout_of,
    receive_fiat,
)
from cambist.domain.ledger.accounts import rail_account
from cambist.domain.ledger.trading import fiat_unexplained, fiat_unmatched
from cambist.domain.payments.bank import BankLine, BankPayout, LineState, bank_line_id
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork

TEXT_MAX = 500


class Booked(StrEnum):
    """Name what became of a line."""

    MATCHED = "matched"
    WAITING = "waiting"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class BookLine:
    """Carry a statement's line; `identity` is what the bank calls it, `references` all its texts.

    `units` are positive; `name` and `counter_account` are the other side's.
    """

    account: str
    identity: str
    method: str
    credit: bool
    currency: str
    units: int
    booked_on: date
    references: tuple[str, ...]
    end_to_end: str | None
    name: str | None
    counter_account: str | None
    is_return: bool
    text: str


@dataclass(frozen=True, slots=True)
class BookedLine:
    """Answer what became of the line."""

    line_id: UUID
    booked: Booked
    order_id: OrderId | None


async def book_line(command: BookLine, uow: UnitOfWork, now: datetime) -> BookedLine:
    """Book the line unless it was booked before; what fits nothing waits for a person.

    Raises:
        DomainError: FIELD_INVALID for a rail we do not have, RATE_UNAVAILABLE when changed terms
            cannot be stated; nothing is booked then, and the line comes again.
    """
    line_id = bank_line_id(command.account, command.identity)
    payout = await payout_of(uow, (command.end_to_end or "", *command.references))
    sent_back = {payout.line_id} if payout is not None and payout.line_id is not None else set()
    if line_id in await uow.bank_lines.lock(sorted({line_id} | sent_back)):
        return BookedLine(line_id, Booked.KNOWN, None)
    if command.credit and payout is None:
        found = await _credit(uow, command, now)
    elif payout is not None and command.units == payout.units:
        found = await _close(uow, command, payout, line_id, now)
    else:
        found = _waiting("payout-unknown")
    if found.state is LineState.WAITING:
        _suspend(uow, command, line_id)
    uow.bank_lines.add(_line(uow, command, line_id, found, now))
    booked = Booked.MATCHED if found.state is LineState.MATCHED else Booked.WAITING
    return BookedLine(line_id, booked, found.order_id)


@dataclass(frozen=True, slots=True)
class _Found:
    """Tell what a line is: whose, by what it was recognised, or why nobody's."""

    state: LineState
    order_id: OrderId | None
    reference: str
    note: str


def _matched(order_id: OrderId | None, reference: str) -> _Found:
    return _Found(LineState.MATCHED, order_id, reference, "")


def _waiting(note: str) -> _Found:
    return _Found(LineState.WAITING, None, "", note)


async def _close(
    uow: UnitOfWork, command: BookLine, payout: BankPayout, line_id: UUID, now: datetime
) -> _Found:
    """Settle a payout, or take it back."""
    if payout.line_id is not None:
        if not await close_return(uow, payout, command.credit, line_id, now):
            return _waiting("payout-state")
        return _waiting("sent-back") if command.credit else _matched(None, str(payout.id))
    order_id = await close_payout(uow, payout, command.credit, line_id, now)
    return _matched(order_id, str(payout.id)) if order_id else _waiting("payout-state")


async def _credit(uow: UnitOfWork, command: BookLine, now: datetime) -> _Found:
    """Find whose money it is; tell the order, or why there is none."""
    rail = uow.rail(command.method)
    found = (rail.normalize_reference(text) for text in command.references)
    references = [reference for reference in found if reference]
    order_id, reference = await find_order(uow, references, _fiat(command), command.name or "")
    if order_id is None:
        return _waiting("no-order")
    receipt = Receipt(
        bank_line_id(command.account, command.identity),
        command.units,
        command.booked_on,
        command.name or "",
        command.counter_account or "",
    )
    taken = await receive_fiat(uow, order_id, receipt, now)
    return _matched(order_id, reference) if taken else _waiting("order-over")


def _fiat(command: BookLine) -> tuple[str, str, int]:
    return command.method, command.currency, command.units


def _suspend(uow: UnitOfWork, command: BookLine, line_id: UUID) -> None:
    rail = rail_account(command.method, command.currency)
    recipe = fiat_unmatched if command.credit else fiat_unexplained
    uow.ledger.post(recipe(rail, command.units), f"bank:{line_id}", None)


def _line(
    uow: UnitOfWork,
    command: BookLine,
    line_id: UUID,
    found: _Found,
    now: datetime,
) -> BankLine:
    told = {
        "name": command.name or "",
        "account": command.counter_account or "",
        "text": command.text[:TEXT_MAX],
        "references": " | ".join(command.references)[:TEXT_MAX],
    }
    return BankLine(
        id=line_id,
        account=command.account,
        method=command.method,
        credit=command.credit,
        currency=command.currency,
        units=command.units,
        booked_on=command.booked_on,
        reference=found.reference,
        state=found.state,
        order_id=found.order_id,
        note=found.note,
        sealed=uow.privacy.seal_own(SEAL_PURPOSE, line_id, told),
        imported_at=now,
        resolved_by=None,
    )
