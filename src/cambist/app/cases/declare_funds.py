"""Take in a customer's AML declaration for the reviewer."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.trading import customer_of, open_case_of, own_trade, pass_case
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.states import CheckState
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class DeclareFunds:
    """Carry the declaration of one country's form, checked field by field, as (name, value)."""

    order_id: OrderId
    partner_id: PartnerId | None
    form: str
    fields: tuple[tuple[str, str], ...]


async def declare_funds(command: DeclareFunds, uow: UnitOfWork, now: datetime) -> None:
    """Seal the answers under the person's key and hand the case to the reviewer.

    What was accepted meanwhile, or is under review, for another order is not replaced.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, INSUFFICIENT_BALANCE.
    """
    customer = await customer_of(uow, command.order_id, command.partner_id)
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, CaseKind.AML)
    if case.reviewer is None and customer.declaration_state is CheckState.ACCEPTED:
        await pass_case(uow, order, trade, case, now)
        return
    if customer.declaration_state is not CheckState.SUBMITTED:
        told = {"form": command.form, **dict(command.fields)}
        sealed = uow.privacy.seal(customer.sealing_key, customer.id, told)
        uow.customers.save(customer.submit_declaration(sealed, now))
    uow.cases.save(case.submit(now))
    uow.emit(order, EventName.ORDER_CASE_SUBMITTED, case=case.kind.value, case_id=str(case.id))
