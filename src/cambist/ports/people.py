"""Say what staff and reviewers may read about one person, opened for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from cambist.domain.compliance.cases import Case, CaseKind
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.documents import Document
from cambist.kernel.ids import CustomerId


@dataclass(frozen=True, slots=True)
class Person:
    """Hold a customer with his data opened; everything is empty once he was erased."""

    customer: Customer
    contact: dict[str, str]
    identity: dict[str, str]
    declaration: dict[str, str]


class PeopleQueries(Protocol):
    """Read about people; who calls has proved that he may."""

    async def person(self, customer_id: CustomerId) -> Person | None:
        """Find a customer.

        Raises:
            SealBrokenError, SealKeyUnknownError: his data cannot be opened.
        """

    async def flagged(self, limit: int) -> Sequence[Customer]:
        """List customers with a list hit that nobody has cleared."""

    async def waiting_case(self, subject: UUID | int, kind: CaseKind) -> Case | None:
        """Find the oldest undecided case of a kind, submitted ones first.

        `subject` is a customer's id, or the id or number of an order.
        """

    async def is_known(self, subject: UUID | int) -> bool:
        """Tell whether there is such a customer, or such an order to buy or sell."""

    async def document(self, document_id: UUID) -> tuple[Document, Customer] | None:
        """Find a document's description and whose it is."""
