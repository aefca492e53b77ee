"""Take in a customer's identity data for the reviewer."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.trading import customer_of, open_case_of, own_trade, pass_case
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.states import CheckState
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork

PHONE = "phone"


@dataclass(frozen=True, slots=True)
class SubmitIdentity:
    """Carry what the customer told about himself, checked field by field, as (name, value).

    The names are `first_name`, `last_name`, `birth_date`, `birth_number`, `nationality`, `street`,
    `city`, `postal_code`, `country`, `document_kind`, `document_number`, `document_valid_until`,
    `document_issuer`, `phone`.
    """

    order_id: OrderId
    partner_id: PartnerId | None
    country: str
    fields: tuple[tuple[str, str], ...]


async def submit_identity(command: SubmitIdentity, uow: UnitOfWork, now: datetime) -> None:
    """Seal the data under the person's key and hand the case to the reviewer.

    Who was accepted meanwhile for another order is known already, and what is under review for
    another order is not replaced: in both cases the data told now are not looked at.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, INSUFFICIENT_BALANCE.
    """
    customer = await customer_of(uow, command.order_id, command.partner_id)
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, CaseKind.IDENTITY)
    if case.reviewer is None and customer.identity_state is CheckState.ACCEPTED:
        await pass_case(uow, order, trade, case, now)
        return
    if customer.identity_state is not CheckState.SUBMITTED:
        _take_in(command, uow, customer, now)
    uow.cases.save(case.submit(now))
    uow.emit(order, EventName.ORDER_CASE_SUBMITTED, case=case.kind.value, case_id=str(case.id))


def _take_in(command: SubmitIdentity, uow: UnitOfWork, customer: Customer, now: datetime) -> None:
    key, privacy = customer.sealing_key, uow.privacy
    told = dict(command.fields)
    sealed = privacy.seal(key, customer.id, told)
    # Another name is held against the lists anew, by the reviewer or by the re-screening.
    after = replace(customer.submit_identity(sealed, command.country, now), screened_with="")
    if told.get(PHONE):
        contact = privacy.open(key, customer.id, customer.contact)
        contact[PHONE] = told[PHONE]
        after = after.with_contact(privacy.seal(key, customer.id, contact), now)
    uow.customers.save(after)
