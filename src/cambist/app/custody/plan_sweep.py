"""Bring money from a deposit address to the hot one, where withdrawals are paid from."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.domain.custody.custody import Place, Withdrawal
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class PlanSweep:
    """Name an asset the hot address is short of, and what a transfer costs."""

    asset: str
    fee: int
    hot_address: str
    lease: str
    epoch: int


async def plan_sweep(command: PlanSweep, uow: UnitOfWork, now: datetime) -> None:
    """Queue a transfer of everything on the deposit address that holds most.

    Raises:
        DomainError: FENCED, INSUFFICIENT_BALANCE when no deposit address holds more than a fee.
    """
    await check_lease(uow, command.lease, command.epoch)
    chain = CHAINS[ASSETS[command.asset].chain or ""]
    await uow.wallets.get(chain.id)
    coins = await uow.coins.where("pool", f"{chain.id}:{command.asset}")
    held: dict[str, int] = {}
    for coin in coins:
        if coin.ready and coin.spent_by is None and coin.place is Place.DEPOSIT:
            held[coin.address] = held.get(coin.address, 0) + coin.units
    richest = max(held, key=lambda address: (held[address], address), default=None)
    fee = command.fee if command.asset == chain.coin else 0
    if richest is None or held[richest] <= fee:
        raise DomainError(ErrorCode.INSUFFICIENT_BALANCE, asset=command.asset)
    uow.withdrawals.add(
        Withdrawal(
            id=uow.new_id(),
            order_id=None,
            partner_id=None,
            state=WithdrawalState.ACCEPTED,
            chain=chain.id,
            asset=command.asset,
            destination=command.hot_address,
            source=richest,
            units=held[richest] - fee,
            fee=0,
            network_fee=0,
            nonce=None,
            change_units=0,
            raw=None,
            txid=None,
            attempts=0,
            reason=None,
            created_at=now,
            updated_at=now,
        )
    )
