"""Decide what visitors with a link may learn beside their trade, and which key their files get."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Pool
from cambist.adapters.db.reads import Reads
from cambist.adapters.vault.privacy import VaultPrivacy
from cambist.app.writing import LINK_PURPOSE
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.documents import Document
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.store import Kind

DOCUMENTS_MAX = 50
PHONE_DIGITS_SHOWN = 3

_CUSTOMER, _DOCUMENT = MAPPERS[Kind.CUSTOMER], MAPPERS[Kind.DOCUMENT]
_OWNER = f"{_CUSTOMER.select} where id = (select customer_id from trades where id = $1)"
_LISTED = f"{_DOCUMENT.select} where order_id = $1 order by created_at, id limit $2"


class PostgresVisits:
    """Implement VisitQueries of the case pages, and DocumentKeys of uploads."""

    def __init__(self, pool: Pool, privacy: VaultPrivacy) -> None:
        self._reads, self._privacy = Reads(pool), privacy

    async def order_of_link(self, token: str) -> OrderId | None:
        """Find the order a link was made for, used and old ones too."""
        hashed = self._privacy.index(LINK_PURPOSE, token)
        query = "select order_id from page_links where token_hash = $1"
        found = await self._reads.fetchval(query, hashed)
        return None if found is None else OrderId(found)

    async def documents(self, order_id: OrderId) -> Sequence[Document]:
        """List the documents sent for an order, oldest first."""
        rows: Sequence[Any] = await self._reads.fetch(_LISTED, order_id, DOCUMENTS_MAX)
        return [_DOCUMENT.read(row) for row in rows]

    async def phone_end(self, order_id: OrderId) -> str:
        """Give the last digits of the number codes go to, empty when none is known."""
        customer = await self._owner(order_id)
        if customer is None or customer.key is None:
            return ""
        contact = self._privacy.open(customer.key, customer.id, customer.contact)
        return contact.get("phone", "")[-PHONE_DIGITS_SHOWN:]

    async def document_key(self, order_id: OrderId, document_id: UUID) -> bytes:
        """Derive the key of a document of an order's customer.

        Raises:
            DomainError: NOT_FOUND for an unknown order or an erased customer.
        """
        customer = await self._owner(order_id)
        if customer is None:
            raise DomainError(ErrorCode.NOT_FOUND)
        return self._privacy.document_key(customer.sealing_key, customer.id, document_id)

    async def _owner(self, order_id: OrderId) -> Customer | None:
        row = await self._reads.fetchrow(_OWNER, order_id)
        return None if row is None else _CUSTOMER.read(row)
