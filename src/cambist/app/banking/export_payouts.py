"""Keep a file of payouts for the bank before anybody may hand it over."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import BankPayout, PayoutBatch
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.ports.uow import UnitOfWork

PAYOUTS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class ExportPayouts:
    """Carry a written file and the payouts in it, each as (payout, its order or line)."""

    batch_id: UUID
    method: str
    currency: str
    payouts: tuple[tuple[UUID, UUID], ...]
    document: bytes


async def export_payouts(command: ExportPayouts, uow: UnitOfWork, now: datetime) -> bool:
    """Store the file and mark its payouts, all or none; False when it is stored already.

    Raises:
        DomainError: INVALID_STATE when a payout is no longer on the list, LIMIT_EXCEEDED for more
            than PAYOUTS_MAX, AMOUNT_INVALID for none or one named twice, NOT_FOUND for one that is
            not its order's or line's, or of another rail or currency.
    """
    if not command.payouts or len(set(command.payouts)) != len(command.payouts):
        raise DomainError(ErrorCode.AMOUNT_INVALID)
    if len(command.payouts) > PAYOUTS_MAX:
        raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=PAYOUTS_MAX)
    owners = sorted({owner for _, owner in command.payouts})
    await uow.bank_lines.lock(owners)
    if await uow.payout_batches.lock([command.batch_id]):
        return False
    orders = await uow.orders.lock(owners)
    payouts = await uow.bank_payouts.read([payout_id for payout_id, _ in command.payouts])
    for payout_id, owner in command.payouts:
        payout = payouts.get(payout_id)
        if payout is None or payout.owner != owner or not _is_for(payout, command):
            raise DomainError(ErrorCode.NOT_FOUND, kind="bank_payout")
        uow.bank_payouts.save(payout.export(command.batch_id, now))
        if payout.order_id is None:
            continue
        order = orders[payout.order_id]
        sent = order if payout.returning else order.step(OrderState.SENT, now)
        orders[order.id] = uow.emit(sent, EventName.ORDER_SENT)
    uow.payout_batches.add(
        PayoutBatch(
            id=command.batch_id,
            method=command.method,
            currency=command.currency,
            count=len(command.payouts),
            units=sum(payout.units for payout in payouts.values()),
            document=command.document,
            created_at=now,
        )
    )
    return True


def _is_for(payout: BankPayout, command: ExportPayouts) -> bool:
    return (payout.method, payout.currency) == (command.method, command.currency)
