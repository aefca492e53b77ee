"""Take the code a customer got by SMS, or his word that he will not be called."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.trading import customer_of, go_on, open_case_of, own_trade
from cambist.app.writing import contact_of
from cambist.domain.compliance.cases import Case, CaseKind, CaseState
from cambist.domain.compliance.rules import still_required
from cambist.domain.messaging.codes import Outcome, Purpose, check, tries_left
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Trade
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork

REFUSED = "phone-refused"
PURPOSES = {CaseKind.PHONE: Purpose.PHONE, CaseKind.DEPOSIT: Purpose.DEPOSIT}


@dataclass(frozen=True, slots=True)
class ConfirmCode:
    """Carry a code as typed, or None when the customer refuses to be sent one."""

    order_id: OrderId
    partner_id: PartnerId | None
    kind: CaseKind
    code: str | None


@dataclass(frozen=True, slots=True)
class Tried:
    """Answer what the try was worth, and how many are left of this code."""

    outcome: Outcome
    tries_left: int


async def confirm_code(command: ConfirmCode, uow: UnitOfWork, now: datetime) -> Tried:
    """Let the order go on when the code is right; a wrong try counts, and is no refusal.

    Who refuses a code is looked at by a person instead; a refused deposit ends the order's wish
    to be paid from it, so the order is cancelled.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, CODE_EXPIRED when none was sent or it is too old,
            INSUFFICIENT_BALANCE when the money kept does not suffice.
    """
    customer = await customer_of(uow, command.order_id, command.partner_id)
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, command.kind)
    if command.code is None:
        await _refuse(uow, order, trade, case, now)
        return Tried(Outcome.OTHER, 0)
    purpose = PURPOSES[command.kind]
    sent = [c for c in await uow.codes.where("order_id", order.id) if c.purpose is purpose]
    live = max(sent, key=lambda code: code.created_at, default=None)
    if live is None:
        raise DomainError(ErrorCode.CODE_EXPIRED, field="code")
    tried, outcome = check(live, command.code, order.id, purpose, now)
    uow.codes.save(tried)
    if outcome is not Outcome.RIGHT:
        return Tried(outcome, tries_left(tried, now))
    phone = contact_of(uow.privacy, customer).get("phone", "")
    if tried.target_index.hex() != uow.privacy.index("phone", phone):
        return Tried(Outcome.EXPIRED, 0)
    proved = uow.privacy.index("phone", phone)
    uow.customers.save(replace(customer, phone_index=proved, updated_at=now))
    uow.cases.save(case.step(CaseState.ACCEPTED, now))
    order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
    trade = replace(trade, required=still_required(trade.required, case.kind))
    uow.trades.save(trade)
    await go_on(uow, order, trade, now)
    return Tried(outcome, 0)


async def _refuse(uow: UnitOfWork, order: Order, trade: Trade, case: Case, now: datetime) -> None:
    uow.cases.save(replace(case.step(CaseState.REJECTED, now), refused=True))
    order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
    if case.kind is CaseKind.DEPOSIT:
        uow.emit(order.step(OrderState.CANCELLED, now), EventName.ORDER_CANCELLED)
        return
    left = (*still_required(trade.required, case.kind), CaseKind.EDD.value)
    trade = replace(trade, required=tuple(dict.fromkeys(left)))
    uow.trades.save(trade)
    await go_on(uow, order, trade, now, (REFUSED,))
