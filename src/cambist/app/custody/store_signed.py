"""Store a withdrawal's signed bytes before anybody may broadcast them."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.domain.custody.custody import change_coin_id
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.market.assets import CHAINS
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class StoreSigned:
    """Carry what the signer answered."""

    withdrawal_id: OrderId
    raw: bytes
    txid: str
    lease: str
    epoch: int


async def store_signed(command: StoreSigned, uow: UnitOfWork, now: datetime) -> None:
    """Keep bytes and txid, and give the expected change its identity.

    Raises:
        DomainError: FENCED, NOT_FOUND, INVALID_STATE when bytes were stored before.
    """
    await check_lease(uow, command.lease, command.epoch)
    withdrawal = await uow.withdrawals.get(command.withdrawal_id)
    signed = withdrawal.step(WithdrawalState.SIGNED, now)
    uow.withdrawals.save(replace(signed, raw=command.raw, txid=command.txid))
    assets = {withdrawal.asset, CHAINS[withdrawal.chain].coin}
    ids = sorted(change_coin_id(withdrawal.id, asset) for asset in assets)
    for coin in (await uow.coins.lock(ids)).values():
        uow.coins.save(replace(coin, txid=command.txid))
