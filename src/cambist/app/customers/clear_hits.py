"""Record a person's finding that list entries are somebody else."""

from dataclasses import dataclass
from datetime import datetime

from cambist.kernel.ids import CustomerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ClearHits:
    """Carry the keys of the entries that are somebody else."""

    customer_id: CustomerId
    hits: tuple[str, ...]


async def clear_hits(command: ClearHits, uow: UnitOfWork, now: datetime) -> None:
    """Keep the finding for this and every later screening.

    Raises:
        DomainError: NOT_FOUND.
    """
    customer = await uow.customers.get(command.customer_id)
    uow.customers.save(customer.clear(command.hits, now))
