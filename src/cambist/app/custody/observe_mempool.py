"""Note that a chain is awake, and record the unconfirmed payments to our addresses."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.app.receiving import SeenTransfer, record_transfers
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ObserveMempool:
    """Carry what waits in a chain's mempool and may concern us."""

    chain: str
    transfers: tuple[SeenTransfer, ...]
    lease: str
    epoch: int


async def observe_mempool(command: ObserveMempool, uow: UnitOfWork, now: datetime) -> None:
    """Record the transfers; they are shown to payers but never credited.

    Raises:
        DomainError: FENCED for a worker that lost its lease.
    """
    await check_lease(uow, command.lease, command.epoch)
    for cursor in (await uow.cursors.lock([command.chain])).values():
        uow.cursors.save(replace(cursor, seen_at=now))
    await record_transfers(uow, command.chain, command.transfers, None, now)
