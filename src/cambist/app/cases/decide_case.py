"""Decide a submitted case: let the order go on, ask again, or end it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from cambist.app.assessing import needs_a_look
from cambist.app.giving_back import (
    PAYER_UNKNOWN,
    give_back,
    give_back_to,
    pay_again,
    return_crypto,
)
from cambist.app.trading import (
    CAME_BACK,
    REVERTED,
    STRANGER,
    UNASKED,
    customer_of,
    own_trade,
    pass_case,
)
from cambist.domain.compliance.cases import STAFF_ONLY, Case, CaseKind, CaseState, undecided
from cambist.domain.compliance.rules import Reason
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.states import CheckState
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Trade
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import CaseId, OrderId
from cambist.ports.uow import UnitOfWork

PAYING = {
    CAME_BACK: pay_again,
    REVERTED: pay_again,
    PAYER_UNKNOWN: give_back_to,
    UNASKED: return_crypto,
}
"""What accepting a case means that is about where money goes; there is nothing to refuse in it."""


class Decision(StrEnum):
    """Name what a reviewer decides: pass, ask the customer again, or end the order."""

    ACCEPT = "accept"
    AGAIN = "again"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class DecideCase:
    """Carry a decision about the case an order waits for; `reason` is a code, `remark` words.

    `account` names another bank account for a payout the bank sent back, or the address crypto
    goes back to whose owner cannot be asked. `told` is the customer's
    sealed identity as the reviewer saw it, None when that is of no matter.
    """

    order_id: OrderId
    case_id: CaseId
    decision: Decision
    reviewer: str
    reason: str = ""
    remark: str = ""
    account: str = ""
    told: str | None = None


async def decide_case(command: DecideCase, uow: UnitOfWork, now: datetime) -> None:
    """Record the decision with who made it, and take the order where it leads.

    Nothing is accepted of a customer while a list hit stands that nobody has cleared.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN when nothing is submitted, INVALID_STATE,
            CONFLICT when the customer has told something else meanwhile.
    """
    customer = await customer_of(uow, command.order_id, None)
    order, trade = await own_trade(uow, command.order_id, None)
    case = undecided(await uow.cases.where("order_id", order.id))
    if case is None or case.id != command.case_id or case.state is not CaseState.SUBMITTED:
        raise DomainError(ErrorCode.CASE_NOT_OPEN, case=case.kind.value if case else "")
    if command.told is not None and command.told != customer.identity:
        raise DomainError(ErrorCode.CONFLICT)
    match command.decision:
        case Decision.ACCEPT:
            await _accept(uow, command, customer, order, trade, case, now)
        case Decision.AGAIN:
            _ask_again(uow, command, customer, order, trade, case, now)
        case Decision.REJECT:
            await _reject(uow, command, customer, order, trade, case, now)
        case _ as unreachable:
            assert_never(unreachable)


async def _accept(
    uow: UnitOfWork,
    command: DecideCase,
    customer: Customer,
    order: Order,
    trade: Trade,
    case: Case,
    now: datetime,
) -> None:
    if customer.is_flagged:
        raise DomainError(ErrorCode.INVALID_STATE, machine="screening", state="flagged")
    known = _judge(uow, customer, case, now, accepted=True)
    case = replace(case, reviewer=command.reviewer)
    pay = next((PAYING[reason] for reason in case.reasons if reason in PAYING), None)
    if pay is not None:
        uow.cases.save(case.step(CaseState.ACCEPTED, now))
        order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
        await pay(uow, order, trade, command.account, now)
        return
    if case.kind is CaseKind.IDENTITY and await needs_a_look(uow, known, now):
        trade = replace(trade, required=tuple(dict.fromkeys((*trade.required, CaseKind.EDD.value))))
    if Reason.NAME_MISMATCH in case.reasons:
        trade = _without_stranger(uow, customer, trade)
    await pass_case(uow, order, trade, case, now)


def _without_stranger(uow: UnitOfWork, customer: Customer, trade: Trade) -> Trade:
    """Note that a person found nothing wrong with who paid."""
    details = uow.privacy.open(customer.sealing_key, customer.id, trade.sealed)
    details.pop(STRANGER, None)
    return replace(trade, sealed=uow.privacy.seal(customer.sealing_key, customer.id, details))


def _ask_again(
    uow: UnitOfWork,
    command: DecideCase,
    customer: Customer,
    order: Order,
    trade: Trade,
    case: Case,
    now: datetime,
) -> None:
    if case.kind in STAFF_ONLY:
        raise DomainError(ErrorCode.INVALID_STATE, machine="case", state=case.kind.value)
    _judge(uow, customer, case, now, accepted=False)
    again = case.reopen(command.reason, command.remark, command.reviewer, now)
    uow.cases.save(again)
    if not (order.received or trade.fiat_received):
        order = replace(order, expires_at=again.expires_at)
    told = {"case": case.kind.value, "case_id": str(case.id), "reason": command.reason}
    uow.emit(order, EventName.ORDER_CASE_REJECTED, **told)


async def _reject(
    uow: UnitOfWork,
    command: DecideCase,
    customer: Customer,
    order: Order,
    trade: Trade,
    case: Case,
    now: datetime,
) -> None:
    _judge(uow, customer, case, now, accepted=False)
    decided = replace(case.step(CaseState.REJECTED, now), reviewer=command.reviewer)
    reasons = (command.reason,) if command.reason else ()
    uow.cases.save(replace(decided, reasons=reasons, remark=command.remark))
    if trade.filled or not PAYING.keys().isdisjoint(case.reasons):
        raise DomainError(ErrorCode.INVALID_STATE, machine="trade", state=order.state.value)
    if order.confirmed or trade.fiat_received:
        await give_back(uow, order, trade, now)
        return
    uow.emit(order.step(OrderState.REJECTED, now), EventName.ORDER_FAILED, case=case.kind.value)


def _judge(
    uow: UnitOfWork, customer: Customer, case: Case, now: datetime, *, accepted: bool
) -> Customer:
    """Carry the decision over to what is known of the customer.

    Raises:
        DomainError: INVALID_STATE for accepting what was rejected meanwhile for another order.
    """
    after = customer
    if case.kind is CaseKind.IDENTITY and customer.identity_state is CheckState.SUBMITTED:
        after = customer.judge_identity(accepted, now)
    if case.kind is CaseKind.AML and customer.declaration_state is CheckState.SUBMITTED:
        after = customer.judge_declaration(accepted, now)
    if after != customer:
        uow.customers.save(after)
    states = {CaseKind.IDENTITY: after.identity_state, CaseKind.AML: after.declaration_state}
    if accepted and states.get(case.kind, CheckState.ACCEPTED) is not CheckState.ACCEPTED:
        raise DomainError(ErrorCode.INVALID_STATE, machine="check", state=states[case.kind].value)
    return after
