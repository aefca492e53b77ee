"""Decide how one chain is followed: walk back what was orphaned, take in what is new, credit."""

import asyncio
from collections.abc import Iterable, Sequence

from cambist.app.custody.confirm_payment import ConfirmPayment
from cambist.app.custody.drop_payment import DropPayment
from cambist.app.custody.observe_block import ObserveBlock
from cambist.app.custody.observe_mempool import ObserveMempool
from cambist.app.custody.register_hot import RegisterHot
from cambist.app.custody.roll_back import RollBack
from cambist.app.custody.take_lease import TakeLease
from cambist.app.receiving import SeenTransfer
from cambist.bus.bus import Bus
from cambist.domain.custody.custody import Cursor
from cambist.domain.market.assets import Chain
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.chain import Block, ChainPort, Transfer
from cambist.ports.work import WatchedPayment, WorkQueries

BLOCKS_PER_STEP = 50
ROLLBACKS_PER_STEP = 200
MISSES_UNTIL_DROPPED = 2


class ChainWatch:
    """Follow one chain. Whatever step it dies at, the next start does the same step again."""

    def __init__(
        self,
        chain: Chain,
        port: ChainPort,
        bus: Bus,
        work: WorkQueries,
        holder: str,
        hot_address: str,
    ) -> None:
        self._chain, self._port, self._bus, self._work = chain, port, bus, work
        self._holder, self._hot_address = holder, hot_address
        self._lease, self._epoch = f"chainwatch:{chain.id}", 0
        self._registered = False
        self._misses: dict[str, int] = {}

    async def run_once(self) -> int:
        """Bring the core up to date with the chain; return how many things were done.

        Raises:
            DomainError: FENCED while another process watches this chain.
            ChainUnavailableError: the node gave no answer.
        """
        self._epoch = await self._bus.execute(TakeLease(self._lease, self._holder))
        if not self._registered:
            await self._bus.execute(RegisterHot(self._chain.id, self._hot_address))
            self._registered = True
        done = await self._walk_back()
        done += await self._take_in_blocks()
        done += await self._credit()
        await self._observe_mempool()
        return done + await self._drop_vanished()

    async def release(self) -> None:
        """Give the lease up so that another process need not wait for its end."""
        await self._bus.execute(TakeLease(self._lease, self._holder, release=True))

    async def _walk_back(self) -> int:
        """Take back blocks until the cursor stands on the best chain."""
        for step in range(ROLLBACKS_PER_STEP):
            cursor = await self._work.cursor(self._chain.id)
            if cursor is None or await self._is_canonical(cursor):
                return step
            rollback = RollBack(
                self._chain.id, cursor.height, cursor.hash, self._lease, self._epoch
            )
            await self._bus.execute(rollback)
        return ROLLBACKS_PER_STEP

    async def _is_canonical(self, cursor: Cursor) -> bool:
        block = await self._port.block(cursor.height)
        return block is not None and block.ref.hash == cursor.hash

    async def _take_in_blocks(self) -> int:
        cursor = await self._work.cursor(self._chain.id)
        tip = await self._port.tip()
        first = tip.height if cursor is None else cursor.height + 1
        last = min(tip.height, first + BLOCKS_PER_STEP - 1)
        for height in range(first, last + 1):
            block = await self._port.block(height)
            if block is None or not await self._take_in(block):
                return height - first
        return max(0, last + 1 - first)

    async def _take_in(self, block: Block) -> bool:
        """Record one block; False when it no longer follows what was recorded before."""
        cursor = await self._work.cursor(self._chain.id)
        if cursor is not None and cursor.hash != block.ref.parent:
            return False
        failpoint(Failpoint.WATCH_BEFORE_OBSERVE)
        observe = ObserveBlock(
            self._chain.id,
            block.ref.height,
            block.ref.hash,
            block.ref.parent,
            await self._ours(block.transfers),
            self._lease,
            self._epoch,
        )
        await self._bus.execute(observe)
        failpoint(Failpoint.WATCH_AFTER_OBSERVE)
        return True

    async def _ours(self, transfers: Sequence[Transfer]) -> tuple[SeenTransfer, ...]:
        addresses = (transfer.address for transfer in transfers)
        ours = await self._work.issued_addresses(self._chain.id, addresses)
        return tuple(_seen(transfer) for transfer in transfers if transfer.address in ours)

    async def _credit(self) -> int:
        """Credit what is deep enough; the use case counts again under lock."""
        cursor = await self._work.cursor(self._chain.id)
        if cursor is None:
            return 0
        deep_enough = cursor.height - self._chain.confirmations + 1
        due = await self._work.payments_at(self._chain.id, deep_enough)
        commands = [ConfirmPayment(p.payment_id, p.order_id, self._chain.id) for p in due]
        await asyncio.gather(*(self._bus.execute(command) for command in commands))
        if commands:
            failpoint(Failpoint.WATCH_AFTER_CREDIT)
        return len(commands)

    async def _observe_mempool(self) -> None:
        seen = await self._ours(await self._port.mempool())
        observe = ObserveMempool(self._chain.id, seen, self._lease, self._epoch)
        await self._bus.execute(observe)

    async def _drop_vanished(self) -> int:
        """Drop payments whose transaction the node has not known several times in a row."""
        unplaced = await self._work.unplaced_payments(self._chain.id)
        gone = [payment for payment in unplaced if await self._is_gone(payment)]
        self._forget(payment.txid for payment in unplaced)
        drops = [DropPayment(payment.payment_id, payment.order_id) for payment in gone]
        await asyncio.gather(*(self._bus.execute(drop) for drop in drops))
        return len(drops)

    async def _is_gone(self, payment: WatchedPayment) -> bool:
        if await self._port.transaction(payment.txid) is not None:
            self._misses.pop(payment.txid, None)
            return False
        self._misses[payment.txid] = self._misses.get(payment.txid, 0) + 1
        return self._misses[payment.txid] >= MISSES_UNTIL_DROPPED

    def _forget(self, still_open: Iterable[str]) -> None:
        keep = set(still_open)
        self._misses = {txid: count for txid, count in self._misses.items() if txid in keep}


def _seen(transfer: Transfer) -> SeenTransfer:
    return SeenTransfer(
        txid=transfer.txid,
        index=transfer.index,
        asset=transfer.asset,
        address=transfer.address,
        units=transfer.units,
        sender=transfer.sender,
    )
