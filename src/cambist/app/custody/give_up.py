"""Stop a withdrawal that cannot go on: reject it while nothing is signed, else park it."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.domain.custody.custody import Withdrawal
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.ledger.accounts import HoldState, partner_account
from cambist.domain.market.assets import CHAINS, ChainModel
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.payments import outgoing_payment_id
from cambist.domain.payments.states import PaymentState
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork

REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Name a withdrawal and why it cannot go on.

    `is_unsigned` says that the signer refused it and has never signed anything under its id.
    """

    withdrawal_id: OrderId
    order_id: OrderId | None
    parent_id: OrderId | None
    reason: str
    lease: str
    epoch: int
    is_unsigned: bool = False


async def give_up(command: GiveUp, uow: UnitOfWork, now: datetime) -> None:
    """Reject (hold released, refund uncounted) before coins are allotted; afterwards park it.

    A parked one keeps hold and coins: its bytes may still be mined, so only a person may decide.
    What was never signed gives the coins of a UTXO chain back at once, or one payout that cannot
    be signed would take the largest coin from all others. (An account's nonce stays used.)
    A trade's is parked in any case: the customer has paid, and must not be left with nothing.

    Raises:
        DomainError: FENCED, NOT_FOUND, INVALID_STATE when it is settled or parked already.
    """
    await check_lease(uow, command.lease, command.epoch)
    wanted = [order_id for order_id in (command.order_id, command.parent_id) if order_id]
    orders = await uow.orders.lock(sorted(wanted))
    order = orders.get(command.order_id)
    payments = await uow.payments.lock(
        [outgoing_payment_id(command.withdrawal_id)] if order else []
    )
    withdrawal = await uow.withdrawals.get(command.withdrawal_id)
    rejecting = withdrawal.state is WithdrawalState.ACCEPTED and not (order and order.is_trade)
    target = WithdrawalState.REJECTED if rejecting else WithdrawalState.STUCK
    stopped = withdrawal.step(target, now)
    uow.withdrawals.save(replace(stopped, reason=command.reason[:REASON_MAX]))
    if command.is_unsigned and withdrawal.state is WithdrawalState.ALLOTTED:
        await _free_coins(uow, withdrawal)
    if not rejecting or order is None or order.asset is None:
        return
    account = partner_account(order.partner_id, order.asset)
    await uow.ledger.lock([account])
    await uow.ledger.close_hold(account, order.id, HoldState.RELEASED)
    for payment in payments.values():
        uow.payments.save(payment.step(PaymentState.DROPPED, now))
    parent = orders.get(command.parent_id)
    if parent is not None and order.parent_id == parent.id:
        uow.orders.save(replace(parent, refunded=parent.refunded - withdrawal.units))
    rejected = order.step(OrderState.REJECTED, now)
    uow.emit(rejected, EventName.ORDER_FAILED, state=rejected.state.value)


async def _free_coins(uow: UnitOfWork, withdrawal: Withdrawal) -> None:
    """Let others spend what was set aside; the change that was foreseen never comes to be."""
    if CHAINS[withdrawal.chain].model is not ChainModel.UTXO:
        return
    await uow.wallets.get(withdrawal.chain)
    for coin in await uow.coins.where("spent_by", withdrawal.id):
        uow.coins.save(replace(coin, spent_by=None))
