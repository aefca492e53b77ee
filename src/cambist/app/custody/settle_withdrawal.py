"""Settle a withdrawal whose transaction has enough confirmations."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.app.selling import end_return
from cambist.domain.custody.custody import Coin, Place, Withdrawal, change_coin_id, coin_id
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.ledger.accounts import (
    AccountRef,
    HoldState,
    custody_account,
    party_account,
)
from cambist.domain.ledger.recipes import sent, swept
from cambist.domain.market.assets import CHAINS
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.payments import outgoing_payment_id
from cambist.domain.payments.states import PaymentState
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class SettleWithdrawal:
    """Name a withdrawal the chain holds for good, and the block it stands in."""

    withdrawal_id: OrderId
    order_id: OrderId | None
    height: int
    block_hash: str
    lease: str
    epoch: int


async def settle_withdrawal(command: SettleWithdrawal, uow: UnitOfWork, now: datetime) -> None:
    """Capture the hold, book what left our custody, complete the order.

    Raises:
        DomainError: FENCED, NOT_FOUND, INVALID_STATE when it was settled before.
    """
    await check_lease(uow, command.lease, command.epoch)
    orders = await uow.orders.lock([command.order_id] if command.order_id else [])
    wanted = [outgoing_payment_id(command.withdrawal_id)] if orders else []
    payments = await uow.payments.lock(wanted)
    withdrawal = await uow.withdrawals.get(command.withdrawal_id)
    uow.withdrawals.save(withdrawal.step(WithdrawalState.SETTLED, now))
    coins = await uow.coins.where("spent_by", withdrawal.id)
    assets = {withdrawal.asset, CHAINS[withdrawal.chain].coin}
    changes = await uow.coins.read(change_coin_id(withdrawal.id, asset) for asset in assets)
    spent = _spent(withdrawal.chain, coins, changes.values())
    network_fee = (CHAINS[withdrawal.chain].coin, withdrawal.network_fee)
    if withdrawal.order_id is None or withdrawal.partner_id is None:
        _settle_sweep(uow, withdrawal, spent, network_fee)
        return
    await _settle_payout(uow, withdrawal, withdrawal.partner_id, spent, network_fee)
    for payment in payments.values():
        confirmed = payment.step(PaymentState.CONFIRMED, now)
        height, block_hash = command.height, command.block_hash
        uow.payments.save(replace(confirmed, height=height, block_hash=block_hash))
    for order in orders.values():
        if order.state is OrderState.RETURNING:
            await end_return(uow, order, now)
            continue
        ended = order.step(OrderState.COMPLETED, now)
        uow.emit(ended, EventName.ORDER_COMPLETED, state=ended.state.value)


async def _settle_payout(
    uow: UnitOfWork,
    withdrawal: Withdrawal,
    partner_id: PartnerId,
    spent: tuple[tuple[AccountRef, int], ...],
    network_fee: tuple[str, int],
) -> None:
    account = party_account(partner_id, withdrawal.customer_id, withdrawal.asset)
    await uow.ledger.lock([account])
    holder = withdrawal.order_id or OrderId(withdrawal.id)
    await uow.ledger.close_hold(account, holder, HoldState.CAPTURED)
    posting = sent(account, withdrawal.units, withdrawal.fee, spent, network_fee)
    uow.ledger.post(posting, f"withdrawal:{withdrawal.id}", withdrawal.order_id)


def _settle_sweep(
    uow: UnitOfWork,
    withdrawal: Withdrawal,
    spent: tuple[tuple[AccountRef, int], ...],
    network_fee: tuple[str, int],
) -> None:
    hot = custody_account(withdrawal.chain, Place.HOT, withdrawal.asset)
    posting = swept(spent, (hot, withdrawal.units), network_fee)
    uow.ledger.post(posting, f"sweep:{withdrawal.id}", None)
    uow.coins.add(
        Coin(
            id=coin_id(withdrawal.chain, withdrawal.txid or "", 0),
            chain=withdrawal.chain,
            asset=withdrawal.asset,
            address=withdrawal.destination,
            place=Place.HOT,
            number=0,
            txid=withdrawal.txid or "",
            vout=0,
            units=withdrawal.units,
            ready=True,
            spent_by=None,
        )
    )


def _spent(
    chain: str, coins: Iterable[Coin], changes: Iterable[Coin]
) -> tuple[tuple[AccountRef, int], ...]:
    """Sum by how much each custody place shrank."""
    shrunk: Counter[AccountRef] = Counter()
    for coin in coins:
        shrunk[custody_account(chain, coin.place, coin.asset)] += coin.units
    for change in changes:
        shrunk[custody_account(chain, change.place, change.asset)] -= change.units
    return tuple(sorted(shrunk.items(), key=lambda item: item[0].owner))
