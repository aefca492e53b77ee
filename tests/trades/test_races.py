"""Decide that what two processes do at once happens as if one had come after the other."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from cambist.adapters.chain_families.networks import Network
from cambist.adapters.simulators.chain_rules import outside_address
from cambist.app.banking.book_line import Booked, BookedLine
from cambist.app.banking.export_payouts import ExportPayouts
from cambist.app.banking.resolve_line import ResolveLine
from cambist.app.cases.decide_change import ChangeOutcome, DecideChange
from cambist.app.cases.name_return import NameReturn
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.fill_trade import FillTrade
from cambist.bootstrap.core import Core
from cambist.domain.market.assets import CHAINS
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.desk import LTC, Desk

AT_ONCE = 20
ROUNDS = 6


async def at_once(desk: Desk, second: Core, commands: Sequence[object]) -> list[Any]:
    """Run commands in two processes side by side; a refusal stands for itself by its code."""
    buses = (desk.world.core.bus, second.bus)
    answers = await asyncio.gather(
        *(buses[number % 2].execute(command) for number, command in enumerate(commands)),
        return_exceptions=True,
    )
    faults = [a for a in answers if isinstance(a, BaseException) and not isinstance(a, DomainError)]
    assert faults == []
    return [answer.code if isinstance(answer, DomainError) else answer for answer in answers]


async def test_line_imported_side_by_side_is_booked_once(desk: Desk, second: Core) -> None:
    for _ in range(ROUNDS):
        opened = await desk.ready()
        trade = (await desk.view(opened)).trade
        line = await desk.line(trade.fiat_units, [trade.reference])
        answers: list[BookedLine] = await at_once(desk, second, [line] * AT_ONCE)
        booked = Counter(answer.booked for answer in answers)
        assert booked == {Booked.MATCHED: 1, Booked.KNOWN: AT_ONCE - 1}
        await desk.carry()
        assert (await desk.view(opened)).trade.fiat_received == trade.fiat_units


async def test_change_is_decided_once(desk: Desk, second: Core) -> None:
    for _ in range(ROUNDS):
        opened = await desk.ready()
        await desk.transfer(99_000, [(await desk.view(opened)).trade.reference])
        commands = [
            DecideChange(opened.order_id, desk.partner, bool(number % 3))
            for number in range(AT_ONCE)
        ]
        answers = await at_once(desk, second, commands)
        decided = [answer for answer in answers if isinstance(answer, ChangeOutcome)]
        assert len(decided) == 1
        assert answers.count(ErrorCode.CASE_NOT_OPEN) == AT_ONCE - 1
        await desk.carry()


async def test_return_goes_to_one_address(desk: Desk, second: Core) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.cancel(opened)
    await desk.pay(opened, LTC // 2)
    addresses = [
        outside_address(CHAINS["litecoin"], Network.MAIN, "return", number)
        for number in range(AT_ONCE)
    ]
    commands = [NameReturn(opened.order_id, desk.partner, address) for address in addresses]
    answers = await at_once(desk, second, commands)
    assert answers.count(ErrorCode.CASE_NOT_OPEN) == AT_ONCE - 1
    assert await desk.balance(opened, "LTC") == (LTC // 2, LTC // 2)


async def test_payout_stands_in_one_file(desk: Desk, second: Core) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, LTC // 2)
    queued = await desk.payout(opened)
    named = ((queued.id, queued.owner),)
    commands = [
        ExportPayouts(uuid4(), queued.method, queued.currency, named, b"") for _ in range(AT_ONCE)
    ]
    answers = await at_once(desk, second, commands)
    assert answers.count(True) == 1
    assert answers.count(ErrorCode.INVALID_STATE) == AT_ONCE - 1
    await desk.carry()


async def test_paid_order_is_exchanged_once(desk: Desk, second: Core) -> None:
    opened = await desk.ready()
    trade = (await desk.view(opened)).trade
    await desk.do(await desk.line(trade.fiat_units, [trade.reference]))
    assert await desk.state(opened) is OrderState.PAID
    answers = await at_once(desk, second, [FillTrade(opened.order_id)] * AT_ONCE)
    assert (answers.count(True), answers.count(False)) == (1, AT_ONCE - 1)
    await desk.carry()


async def test_waiting_line_is_assigned_to_one_order(desk: Desk, second: Core) -> None:
    orders = [await desk.ready() for _ in range(3)]
    booked = await desk.transfer(100_000, ["9999999999"])
    commands = [
        ResolveLine(booked.line_id, orders[number % 3].order_id, "anna", "")
        for number in range(AT_ONCE)
    ]
    answers = await at_once(desk, second, commands)
    assert answers.count(None) == 1
    await desk.carry()
    received = [(await desk.view(opened)).trade.fiat_received for opened in orders]
    assert sorted(received) == [0, 0, 100_000]


async def test_cancellation_and_money_that_meet_are_sorted_out(desk: Desk, second: Core) -> None:
    ends: Counter[OrderState] = Counter()
    for _ in range(ROUNDS):
        opened = await desk.ready()
        trade = (await desk.view(opened)).trade
        line = await desk.line(trade.fiat_units, [trade.reference])
        answers = await at_once(
            desk, second, [CancelTrade(opened.order_id, desk.partner), line, line]
        )
        await desk.carry()
        cancelled = answers[0] is None
        state = await desk.state(opened)
        assert state is (OrderState.RETURNING if cancelled else OrderState.SENDING)
        ends[state] += 1
    assert sum(ends.values()) == ROUNDS
