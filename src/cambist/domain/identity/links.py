"""Decide how a link from a mail opens a page: once, and for a while."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, OrderId

LINK_LIFETIME = timedelta(days=7)
SESSION_LIFETIME = timedelta(hours=1)
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class PageLink:
    """Hold a link by the hash of its token; using it opens one session, known by its own hash."""

    token_hash: str
    order_id: OrderId
    customer_id: CustomerId
    expires_at: datetime
    used_at: datetime | None
    session_hash: str | None
    session_until: datetime | None
    created_at: datetime

    def use(self, session_hash: str, now: datetime) -> "PageLink":
        """Turn the link into a session, once.

        Raises:
            DomainError: LINK_INVALID when it was used before or is too old.
        """
        if self.used_at is not None or now >= self.expires_at:
            raise DomainError(ErrorCode.LINK_INVALID)
        until = now + SESSION_LIFETIME
        return replace(self, used_at=now, session_hash=session_hash, session_until=until)
