"""Take in the next block of a chain: remember it, and record what it pays to our addresses."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.app.receiving import SeenIn, SeenTransfer, record_transfers
from cambist.domain.custody.custody import Cursor, SeenBlock
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ObserveBlock:
    """Carry a block: its place in the chain, and the transfers that may concern us."""

    chain: str
    height: int
    hash: str
    parent: str
    transfers: tuple[SeenTransfer, ...]
    lease: str
    epoch: int


async def observe_block(command: ObserveBlock, uow: UnitOfWork, now: datetime) -> None:
    """Advance the chain's cursor by one block and record its transfers.

    The first block ever is taken as it is; there is nothing to connect it to.

    Raises:
        DomainError: FENCED for a worker that lost its lease, INVALID_STATE when the block does not
            follow the cursor.
    """
    await check_lease(uow, command.lease, command.epoch)
    known = await uow.cursors.lock([command.chain])
    cursor = known.get(command.chain)
    after = Cursor(command.chain, command.height, command.hash, now)
    if cursor is None:
        uow.cursors.add(after)
    elif (cursor.height + 1, cursor.hash) != (command.height, command.parent):
        raise DomainError(ErrorCode.INVALID_STATE, machine="cursor", height=cursor.height)
    else:
        uow.cursors.save(replace(after, seen_at=max(now, cursor.seen_at)))
    block = SeenBlock(command.chain, command.height, command.hash, command.parent)
    if await uow.blocks.lock([(command.chain, command.height)]):
        uow.blocks.save(block)
    else:
        uow.blocks.add(block)
    place = SeenIn(command.height, command.hash)
    await record_transfers(uow, command.chain, command.transfers, place, now)
