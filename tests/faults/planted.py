"""Decide which wrong versions the matrix must catch: pay before storing; know money too little."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

from cambist.app.banking.book_line import BookLine
from cambist.app.banking.export_payouts import ExportPayouts
from cambist.app.custody.allot_coins import AllotCoins
from cambist.app.custody.mark_broadcast import MarkBroadcast
from cambist.app.custody.store_signed import StoreSigned
from cambist.app.receiving import SeenTransfer
from cambist.bus.bus import Gate
from cambist.domain.payments.bank import end_to_end
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.kernel.ids import OrderId
from cambist.ports.bank import BankPort
from cambist.ports.chain import BroadcastRefusedError, Transfer
from cambist.ports.signer import Branch, KeyPath, SignedTransfer, SpendInput, SpendIntent
from cambist.ports.work import OpenWithdrawal
from cambist.workers.chainwatch import ChainWatch
from cambist.workers.payouts import PayoutWorker

NAIVE_PAYOUTS = "naive-payouts"
NO_VOUT = "no-vout"
NO_IDENTITY = "no-identity"
FILE_FIRST = "file-first"


class NaivePayouts(PayoutWorker):
    """Let the node send, as `sendtoaddress` does, and write down afterwards that it did."""

    async def _allot(self, item: OpenWithdrawal, sweeping: set[str]) -> int:
        fee = await self._port.network_fee(item.withdrawal.asset, 1)
        sent = await self._send(item, fee)
        failpoint(Failpoint.PAYOUT_AFTER_BROADCAST)
        number, order = OrderId(item.withdrawal.id), item.withdrawal.order_id
        lease, epoch = self._lease, self._epoch
        await self._bus.execute(AllotCoins(number, order, fee, 0, self._hot_address, lease, epoch))
        await self._bus.execute(StoreSigned(number, sent.raw, sent.txid, lease, epoch))
        await self._bus.execute(MarkBroadcast(number, order, lease, epoch))
        failpoint(Failpoint.PAYOUT_AFTER_MARK)
        return 1

    async def _send(self, item: OpenWithdrawal, fee: int) -> SignedTransfer:
        """Broadcast a new transaction with the first nonce the hot account has left."""
        withdrawal, nonce = item.withdrawal, 0
        hot = SpendInput(KeyPath(Branch.HOT, 0), self._hot_address, withdrawal.units + fee)
        while True:
            intent = SpendIntent(
                id=uuid4(),
                chain=self._chain.id,
                asset=withdrawal.asset,
                destination=withdrawal.destination,
                units=withdrawal.units,
                fee_units=fee,
                inputs=(hot,),
                nonce=nonce,
            )
            signed = await self._signer.sign(intent)
            nonce += 1
            if await self._port.transaction(signed.txid) is None:
                with suppress(BroadcastRefusedError):
                    await self._port.broadcast(signed.raw)
                    return signed


class NoVoutWatch(ChainWatch):
    """Take a transaction for one payment, whatever its outputs."""

    async def _ours(self, transfers: Sequence[Transfer]) -> tuple[SeenTransfer, ...]:
        by_txid = {seen.txid: seen for seen in await super()._ours(transfers)}
        return tuple(by_txid.values())


class CarelessBus:
    """Book every line told as a new one; or hand a file to the bank before it is stored."""

    def __init__(self, bus: Any, bank: BankPort, variant: str) -> None:
        self._bus, self._bank, self._variant = bus, bank, variant

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command as carelessly as the variant has it."""
        if isinstance(command, BookLine) and self._variant == NO_IDENTITY:
            command = replace(command, identity=f"{command.identity}-{uuid4()}")
        if isinstance(command, ExportPayouts) and self._variant == FILE_FIRST:
            known, fresh = end_to_end(command.batch_id), end_to_end(uuid4())
            document = command.document.replace(known.encode(), fresh.encode())
            command = replace(command, document=document)
            await self._bank.submit(document)
        return await self._bus.execute(command, gate)
