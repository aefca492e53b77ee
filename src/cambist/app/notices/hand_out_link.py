"""Hand a partner a link to an order's own page, for a customer we cannot write to."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.charging import charge
from cambist.app.writing import LINK_PURPOSE, contact_of, link_url, new_link
from cambist.domain.identity.links import LINK_LIFETIME
from cambist.domain.messaging.budgets import Scope, Spending
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork

HANDED_PURPOSE = "handed-link"


@dataclass(frozen=True, slots=True)
class HandOutLink:
    """Name a partner's order; `base_url` is where its link leads.

    With `key` the token is derived from it, so that the same call has the same answer although
    only the token's hash is kept.
    """

    partner_id: PartnerId
    order_id: OrderId
    base_url: str
    key: str | None = None


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
    token = uow.privacy.token()
    if command.key is not None:
        token = uow.privacy.index(HANDED_PURPOSE, f"{trade.id}:{command.key}")
    token_hash = uow.privacy.index(LINK_PURPOSE, token)
    known = (await uow.links.lock([token_hash])).get(token_hash)
    if known is not None:
        return HandedLink(link_url(command.base_url, token), known.expires_at)
    await charge(uow, Spending.LINK, {Scope.ORDER: str(trade.id)}, now)
    url = new_link(uow, trade.id, customer, command.base_url, now, token)
    return HandedLink(url, now + LINK_LIFETIME)
