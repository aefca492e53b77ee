"""Mail a fresh link to an order's own page, to whoever ordered and to nobody else."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.charging import charge
from cambist.app.writing import contact_of, identity_of, new_link, write
from cambist.domain.messaging.budgets import Scope, Spending
from cambist.domain.messaging.messages import Contents
from cambist.domain.messaging.templates import Fact, Template
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class AskForLink:
    """Name an order; `address` is the IP of whoever asks, for his budget."""

    order_id: OrderId
    base_url: str
    address: str


async def ask_for_link(command: AskForLink, uow: UnitOfWork, now: datetime) -> None:
    """Queue a mail with a link, within everybody's budgets.

    Raises:
        DomainError: NOT_FOUND, LIMIT_EXCEEDED.
    """
    trade = await uow.trades.peek(command.order_id)
    customer = await uow.customers.peek(trade.customer_id) if trade else None
    if trade is None or customer is None or customer.key is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    recipient = contact_of(uow.privacy, customer).get("email", "")
    partner = await uow.partners.peek(trade.partner_id)
    if not recipient or partner is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    names = {
        Scope.TARGET: uow.privacy.index("mail-target", recipient),
        Scope.ORDER: f"mail:{command.order_id}",
        Scope.ADDRESS: uow.privacy.index("address", command.address),
        Scope.PARTNER: str(trade.partner_id),
    }
    await charge(uow, Spending.SEND, names, now)
    facts = {
        Fact.FIRST_NAME.value: identity_of(uow.privacy, customer).get("first_name", ""),
        Fact.ORDER.value: str(trade.number),
        Fact.LINK.value: new_link(uow, trade.id, customer, command.base_url, now),
    }
    contents = Contents(recipient, facts, partner.name)
    write(uow, customer, Template.PAGE_LINK, contents, trade.id, now)
