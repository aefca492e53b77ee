"""Hand a partner a link to an order's own page, for a customer we cannot write to."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.charging import charge
from cambist.app.writing import contact_of, new_link
from cambist.domain.identity.links import LINK_LIFETIME
from cambist.domain.messaging.budgets import Scope, Spending
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class HandOutLink:
    """Name a partner's order; `base_url` is where its link leads."""

    partner_id: PartnerId
    order_id: OrderId
    base_url: str


@dataclass(frozen=True, slots=True)
class HandedLink:
    """Answer with the link, a secret that opens the page once, and how long it may be opened."""

    url: str
    expires_at: datetime


async def hand_out_link(command: HandOutLink, uow: UnitOfWork, now: datetime) -> HandedLink | None:
    """Make a link; return None when the customer has an e-mail address, where his links go.

    Whoever holds a stolen key must not come to the pages of those who can be asked themselves.

    Raises:
        DomainError: NOT_FOUND; INVALID_STATE once the customer is erased; LIMIT_EXCEEDED.
    """
    trade = await uow.trades.peek(command.order_id)
    if trade is None or trade.partner_id != command.partner_id:
        raise DomainError(ErrorCode.NOT_FOUND)
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None or customer.key is None:
        raise DomainError(ErrorCode.INVALID_STATE)
    if contact_of(uow.privacy, customer).get("email"):
        return None
    await charge(uow, Spending.LINK, {Scope.ORDER: str(trade.id)}, now)
    url = new_link(uow, trade.id, customer, command.base_url, now)
    return HandedLink(url, now + LINK_LIFETIME)
