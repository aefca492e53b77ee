"""Note that a chain took a withdrawal's bytes."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.domain.custody.custody import change_coin_id
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.market.assets import CHAINS
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.payments import outgoing_payment_id
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class MarkBroadcast:
    """Name a signed withdrawal the node accepted."""

    withdrawal_id: OrderId
    order_id: OrderId | None
    lease: str
    epoch: int


async def mark_broadcast(command: MarkBroadcast, uow: UnitOfWork, now: datetime) -> None:
    """Show the transaction on the order and let its change be spent.

    Raises:
        DomainError: FENCED, NOT_FOUND, INVALID_STATE when it was marked before.
    """
    await check_lease(uow, command.lease, command.epoch)
    orders = await uow.orders.lock([command.order_id] if command.order_id else [])
    wanted = [outgoing_payment_id(command.withdrawal_id)] if orders else []
    payments = await uow.payments.lock(wanted)
    withdrawal = await uow.withdrawals.get(command.withdrawal_id)
    uow.withdrawals.save(withdrawal.step(WithdrawalState.BROADCAST, now))
    await uow.wallets.get(withdrawal.chain)
    assets = {withdrawal.asset, CHAINS[withdrawal.chain].coin}
    ids = sorted(change_coin_id(withdrawal.id, asset) for asset in assets)
    for coin in (await uow.coins.lock(ids)).values():
        uow.coins.save(replace(coin, ready=True))
    for payment in payments.values():
        uow.payments.save(replace(payment, txid=withdrawal.txid, updated_at=now))
    for order in orders.values():
        returning = order.state is OrderState.RETURNING
        sent = order if returning else order.step(OrderState.SENT, now)
        uow.emit(sent, EventName.ORDER_SENT, txid=withdrawal.txid or "")
