"""Decide that money kept with us buys only what its owner has proved to want, and once."""

import pytest

from cambist.app.cases.confirm_code import ConfirmCode, Tried
from cambist.app.cases.decide_case import Decision
from cambist.app.cases.send_code import SendCode
from cambist.app.knowing import Client
from cambist.app.trades.open_trade import OpenedTrade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Outcome, Purpose
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Payout
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.desk import LTC, OUTSIDE, Desk

WINDOW_S = 86_400


async def saver(desk: Desk) -> Client:
    """Make a customer who has kept the proceeds of half a coin: 950 CZK."""
    client = await desk.known()
    opened = await desk.ready(Side.SELL, client=client, payout=Payout.KEEP, bank_account=None)
    await desk.pay(opened, LTC // 2)
    return client


async def confirm(desk: Desk, opened: OpenedTrade) -> Tried:
    """Send a code for a deposit case and type it."""
    address = desk.next_address()
    await desk.do(SendCode(opened.order_id, desk.partner, CaseKind.DEPOSIT, address))
    code = await desk.code(Purpose.DEPOSIT, opened)
    tried: Tried = await desk.do(
        ConfirmCode(opened.order_id, desk.partner, CaseKind.DEPOSIT, code, address)
    )
    await desk.carry()
    return tried


async def test_money_kept_buys_once_its_owner_confirms(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", 10 * LTC)
    client = await saver(desk)
    opened = await desk.order(client=client, method="balance", units=90_000)
    assert await desk.open_case(opened) is CaseKind.DEPOSIT
    assert (await desk.view(opened)).pay is None
    assert (await confirm(desk, opened)).outcome is Outcome.RIGHT
    before = await desk.world.standing("LTC", OUTSIDE)
    await desk.world.pay_out("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert view.order.state is OrderState.COMPLETED
    assert await desk.world.standing("LTC", OUTSIDE) == before + view.trade.crypto_units
    assert await desk.balance(opened) == (5_000, 0)


async def test_more_than_is_kept_is_refused_and_the_code_stays_good(desk: Desk) -> None:
    client = await saver(desk)
    opened = await desk.order(client=client, method="balance", units=95_001)
    with pytest.raises(DomainError) as refused:
        await confirm(desk, opened)
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE
    assert await desk.open_case(opened) is CaseKind.DEPOSIT


async def test_two_orders_cannot_spend_the_same_money(desk: Desk) -> None:
    client = await saver(desk)
    first = await desk.order(client=client, method="balance", units=60_000)
    second = await desk.order(client=client, method="balance", units=60_000)
    await confirm(desk, first)
    with pytest.raises(DomainError) as refused:
        await confirm(desk, second)
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE


async def test_held_money_of_another_order_pays_for_nothing_else(desk: Desk) -> None:
    client = await desk.known()
    held = await desk.ready(client=client)
    reference = (await desk.view(held)).trade.reference
    await desk.transfer(100_000, [reference], name="Karel Dvořák")
    assert await desk.balance(held) == (100_000, 100_000)
    opened = await desk.order(client=client, method="balance", units=50_000)
    with pytest.raises(DomainError) as refused:
        await confirm(desk, opened)
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE
    await desk.decide(held, Decision.ACCEPT)
    assert await desk.state(held) is OrderState.SENDING


async def test_refused_deposit_cancels_and_gives_the_limits_back(desk: Desk) -> None:
    client = await saver(desk)
    opened = await desk.order(client=client, method="balance", units=90_000)
    before = await desk.counted(opened)
    await desk.do(ConfirmCode(opened.order_id, desk.partner, CaseKind.DEPOSIT, None))
    await desk.carry()
    assert await desk.state(opened) is OrderState.CANCELLED
    assert await desk.balance(opened) == (95_000, 0)
    assert await desk.counted(opened) == before - 90_000


async def test_deposit_nobody_answers_expires(desk: Desk) -> None:
    client = await saver(desk)
    opened = await desk.order(client=client, method="balance", units=90_000)
    await desk.world.advance(14 * WINDOW_S + 1)
    await desk.carry()
    assert await desk.state(opened) is OrderState.EXPIRED
    assert await desk.balance(opened) == (95_000, 0)


async def test_transfer_does_not_pay_for_an_order_from_the_balance(desk: Desk) -> None:
    client = await saver(desk)
    opened = await desk.order(client=client, method="balance", units=91_234)
    booked = await desk.transfer(91_234, [], name="Jana Nováková")
    assert booked.order_id is None
    assert await desk.open_case(opened) is CaseKind.DEPOSIT


async def test_proceeds_cannot_be_sent_over_the_balance(desk: Desk) -> None:
    with pytest.raises(DomainError) as refused:
        await desk.order(Side.SELL, method="balance")
    assert refused.value.code is ErrorCode.FIELD_INVALID
