"""Give up crypto a reorganisation took from a sell: undo the exchange, or note the house's loss."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cambist.app.selling import recover
from cambist.app.steps import payments_of
from cambist.app.trading import CAME_BACK, REVERTED, ask_for_return, exchange_of, own_trade
from cambist.domain.compliance.cases import Case, CaseKind, CaseState, open_case, undecided
from cambist.domain.ledger.accounts import HoldState, customer_account
from cambist.domain.ledger.trading import sold
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Trade
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import CaseId, OrderId
from cambist.ports.uow import UnitOfWork

WRITTEN_OFF = "written-off"
PAID_OUT = frozenset({OrderState.SENT, OrderState.COMPLETED})


class WrittenOff(StrEnum):
    """Name what became of the sell: never exchanged, or paid for by the house."""

    UNDONE = "undone"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Name a sell whose crypto is gone for good, who says so, and his words for the record."""

    order_id: OrderId
    by: str
    remark: str


async def write_off(command: WriteOff, uow: UnitOfWork, now: datetime) -> WrittenOff:
    """Record the decision in a case of the order, once; asked again it is the same.

    While the payout is in our hands the exchange is undone, and nobody has lost anything. What the
    seller has been paid stays paid: the reorganisation has booked the house's loss already, and
    books it back should the crypto return.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE when nothing is missing, or a case is about something
            else.
    """
    order, trade = await own_trade(uow, command.order_id, None)
    cases = await uow.cases.where("order_id", order.id)
    held = undecided(cases)
    is_missing = order.confirmed < trade.crypto_units
    if trade.filled and is_missing and held is not None:
        if {CAME_BACK, REVERTED}.isdisjoint(held.reasons):
            raise DomainError(ErrorCode.INVALID_STATE, machine="case", state=held.kind.value)
        uow.cases.save(_decided(held, CaseState.REJECTED, command, now))
        order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=held.kind.value)
        await _undo(uow, order, trade, now)
        return WrittenOff.UNDONE
    if any(WRITTEN_OFF in case.reasons for case in cases):
        return WrittenOff.LOST if trade.filled else WrittenOff.UNDONE
    is_paid = order.kind is OrderKind.SELL and trade.filled and order.state in PAID_OUT
    if not is_paid or not is_missing or order.customer_id is None:
        raise DomainError(ErrorCode.INVALID_STATE, machine="trade", state=order.state.value)
    case = open_case(CaseId(uow.new_id()), order.id, order.customer_id, CaseKind.EDD, now)
    uow.cases.add(_decided(case, CaseState.ACCEPTED, command, now))
    return WrittenOff.LOST


def _decided(case: Case, state: CaseState, command: WriteOff, now: datetime) -> Case:
    after = case.step(state, now)
    reasons = (*case.reasons, WRITTEN_OFF)
    return replace(after, reasons=reasons, remark=command.remark, reviewer=command.by)


async def _undo(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> None:
    """Take the exchange back, clear the loss with the crypto, and end the order.

    What is left of the crypto goes back to the seller; what returns later does, too.
    """
    fiat = customer_account(trade.customer_id, trade.fiat)
    crypto = customer_account(trade.customer_id, trade.crypto)
    await uow.ledger.lock([fiat, crypto])
    await uow.ledger.close_hold(fiat, order.id, HoldState.RELEASED)
    posting = sold(fiat, crypto, exchange_of(trade)).reversed("unsold")
    uow.ledger.post(posting, f"unfill:{order.id}", order.id)
    trade = replace(trade, filled=False)
    uow.trades.save(trade)
    await recover(uow, order, trade, await payments_of(uow, order.id))
    if order.confirmed:
        await ask_for_return(uow, order, trade, order.confirmed, now)
        return
    uow.emit(order.step(OrderState.REJECTED, now), EventName.ORDER_FAILED, case="edd")
