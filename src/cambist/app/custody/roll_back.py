"""Take back the newest block of a chain that is no longer in its best chain."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.fencing import check_lease
from cambist.app.receiving import reassess_all
from cambist.domain.custody.custody import Cursor, coin_id
from cambist.domain.ledger.accounts import AccountRef, party_account
from cambist.domain.ledger.recipes import house_funded, pay_in_reverted, suspense_received
from cambist.domain.orders.states import Label
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.states import PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RollBack:
    """Name the block to take back; it must be the one the cursor stands on."""

    chain: str
    height: int
    hash: str
    lease: str
    epoch: int


async def roll_back(command: RollBack, uow: UnitOfWork, now: datetime) -> None:
    """Reverse what the block credited and set the cursor on its parent.

    What a party no longer has becomes a loss of the house, made good when the payment returns.

    Raises:
        DomainError: FENCED, INVALID_STATE when the cursor stands elsewhere or the parent is not
            remembered (the reorg is deeper than what is kept).
    """
    await check_lease(uow, command.lease, command.epoch)
    cursor = await uow.cursors.get(command.chain)
    parent = await uow.blocks.peek((command.chain, command.height - 1))
    if (cursor.height, cursor.hash) != (command.height, command.hash) or parent is None:
        raise DomainError(ErrorCode.INVALID_STATE, machine="cursor", height=cursor.height)
    uow.cursors.save(Cursor(command.chain, parent.height, parent.hash, cursor.seen_at))
    struck = await uow.payments.where("block_hash", command.hash)
    if not struck:
        return
    orders = await uow.orders.lock(sorted({p.order_id for p in struck if p.order_id is not None}))
    payments = await uow.payments.lock(sorted(payment.id for payment in struck))
    credited = [p for p in payments.values() if p.state is PaymentState.CONFIRMED]
    if credited:
        await uow.wallets.lock([command.chain])
    await _unspend(uow, credited)
    await uow.ledger.lock(_party(p) for p in credited if p.matched)
    for payment in payments.values():
        after = _reverse(uow, payment, now) if payment in credited else payment
        uow.payments.save(replace(after, height=None, block_hash=None, updated_at=now))
        order = orders.get(payment.order_id)
        if order is not None:
            orders[order.id] = uow.emit(
                replace(order, labels=order.labels | {Label.REORGED}),
                EventName.ORDER_PAYMENT_REVERTED,
                payment=str(payment.id),
            )
    await reassess_all(uow, orders.values(), now)


async def _unspend(uow: UnitOfWork, credited: list[Payment]) -> None:
    """Take the coins that are no longer there out of what can be spent."""
    ids = [coin_id(p.chain, p.txid or "", p.index) for p in credited]
    for coin in (await uow.coins.lock(sorted(ids))).values():
        uow.coins.save(replace(coin, ready=False))


def _party(payment: Payment) -> AccountRef:
    return party_account(payment.partner_id, payment.customer_id, payment.asset)


def _reverse(uow: UnitOfWork, payment: Payment, now: datetime) -> Payment:
    reference = f"revert:{payment.id}:{payment.credits}"
    loss = 0
    if payment.matched:
        party = _party(payment)
        owed = payment.units - payment.fee
        loss = owed - min(owed, uow.ledger.balance(party).available)
        posting = pay_in_reverted(party, payment.chain, payment.units, payment.fee, loss)
    elif payment.order_id is None:
        posting = house_funded(payment.chain, payment.asset, payment.units).reversed("unfunded")
    else:
        received = suspense_received(payment.chain, payment.asset, payment.units)
        posting = received.reversed("suspense_reverted")
    uow.ledger.post(posting, reference, payment.order_id)
    return replace(payment.step(PaymentState.PENDING, now), loss=loss)
