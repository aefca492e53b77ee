"""Decide that fiat on its way out is told of once by the bank, and may come back."""

from collections.abc import Awaitable
from typing import Any

import pytest

from cambist.app.banking.book_line import Booked
from cambist.app.banking.export_payouts import ExportPayouts
from cambist.app.cases.decide_case import Decision
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import BankPayoutState, batch_id
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.desk import LTC, Desk

PAYER = "CZ5508000000001234567899"
PAYER_NUMBER = "1234567899/0800"


async def refused_with(code: ErrorCode, act: Awaitable[Any]) -> None:
    """Await what must be refused."""
    with pytest.raises(DomainError) as refused:
        await act
    assert refused.value.code is code


@pytest.mark.parametrize("settled", [False, True])
async def test_payout_that_came_back_is_paid_to_another_account(desk: Desk, settled: bool) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, LTC // 2)
    exported = await desk.export(opened)
    if settled:
        await desk.debit(exported)
    await desk.send_back(exported)
    view = await desk.view(opened)
    assert view.held_by is not None
    assert view.held_by.reasons == ("payout-returned",)
    assert view.payouts[0].state is BankPayoutState.RETURNED
    held = exported.units if settled else 2 * exported.units
    assert await desk.balance(opened) == (held, held)
    wrong = desk.decide(opened, Decision.ACCEPT, account="19-2000145398/0800")
    await refused_with(ErrorCode.FIELD_INVALID, wrong)
    await refused_with(ErrorCode.INVALID_STATE, desk.decide(opened, Decision.REJECT))
    await desk.decide(opened, Decision.ACCEPT, account=PAYER)
    again = await desk.payout(opened)
    assert (again.number, (await desk.payee(again))["account"]) == (2, PAYER_NUMBER)
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.COMPLETED
    if not settled:
        await desk.debit(exported)
    assert await desk.balance(opened) == (0, 0)


async def test_return_that_came_back_is_paid_again(desk: Desk) -> None:
    opened = await desk.ready()
    await desk.cancel(opened)
    await desk.transfer(100_000, [(await desk.view(opened)).trade.reference])
    await desk.send_back(await desk.export(opened))
    assert await desk.open_case(opened) is CaseKind.EDD
    await desk.decide(opened, Decision.ACCEPT)
    again = await desk.payout(opened)
    assert (again.returning, again.number) == (True, 2)
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.RETURNED


async def test_debit_that_is_told_after_the_return_is_no_second_payment(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, LTC // 2)
    before = await desk.world.balance("house:suspense", "CZK")
    exported = await desk.export(opened)
    await desk.send_back(exported)
    booked = await desk.debit(exported)
    assert booked.booked is Booked.MATCHED
    assert await desk.world.balance("house:suspense", "CZK") == before
    again = await desk.debit(exported)
    assert again.booked is Booked.WAITING


@pytest.mark.parametrize("units", [1, 10**9])
async def test_debit_of_another_amount_is_unexplained(desk: Desk, units: int) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, LTC // 2)
    exported = await desk.export(opened)
    booked = await desk.transfer(units, (), credit=False, end_to_end=exported.id.hex.upper())
    assert booked.booked is Booked.WAITING
    assert await desk.state(opened) is OrderState.SENT


async def test_file_holds_only_payouts_of_its_own_rail_each_once(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, LTC // 2)
    queued = await desk.payout(opened)
    named = (queued.id, queued.owner)
    stranger = (queued.id, (await desk.ready(Side.SELL)).order_id)
    wrong = [
        (("cz-bank", "CZK"), (), ErrorCode.AMOUNT_INVALID),
        (("cz-bank", "CZK"), (named, named), ErrorCode.AMOUNT_INVALID),
        (("cz-bank", "CZK"), (stranger,), ErrorCode.NOT_FOUND),
        (("sepa", "EUR"), (named,), ErrorCode.NOT_FOUND),
    ]
    for (method, currency), payouts, code in wrong:
        command = ExportPayouts(batch_id([queued.id]), method, currency, payouts, b"")
        await refused_with(code, desk.do(command))
    await desk.export(opened)
    again = ExportPayouts(batch_id([queued.id, opened.order_id]), "cz-bank", "CZK", (named,), b"")
    await refused_with(ErrorCode.INVALID_STATE, desk.do(again))
    same = ExportPayouts(batch_id([queued.id]), "cz-bank", "CZK", (named,), b"other bytes")
    assert await desk.do(same) is False
