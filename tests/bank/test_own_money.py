"""Prove that the house's own money leaves suspense: once, and whichever way it went."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest

from cambist.app.banking.own_line import OwnLine
from cambist.app.banking.resolve_line import ResolveLine
from cambist.app.banking.return_line import ReturnLine
from cambist.bootstrap import bank_desk
from cambist.bootstrap.commands import run
from cambist.domain.payments.bank import LineState
from cambist.kernel.errors import DomainError, ErrorCode
from tests.bank.steps import bought
from tests.trades.checks import faults
from tests.trades.desk import Desk

FEE = 3_500
AT_ONCE = 12


async def stray(desk: Desk, *, credit: bool = False, **changes: Any) -> UUID:
    """Let money come or go that fits nothing."""
    return (await desk.transfer(FEE, ["account fee"], credit=credit, **changes)).line_id


async def lines(desk: Desk, *ids: UUID) -> list[tuple[str, str, str]]:
    query = (
        "select state, resolved_by, note from bank_lines where id = any($1::uuid[])"
        " order by imported_at, id"
    )
    return [tuple(row) for row in await desk.world.core.pool.fetch(query, list(ids))]


async def house_has(desk: Desk, purpose: str) -> int:
    return await desk.world.balance(f"house:{purpose}", "CZK")


async def refused(desk: Desk, command: object) -> ErrorCode:
    with pytest.raises(DomainError) as refusal:
        await desk.do(command)
    return refusal.value.code


@pytest.mark.parametrize(("credit", "gained"), [(False, -FEE), (True, FEE)])
async def test_money_of_the_house_goes_from_suspense_to_its_capital_once(
    desk: Desk, credit: bool, gained: int
) -> None:
    suspended, capital = await house_has(desk, "suspense"), await house_has(desk, "capital")
    line = await stray(desk, credit=credit)
    assert await house_has(desk, "suspense") == suspended + gained
    for note in ("fee of October", "again"):
        await desk.do(OwnLine(line, "anna", note))
        assert await house_has(desk, "suspense") == suspended
        assert await house_has(desk, "capital") == capital + gained
        assert await lines(desk, line) == [(LineState.OWN, "anna", "fee of October")]
    assert await faults(desk.world.core.pool) == []


async def test_what_was_left_in_suspense_can_still_be_the_houses(desk: Desk) -> None:
    suspended, line = await house_has(desk, "suspense"), await stray(desk)
    await desk.do(ResolveLine(line, None, "anna", "what is this?"))
    await desk.do(OwnLine(line, "petr", "the bank's fee"))
    assert await lines(desk, line) == [(LineState.OWN, "petr", "the bank's fee")]
    assert await house_has(desk, "suspense") == suspended
    assert await faults(desk.world.core.pool) == []


async def test_a_line_decided_otherwise_is_not_the_houses_nor_the_other_way_round(
    desk: Desk,
) -> None:
    opened, other = await bought(desk), await bought(desk)
    matched = await desk.transfer(100_000, [(await desk.view(opened)).trade.reference])
    resolved, returned = await stray(desk, credit=True), await stray(desk, credit=True)
    await desk.do(ResolveLine(resolved, other.order_id, "anna", ""))
    await desk.do(ReturnLine(returned, "anna", ""))
    for line in (matched.line_id, resolved, returned):
        assert await refused(desk, OwnLine(line, "anna", "?")) is ErrorCode.INVALID_STATE
    assert await refused(desk, OwnLine(uuid4(), "anna", "?")) is ErrorCode.NOT_FOUND
    line, late = await stray(desk, credit=True), await bought(desk)
    await desk.do(OwnLine(line, "anna", "interest"))
    for command in (
        ReturnLine(line, "anna", ""),
        ResolveLine(line, late.order_id, "anna", ""),
        ResolveLine(line, None, "anna", ""),
    ):
        assert await refused(desk, command) is ErrorCode.INVALID_STATE
    assert await faults(desk.world.core.pool) == []


async def test_of_many_decisions_at_once_one_counts(desk: Desk) -> None:
    suspended, going = await house_has(desk, "suspense"), await house_has(desk, "returning")
    capital, ends = await house_has(desk, "capital"), Counter[str]()
    for number in range(6):
        line = await stray(desk, credit=True)
        decisions: list[object] = [OwnLine(line, "anna", "own"), ReturnLine(line, "petr", "")]
        if number % 2:
            decisions.reverse()
        commands = decisions * AT_ONCE
        await asyncio.gather(*map(desk.world.core.bus.execute, commands), return_exceptions=True)
        ends[(await lines(desk, line))[0][0]] += 1
    assert await house_has(desk, "suspense") == suspended
    assert await house_has(desk, "capital") == capital + FEE * ends[LineState.OWN]
    assert await house_has(desk, "returning") == going + FEE * ends[LineState.RETURNED]
    assert ends.total() == ends[LineState.OWN] + ends[LineState.RETURNED]
    assert await faults(desk.world.core.pool) == []


async def test_the_clerk_reads_what_a_line_was_decided_to_be(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = desk.world.core.settings
    line, left, came = await stray(desk), await stray(desk), await stray(desk, credit=True)
    await bank_desk.resolve(settings, left, None, "ask the bank")
    capsys.readouterr()
    await bank_desk.list_work(settings)
    waiting, _, rest = capsys.readouterr().out.partition("left in suspense, together")
    assert f"{line}  -35.00 CZK" in waiting
    assert "cambist bank resolve LINE --own --note 'WORDS'" in waiting
    assert rest.startswith(" -35.00 CZK")
    assert f"{left}  -35.00 CZK" in rest
    assert await bank_desk.take_own(settings, line, "") == 1
    assert "say in --note" in capsys.readouterr().err
    for note in ("fee", "again"):
        for one in (line, left):
            assert await bank_desk.take_own(settings, one, note) == 0
            said = f"line {one} is the house's own: booked to house:capital\n"
            assert capsys.readouterr().out.endswith(said)
    await bank_desk.list_work(settings)
    said = capsys.readouterr().out
    assert str(line) not in said
    assert str(left) not in said
    assert await bank_desk.resolve(settings, line, None, "leave it") == 1
    assert "decided already: it is the house's own" in capsys.readouterr().err
    await bank_desk.send_back(settings, came, "")
    assert await bank_desk.take_own(settings, came, "ours") == 1
    assert "it goes back to the account it came from" in capsys.readouterr().err
    assert await bank_desk.take_own(settings, uuid4(), "ours") == 1
    assert "there is no line" in capsys.readouterr().err


def test_own_is_a_decision_beside_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(["bank", "resolve", str(uuid4()), "--own", "--leave", "--note", "?"])
    assert "not allowed with argument" in capsys.readouterr().err
