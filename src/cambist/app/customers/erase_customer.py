"""Erase a person: throw away the key his data is sealed under."""

from dataclasses import dataclass
from datetime import datetime

from cambist.kernel.ids import CustomerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class EraseCustomer:
    """Name a customer whose data need not be kept any longer."""

    customer_id: CustomerId


async def erase_customer(command: EraseCustomer, uow: UnitOfWork, now: datetime) -> None:
    """Make everything sealed under the person's key unreadable; the books stay as they are.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE while the law wants it kept.
    """
    customer = await uow.customers.get(command.customer_id)
    uow.customers.save(customer.erase(now))
