"""The step that keeps a worker that lost its lease from having any effect."""

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.uow import UnitOfWork


async def check_lease(uow: UnitOfWork, name: str, epoch: int) -> None:
    """Refuse a worker whose lease has passed to another.

    Raises:
        DomainError: FENCED.
    """
    lease = await uow.leases.peek(name)
    if lease is None or lease.epoch != epoch:
        raise DomainError(ErrorCode.FENCED, lease=name)
