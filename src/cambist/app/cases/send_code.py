"""Send a one-time code by SMS for the case an order waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.app.charging import charge
from cambist.app.trading import open_case_of, own_trade
from cambist.app.writing import contact_of, write
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.budgets import Scope, Spending, require_gap
from cambist.domain.messaging.codes import LIFETIME_S, SALT_BYTES, Purpose, make, supersede
from cambist.domain.messaging.messages import Contents
from cambist.domain.messaging.templates import Fact, Template
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork

PURPOSES = {CaseKind.PHONE: Purpose.PHONE, CaseKind.DEPOSIT: Purpose.DEPOSIT}
TEMPLATES = {Purpose.PHONE: Template.PHONE_CODE, Purpose.DEPOSIT: Template.DEPOSIT_CODE}


@dataclass(frozen=True, slots=True)
class SendCode:
    """Name an order and the case; `address` is the IP of whoever asks, for his budget."""

    order_id: OrderId
    partner_id: PartnerId | None
    kind: CaseKind
    address: str


async def send_code(command: SendCode, uow: UnitOfWork, now: datetime) -> None:
    """Make a code that supersedes those before it, and queue its SMS, within every budget.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, FIELD_INVALID when no phone is known,
            LIMIT_EXCEEDED.
    """
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    await open_case_of(uow, order, command.kind)
    purpose = PURPOSES[command.kind]
    customer = await uow.customers.peek(trade.customer_id)
    partner = await uow.partners.peek(trade.partner_id)
    if customer is None or partner is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    phone = contact_of(uow.privacy, customer).get("phone", "")
    if not phone:
        raise DomainError(ErrorCode.FIELD_INVALID, field="phone")
    earlier = [c for c in await uow.codes.where("order_id", order.id) if c.purpose is purpose]
    require_gap(max((code.created_at for code in earlier), default=None), now)
    target = uow.privacy.index("phone", phone)
    names = {
        Scope.TARGET: target,
        Scope.ORDER: f"sms:{order.id}",
        Scope.ADDRESS: uow.privacy.index("address", command.address),
        Scope.PARTNER: str(trade.partner_id),
    }
    await charge(uow, Spending.SEND, names, now)
    for code in earlier:
        uow.codes.save(supersede(code))
    text = uow.privacy.code()
    salt = uow.privacy.salt(SALT_BYTES)
    target_index = bytes.fromhex(target)
    uow.codes.add(make(text, uow.new_id(), order.id, purpose, target_index, salt, now))
    contents = Contents(phone, {Fact.CODE.value: text}, partner.name)
    until = now + timedelta(seconds=LIFETIME_S)
    write(uow, customer, TEMPLATES[purpose], contents, order.id, now, until)
