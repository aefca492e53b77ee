"""Decide which wrong use cases the matrix must catch: they book anew what was decided, or keep."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

from cambist.app.banking.own_line import OwnLine, own_line
from cambist.app.cases.name_return import NameReturn, name_return
from cambist.app.selling import recover
from cambist.app.steps import payments_of
from cambist.app.trades.write_off import WriteOff, WrittenOff, write_off
from cambist.app.trading import exchange_of, open_case_of, own_trade
from cambist.bootstrap import core, use_cases
from cambist.domain.compliance.cases import CaseKind, CaseState, undecided
from cambist.domain.ledger.accounts import HoldState, customer_account
from cambist.domain.ledger.trading import fiat_own_out, sold
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.states import LineState
from cambist.kernel.events import EventName
from cambist.ports.uow import UnitOfWork

OWN_ANEW = "own-anew"
RETURN_KEPT = "return-kept"
WRITE_OFF_ANEW = "write-off-anew"


async def own_line_anew(command: OwnLine, uow: UnitOfWork, now: datetime) -> None:
    """Book a line as the house's own as often as told, each time under a key of its own."""
    line = await uow.bank_lines.get(command.line_id)
    uow.bank_lines.save(replace(line, state=LineState.OWN))
    posting = fiat_own_out(line.currency, line.units)
    uow.ledger.post(posting, f"own:{line.id}:{uow.new_id()}", None)


async def name_return_keeping(command: NameReturn, uow: UnitOfWork, now: datetime) -> None:
    """Decide that crypto goes back, and call it done without setting aside or sending any."""
    order, _ = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, CaseKind.RETURN)
    uow.cases.save(case.step(CaseState.ACCEPTED, now))
    ended = order.step(OrderState.RETURNING, now).step(OrderState.COMPLETED, now)
    uow.emit(ended, EventName.ORDER_RETURNED, state=ended.state.value)


async def write_off_anew(command: WriteOff, uow: UnitOfWork, now: datetime) -> WrittenOff:
    """Undo an exchange as often as told, each time under a key of its own."""
    order, trade = await own_trade(uow, command.order_id, None)
    fiat = customer_account(trade.customer_id, trade.fiat)
    crypto = customer_account(trade.customer_id, trade.crypto)
    await uow.ledger.lock([fiat, crypto])
    held = undecided(await uow.cases.where("order_id", order.id))
    if held is not None:
        uow.cases.save(held.step(CaseState.REJECTED, now))
        order = uow.emit(order, EventName.ORDER_CASE_CLOSED, case=held.kind.value)
        await uow.ledger.close_hold(fiat, order.id, HoldState.RELEASED)
    posting = sold(fiat, crypto, exchange_of(trade)).reversed("unsold")
    uow.ledger.post(posting, f"unfill:{order.id}:{uow.new_id()}", order.id)
    trade = replace(trade, filled=False)
    uow.trades.save(trade)
    await recover(uow, order, trade, await payments_of(uow, order.id))
    if held is not None:
        uow.emit(order.step(OrderState.REJECTED, now), EventName.ORDER_FAILED, case="edd")
    return WrittenOff.UNDONE


VERSIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    OWN_ANEW: (own_line, own_line_anew),
    RETURN_KEPT: (name_return, name_return_keeping),
    WRITE_OFF_ANEW: (write_off, write_off_anew),
}


def planted(variant: str) -> AbstractContextManager[object]:
    """Let cores opened meanwhile know the variant's wrong use case instead of the right one."""
    right, wrong = VERSIONS.get(variant, (None, None))
    chosen = tuple(wrong if one is right else one for one in use_cases.USE_CASES)
    return patch.object(core, "USE_CASES", chosen)
