"""Decide how one person's data is read: opened for staff, each list bounded."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import LOST, Pool
from cambist.domain.compliance.cases import Case, CaseKind
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.documents import DOCUMENTS_MAX, Document
from cambist.kernel.ids import CustomerId
from cambist.ports.people import Person
from cambist.ports.privacy import Privacy
from cambist.ports.store import Kind, StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0
NUMBER_MAX = 2**63 - 1

_CASE, _CUSTOMER, _DOCUMENT = MAPPERS[Kind.CASE], MAPPERS[Kind.CUSTOMER], MAPPERS[Kind.DOCUMENT]

_ONE = f"{_CUSTOMER.select} where id = $1"

_FLAGGED = f"""{_CUSTOMER.select} where hits <> ''
    and not string_to_array(hits, ',') <@ string_to_array(cleared, ',')
  order by id limit $1"""

_WAITING = f"""{_CASE.select} where kind = $2 and state in ('open', 'submitted')
    and order_id in (select id from trades where customer_id = $1 or id = $1)
  order by state desc, id limit 1"""

_WAITING_OF_NUMBER = f"""{_CASE.select} where kind = $2 and state in ('open', 'submitted')
    and order_id = (select id from trades where number = $1)"""

_ATTACHED = "select id from documents where id = any($1::uuid[])"

_KNOWN = """select exists (select from customers where id = $1)
  or exists (select from trades where id = $1)"""
_KNOWN_NUMBER = "select exists (select from trades where number = $1)"


class PostgresPeople:
    """Implement PeopleQueries on a pool."""

    def __init__(self, pool: Pool, privacy: Privacy) -> None:
        self._pool, self._privacy = pool, privacy

    async def person(self, customer_id: CustomerId) -> Person | None:
        """Find a customer."""
        customer = await self.customer(customer_id)
        return None if customer is None else self._opened(customer)

    async def customer(self, customer_id: CustomerId) -> Customer | None:
        """Find a customer, his data left sealed."""
        rows = await self._fetch(_ONE, customer_id)
        return _CUSTOMER.read(rows[0]) if rows else None

    async def documents(self, customer_id: CustomerId) -> Sequence[UUID]:
        """List what a customer uploaded."""
        query = f"select id from documents where customer_id = $1 limit {DOCUMENTS_MAX}"
        return [row[0] for row in await self._fetch(query, customer_id)]

    async def attached(self, documents: Sequence[UUID]) -> set[UUID]:
        """Pick the documents that are described, whoever uploaded them."""
        rows = await self._fetch(_ATTACHED, list(documents))
        return {row[0] for row in rows}

    async def flagged(self, limit: int) -> Sequence[Customer]:
        """List customers with a list hit that nobody has cleared."""
        return [_CUSTOMER.read(row) for row in await self._fetch(_FLAGGED, limit)]

    async def waiting_case(self, subject: UUID | int, kind: CaseKind) -> Case | None:
        """Find the oldest undecided case of a kind, submitted ones first."""
        if isinstance(subject, UUID):
            rows = await self._fetch(_WAITING, subject, kind.value)
        elif 0 < subject <= NUMBER_MAX:
            rows = await self._fetch(_WAITING_OF_NUMBER, subject, kind.value)
        else:
            rows = []
        return _CASE.read(rows[0]) if rows else None

    async def is_known(self, subject: UUID | int) -> bool:
        """Tell whether there is such a customer, or such an order to buy or sell."""
        query = _KNOWN if isinstance(subject, UUID) else _KNOWN_NUMBER
        if isinstance(subject, int) and subject > NUMBER_MAX:
            return False
        return bool((await self._fetch(query, subject))[0][0])

    async def document(self, document_id: UUID) -> tuple[Document, Customer] | None:
        """Find a document's description and whose it is."""
        rows = await self._fetch(f"{_DOCUMENT.select} where id = $1", document_id)
        if not rows:
            return None
        document: Document = _DOCUMENT.read(rows[0])
        owners = await self._fetch(_ONE, document.customer_id)
        return document, _CUSTOMER.read(owners[0])

    def _opened(self, customer: Customer) -> Person:
        if customer.key is None:
            return Person(customer, {}, {}, {})
        key, owner = customer.key, customer.id
        sealed = customer.contact, customer.identity or "", customer.declaration or ""
        contact, identity, declaration = (self._privacy.open(key, owner, one) for one in sealed)
        return Person(customer, contact, identity, declaration)

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                return list(await connection.fetch(query, *arguments))
        except LOST as lost:
            raise StoreUnavailableError from lost
