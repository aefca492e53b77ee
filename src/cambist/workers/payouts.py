"""Decide how withdrawals get out: one step at a time, the signed bytes stored before broadcast."""

from collections.abc import Awaitable, Callable
from typing import assert_never

from cambist.app.custody.allot_coins import AllotCoins
from cambist.app.custody.give_up import GiveUp
from cambist.app.custody.mark_broadcast import MarkBroadcast
from cambist.app.custody.plan_sweep import PlanSweep
from cambist.app.custody.settle_withdrawal import SettleWithdrawal
from cambist.app.custody.store_signed import StoreSigned
from cambist.app.custody.take_lease import TakeLease
from cambist.bus.bus import Bus
from cambist.domain.custody.custody import Place, Withdrawal
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.market.assets import Chain, ChainModel
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.kernel.ids import OrderId
from cambist.ports.chain import BroadcastRefusedError, ChainPort, ChainUnavailableError
from cambist.ports.signer import (
    SIGNED_BEFORE,
    Branch,
    KeyPath,
    SignerPort,
    SignerUnavailableError,
    SigningRefusedError,
    SpendInput,
    SpendIntent,
)
from cambist.ports.work import OpenWithdrawal, WorkQueries

STEPS_PER_ROUND = 4


class PayoutWorker:
    """Move the withdrawals of one chain along. A crash at any step repeats the same bytes."""

    def __init__(
        self,
        chain: Chain,
        port: ChainPort,
        signer: SignerPort,
        bus: Bus,
        work: WorkQueries,
        holder: str,
        hot_address: str,
    ) -> None:
        self._chain, self._port, self._signer = chain, port, signer
        self._bus, self._work = bus, work
        self._holder, self._hot_address = holder, hot_address
        self._lease, self._epoch = f"payouts:{chain.id}", 0

    async def run_once(self) -> int:
        """Take each open withdrawal as far as it gets now; return how many steps were made.

        One withdrawal that must wait for the chain or the signer does not hold up the others.

        Raises:
            DomainError: FENCED while another process pays out on this chain.
            ChainUnavailableError, SignerUnavailableError: nothing could be done this time.
        """
        self._epoch = await self._bus.execute(TakeLease(self._lease, self._holder))
        done = 0
        for _ in range(STEPS_PER_ROUND):
            moved, waiting = await self._round()
            done += moved
            if waiting is not None and not done:
                raise waiting
            if not moved:
                break
        return done

    async def _round(self) -> tuple[int, Exception | None]:
        moved = 0
        waiting: Exception | None = None
        sweeping: set[str] = set()
        for item in await self._work.open_withdrawals(self._chain.id):
            try:
                moved += await self._step(item, sweeping)
            except (ChainUnavailableError, SignerUnavailableError) as error:
                waiting = error
        return moved, waiting

    async def release(self) -> None:
        """Give the lease up so that another process need not wait for its end."""
        await self._bus.execute(TakeLease(self._lease, self._holder, release=True))

    async def _step(self, item: OpenWithdrawal, sweeping: set[str]) -> int:
        match item.withdrawal.state:
            case WithdrawalState.ACCEPTED:
                return await self._allot(item, sweeping)
            case WithdrawalState.ALLOTTED:
                return await self._sign(item)
            case WithdrawalState.SIGNED:
                return await self._broadcast(item)
            case WithdrawalState.BROADCAST:
                return await self._follow(item)
            case WithdrawalState.SETTLED | WithdrawalState.REJECTED | WithdrawalState.STUCK:
                return 0
            case _ as unreachable:
                assert_never(unreachable)

    async def _allot(self, item: OpenWithdrawal, sweeping: set[str]) -> int:
        withdrawal = item.withdrawal
        first = await self._port.network_fee(withdrawal.asset, 1)
        more = await self._port.network_fee(withdrawal.asset, 2) - first
        failpoint(Failpoint.PAYOUT_BEFORE_ALLOT)
        allot = AllotCoins(
            OrderId(withdrawal.id),
            withdrawal.order_id,
            first,
            max(0, more),
            self._hot_address,
            self._lease,
            self._epoch,
        )
        try:
            return await self._unless_short(
                lambda: self._bus.execute(allot), lambda: self._find_money(item, first, sweeping)
            )
        except DomainError as refusal:
            if refusal.code is not ErrorCode.AMOUNT_TOO_SMALL:
                raise
            await self._give_up(item, "the amount is dust")
            return 1

    async def _unless_short(
        self, attempt: Callable[[], Awaitable[object]], otherwise: Callable[[], Awaitable[int]]
    ) -> int:
        try:
            await attempt()
        except DomainError as refusal:
            if refusal.code is not ErrorCode.INSUFFICIENT_BALANCE:
                raise
            return await otherwise()
        return 1

    async def _find_money(self, item: OpenWithdrawal, fee: int, sweeping: set[str]) -> int:
        """Sweep a deposit address, once a round and asset; a short fixed source is final."""
        withdrawal = item.withdrawal
        if withdrawal.source is not None:
            await self._give_up(item, "the source address holds too little")
            return 1
        if self._chain.model is ChainModel.UTXO or withdrawal.asset in sweeping:
            return 0
        sweeping.add(withdrawal.asset)
        if await self._is_sweeping(withdrawal.asset):
            return 0
        sweep = PlanSweep(withdrawal.asset, fee, self._hot_address, self._lease, self._epoch)
        return await self._unless_short(lambda: self._bus.execute(sweep), _nothing)

    async def _is_sweeping(self, asset: str) -> bool:
        opened = await self._work.open_withdrawals(self._chain.id)
        return any(w.withdrawal.order_id is None and w.withdrawal.asset == asset for w in opened)

    async def _sign(self, item: OpenWithdrawal) -> int:
        failpoint(Failpoint.PAYOUT_BEFORE_SIGN)
        try:
            signed = await self._signer.sign(intent_of(item, self._chain))
        except SigningRefusedError as refusal:
            reason, is_unsigned = f"signer: {refusal}", str(refusal) != SIGNED_BEFORE
            await self._give_up(item, reason, is_unsigned=is_unsigned)
            return 1
        failpoint(Failpoint.PAYOUT_AFTER_SIGN)
        withdrawal_id = OrderId(item.withdrawal.id)
        store = StoreSigned(withdrawal_id, signed.raw, signed.txid, self._lease, self._epoch)
        await self._bus.execute(store)
        return 1

    async def _broadcast(self, item: OpenWithdrawal) -> int:
        withdrawal = item.withdrawal
        failpoint(Failpoint.PAYOUT_BEFORE_BROADCAST)
        if not await self._is_taken(withdrawal):
            await self._give_up(item, "the chain refused the transaction")
            return 1
        failpoint(Failpoint.PAYOUT_AFTER_BROADCAST)
        order_id = withdrawal.order_id
        mark = MarkBroadcast(OrderId(withdrawal.id), order_id, self._lease, self._epoch)
        await self._bus.execute(mark)
        failpoint(Failpoint.PAYOUT_AFTER_MARK)
        return 1

    async def _is_taken(self, withdrawal: Withdrawal) -> bool:
        if withdrawal.raw is None:
            raise LookupError("a signed withdrawal without bytes")
        try:
            await self._port.broadcast(withdrawal.raw)
        except BroadcastRefusedError:
            return False
        return True

    async def _follow(self, item: OpenWithdrawal) -> int:
        """Settle what is deep enough; send the same bytes again when the node forgot them."""
        withdrawal = item.withdrawal
        status = await self._port.transaction(withdrawal.txid or "")
        if status is None:
            if not await self._is_taken(withdrawal):
                await self._give_up(item, "the chain forgot and refused the transaction")
            return 0
        if status.block is None or status.confirmations < self._chain.confirmations:
            return 0
        failpoint(Failpoint.PAYOUT_BEFORE_SETTLE)
        settle = SettleWithdrawal(
            OrderId(withdrawal.id),
            withdrawal.order_id,
            status.block.height,
            status.block.hash,
            self._lease,
            self._epoch,
        )
        await self._bus.execute(settle)
        failpoint(Failpoint.PAYOUT_AFTER_SETTLE)
        return 1

    async def _give_up(
        self, item: OpenWithdrawal, reason: str, *, is_unsigned: bool = False
    ) -> None:
        withdrawal = item.withdrawal
        give_up = GiveUp(
            OrderId(withdrawal.id),
            withdrawal.order_id,
            item.parent_id,
            reason,
            self._lease,
            self._epoch,
            is_unsigned,
        )
        await self._bus.execute(give_up)


async def _nothing() -> int:
    return 0


def intent_of(item: OpenWithdrawal, chain: Chain) -> SpendIntent:
    """Describe a withdrawal to the signer from what was allotted to it; always the same."""
    withdrawal = item.withdrawal
    spent = [coin for coin in item.coins if coin.asset == withdrawal.asset]
    inputs = tuple(
        SpendInput(_path(coin.place, coin.number), coin.address, coin.units, coin.txid, coin.vout)
        for coin in sorted(spent, key=lambda coin: (coin.txid, coin.vout, coin.id))
    )
    change: KeyPath | None = None
    if chain.model is ChainModel.ACCOUNT:
        first = inputs[0]
        units = sum(item.units for item in inputs)
        inputs = (SpendInput(first.path, first.address, units),)
    elif withdrawal.change_units:
        change = _path(Place.HOT, 0)
    return SpendIntent(
        id=withdrawal.id,
        chain=chain.id,
        asset=withdrawal.asset,
        destination=withdrawal.destination,
        units=withdrawal.units,
        fee_units=withdrawal.network_fee,
        inputs=inputs,
        change=change,
        change_units=withdrawal.change_units if change else 0,
        nonce=withdrawal.nonce,
    )


def _path(place: Place, number: int) -> KeyPath:
    return KeyPath(Branch.HOT if place is Place.HOT else Branch.DEPOSIT, number)
