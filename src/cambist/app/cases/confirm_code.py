"""Take the code a customer got by SMS, or his word that he will not be called."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.assessing import why
from cambist.app.charging import open_purse, spend
from cambist.app.trading import customer_of, go_on, open_case_of, own_trade, pass_case
from cambist.app.writing import contact_of
from cambist.domain.compliance.cases import Case, CaseKind, CaseState
from cambist.domain.compliance.rules import still_required
from cambist.domain.identity.customers import Customer
from cambist.domain.messaging.budgets import Scope, Spending
from cambist.domain.messaging.codes import OneTimeCode, Outcome, Purpose, check, tries_left
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Trade
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.privacy import Privacy
from cambist.ports.uow import UnitOfWork

REFUSED = "phone-refused"
PURPOSES = {CaseKind.PHONE: Purpose.PHONE, CaseKind.DEPOSIT: Purpose.DEPOSIT}


@dataclass(frozen=True, slots=True)
class ConfirmCode:
    """Carry a code as typed, or None when the customer refuses to be sent one.

    `address` is the IP of whoever types, for his budget of wrong tries; empty when nobody knows.
    """

    order_id: OrderId
    partner_id: PartnerId | None
    kind: CaseKind
    code: str | None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """Answer what the try was worth, and how many are left of this code."""

    outcome: Outcome
    tries_left: int


async def confirm_code(command: ConfirmCode, uow: UnitOfWork, now: datetime) -> Tried:
    """Let the order go on when the code is right; a wrong try counts, and is no refusal.

    A wrong try is charged to the number, the address and the house (T64). Once one of them has
    none left nothing is compared any more, so that no refusal can undo a count.

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
        await _refuse(uow, customer, order, trade, case, now)
        return Tried(Outcome.OTHER, 0)
    purpose = PURPOSES[command.kind]
    sent = [c for c in await uow.codes.where("order_id", order.id) if c.purpose is purpose]
    live = max(sent, key=lambda code: code.created_at, default=None)
    if live is None:
        raise DomainError(ErrorCode.CODE_EXPIRED, field="code")
    purse = await open_purse(uow, Spending.WRONG_TRY, _charged(command, live, uow.privacy), now)
    if not purse.has_room:
        return Tried(Outcome.SPENT, 0)
    tried, outcome = check(live, command.code, order.id, purpose, now)
    uow.codes.save(tried)
    if outcome is Outcome.WRONG:
        spend(uow, purse)
    if outcome is not Outcome.RIGHT:
        return Tried(outcome, tries_left(tried, now))
    phone = contact_of(uow.privacy, customer).get("phone", "")
    if tried.target_index.hex() != uow.privacy.index("phone", phone):
        return Tried(Outcome.EXPIRED, 0)
    proved = uow.privacy.index("phone", phone)
    uow.customers.save(replace(customer, phone_index=proved, updated_at=now))
    await pass_case(uow, order, trade, case, now)
    return Tried(outcome, 0)


def _charged(command: ConfirmCode, live: OneTimeCode, privacy: Privacy) -> dict[Scope, str]:
    """Name whose budgets a wrong try is charged to."""
    names = {Scope.TARGET: live.target_index.hex(), Scope.HOUSE: "house"}
    if command.address:
        names[Scope.ADDRESS] = privacy.index("address", command.address)
    return names


async def _refuse(
    uow: UnitOfWork, customer: Customer, order: Order, trade: Trade, case: Case, now: datetime
) -> None:
    uow.cases.save(replace(case.step(CaseState.REJECTED, now), refused=True))
    order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=case.kind.value)
    if case.kind is CaseKind.DEPOSIT:
        uow.emit(order.step(OrderState.CANCELLED, now), EventName.ORDER_CANCELLED)
        return
    left = (CaseKind.EDD.value, *still_required(trade.required, case.kind))
    trade = replace(trade, required=tuple(dict.fromkeys(left)))
    uow.trades.save(trade)
    known = await why(uow, customer, trade.fiat, CaseKind.EDD, now)
    await go_on(uow, order, trade, now, (REFUSED, *known))
