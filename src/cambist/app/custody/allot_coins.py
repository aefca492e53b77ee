"""Choose the coins, the fee and the nonce a withdrawal is made with, once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.app.payouts import least_sent
from cambist.domain.custody.custody import (
    Address,
    Coin,
    Place,
    Withdrawal,
    address_key,
    change_coin_id,
)
from cambist.domain.custody.spending import FeeRate, Spend, plan_account, plan_utxo
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.market.assets import CHAINS, ChainModel
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class AllotCoins:
    """Name an accepted withdrawal, what the network asks for, and our hot address."""

    withdrawal_id: OrderId
    order_id: OrderId | None
    fee_first: int
    fee_more: int
    hot_address: str
    lease: str
    epoch: int


async def allot_coins(command: AllotCoins, uow: UnitOfWork, now: datetime) -> None:
    """Reserve coins and a nonce; the order is on its way from here on.

    Raises:
        DomainError: FENCED, NOT_FOUND, INVALID_STATE when it was allotted before,
            INSUFFICIENT_BALANCE when no coins suffice now, AMOUNT_TOO_SMALL when it is nothing the
            chain would ever take: no coins are set aside for it.
    """
    await check_lease(uow, command.lease, command.epoch)
    orders = await uow.orders.lock([command.order_id] if command.order_id else [])
    withdrawal = await uow.withdrawals.get(command.withdrawal_id)
    allotted = withdrawal.step(WithdrawalState.ALLOTTED, now)
    await uow.wallets.get(withdrawal.chain)
    plan = await _plan(uow, withdrawal, command)
    for coin in plan.coins:
        uow.coins.save(replace(coin, spent_by=withdrawal.id))
    for change in _changes(withdrawal, plan, command.hot_address):
        uow.coins.add(change)
    nonce = None
    if CHAINS[withdrawal.chain].model is ChainModel.ACCOUNT:
        nonce = await _next_nonce(uow, withdrawal.chain, plan.coins[0].address)
    uow.withdrawals.save(
        replace(allotted, network_fee=plan.fee, nonce=nonce, change_units=plan.change)
    )
    for order in orders.values():
        if not order.is_trade:
            uow.orders.save(order.step(OrderState.SENDING, now))


async def _plan(uow: UnitOfWork, withdrawal: Withdrawal, command: AllotCoins) -> Spend:
    chain = CHAINS[withdrawal.chain]
    if withdrawal.units < least_sent(chain):
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL, asset=withdrawal.asset)
    fee = FeeRate(command.fee_first, command.fee_more)
    coins = await uow.coins.where("pool", f"{chain.id}:{withdrawal.asset}")
    free = [coin for coin in coins if coin.ready and coin.spent_by is None]
    if chain.model is ChainModel.UTXO:
        plan = plan_utxo(free, withdrawal.units, fee, withdrawal.source)
    elif withdrawal.asset == chain.coin:
        plan = plan_account(free, withdrawal.units, fee.first, withdrawal.source, None)
    else:
        native = await uow.coins.where("pool", f"{chain.id}:{chain.coin}")
        gas = [c for c in native if c.ready and c.spent_by is None and c.place is Place.HOT]
        plan = plan_account(free, withdrawal.units, fee.first, withdrawal.source, gas)
    if plan is None:
        raise DomainError(ErrorCode.INSUFFICIENT_BALANCE, asset=withdrawal.asset)
    return plan


def _changes(withdrawal: Withdrawal, plan: Spend, hot: str) -> Sequence[Coin]:
    """Foresee what the transaction leaves over; its txid is filled in when it is signed."""
    chain = CHAINS[withdrawal.chain]
    changes: list[Coin] = []
    if plan.change:
        first = plan.coins[0]
        home = first.address if chain.model is ChainModel.ACCOUNT else hot
        place = first.place if chain.model is ChainModel.ACCOUNT else Place.HOT
        number = first.number if chain.model is ChainModel.ACCOUNT else 0
        changes.append(_change(withdrawal, withdrawal.asset, (home, place, number), plan.change))
    if plan.gas_change:
        gas_home = (hot, Place.HOT, 0)
        changes.append(_change(withdrawal, chain.coin, gas_home, plan.gas_change))
    return changes


def _change(withdrawal: Withdrawal, asset: str, home: tuple[str, Place, int], units: int) -> Coin:
    address, place, number = home
    return Coin(
        id=change_coin_id(withdrawal.id, asset),
        chain=withdrawal.chain,
        asset=asset,
        address=address,
        place=place,
        number=number,
        txid="",
        vout=1,
        units=units,
        ready=False,
        spent_by=None,
    )


async def _next_nonce(uow: UnitOfWork, chain: str, sender: str) -> int:
    address: Address = await uow.addresses.get(address_key(chain, sender))
    uow.addresses.save(replace(address, nonce=address.nonce + 1))
    return address.nonce
