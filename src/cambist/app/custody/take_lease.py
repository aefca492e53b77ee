"""Take or keep the lease on a worker's job, so that one process at a time does it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.rows import Lease
from cambist.ports.uow import UnitOfWork

LEASE_LIFE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class TakeLease:
    """Ask for a job by name; `holder` is unique to the asking process."""

    name: str
    holder: str
    release: bool = False


async def take_lease(command: TakeLease, uow: UnitOfWork, now: datetime) -> int:
    """Return the epoch to work under; it rises whenever the holder changes.

    Raises:
        DomainError: FENCED while another holder's lease lives.
    """
    known = await uow.leases.lock([command.name])
    lease = known.get(command.name)
    until = now if command.release else now + LEASE_LIFE
    if lease is None:
        uow.leases.add(Lease(command.name, command.holder, 1, until))
        return 1
    if lease.holder == command.holder:
        uow.leases.save(Lease(lease.name, lease.holder, lease.epoch, until))
        return lease.epoch
    if lease.expires_at > now:
        raise DomainError(ErrorCode.FENCED, lease=command.name)
    uow.leases.save(Lease(lease.name, command.holder, lease.epoch + 1, until))
    return lease.epoch + 1
