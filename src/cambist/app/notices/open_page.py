"""Open an order's page with the link from a letter: once, for an hour."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.writing import LINK_PURPOSE, SESSION_PURPOSE
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Carry the token of a link and the session the visitor is to have, both fresh secrets."""

    token: str
    session: str


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """Answer with the order the session may act on, and its page's name."""

    order_id: OrderId
    page: str


async def open_page(command: OpenPage, uow: UnitOfWork, now: datetime) -> OpenedPage:
    """Use the link up and remember the session by its hash.

    Raises:
        DomainError: LINK_INVALID for a link that is unknown, used or too old.
    """
    token_hash = uow.privacy.index(LINK_PURPOSE, command.token)
    link = (await uow.links.lock([token_hash])).get(token_hash)
    if link is None:
        raise DomainError(ErrorCode.LINK_INVALID)
    uow.links.save(link.use(uow.privacy.index(SESSION_PURPOSE, command.session), now))
    trade = await uow.trades.peek(link.order_id)
    if trade is None:
        raise DomainError(ErrorCode.LINK_INVALID)
    return OpenedPage(link.order_id, trade.page)
