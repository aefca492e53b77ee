"""Record what the lists say about a customer's name."""

from dataclasses import dataclass
from datetime import datetime

from cambist.kernel.ids import CustomerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RecordScreening:
    """Carry the keys of the entries found near the name, and the digest of the lists searched.

    `told` is the customer's sealed identity as it was when the name was read from it.
    """

    customer_id: CustomerId
    told: str | None
    hits: tuple[str, ...]
    digest: str


async def record_screening(command: RecordScreening, uow: UnitOfWork, now: datetime) -> bool:
    """Keep the outcome; return whether a hit stands that nobody has cleared.

    Nothing is kept when the customer has told another name meanwhile: that one is screened too.

    Raises:
        DomainError: NOT_FOUND.
    """
    customer = await uow.customers.get(command.customer_id)
    if customer.identity != command.told:
        return customer.is_flagged
    after = customer.screened(command.hits, command.digest, now)
    uow.customers.save(after)
    return after.is_flagged
