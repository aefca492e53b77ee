"""Prove that money nobody can place goes back to where it came from: once, or not at all."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest

from cambist.adapters.simulators.bank import SimulatedBank
from cambist.app.banking.book_line import Booked, BookedLine
from cambist.app.banking.resolve_line import ResolveLine
from cambist.app.banking.return_line import ReturnLine
from cambist.bootstrap import bank_desk
from cambist.bootstrap.banking import bank_clerk, export_parts
from cambist.bootstrap.commands import run
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import BankPayoutState, LineState, end_to_end
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.bank import IncomingTransfer
from cambist.workers.bank_export import export_batch
from tests.bank.steps import bought, house
from tests.trades.checks import faults
from tests.trades.desk import Desk

STRANGER = "CZ5508000000001234567899"
AT_ONCE = 12
UNITS = 123_400


async def stray(desk: Desk, **changes: Any) -> BookedLine:
    """Let money come that fits nothing."""
    return await desk.transfer(UNITS, ["for the coins"], **{"name": "PETR JINY", **changes})


async def send_back(desk: Desk, line_id: UUID) -> UUID:
    payout: UUID = await desk.do(ReturnLine(line_id, "anna", "nobody's"))
    return payout


async def lines(desk: Desk, *ids: UUID) -> list[str]:
    query = "select state from bank_lines where id = any($1::uuid[]) order by imported_at, id"
    return [row[0] for row in await desk.world.core.pool.fetch(query, list(ids))]


async def payouts(desk: Desk, line_id: UUID) -> list[tuple[str, str, int]]:
    query = "select state, reason, units from bank_payouts where line_id = $1"
    rows = await desk.world.core.pool.fetch(query, line_id)
    return [(row[0], row[1], int(row[2])) for row in rows]


async def house_has(desk: Desk, purpose: str) -> int:
    return await desk.world.balance(f"house:{purpose}", "CZK")


async def export(desk: Desk) -> str:
    exported = await export_batch(export_parts(desk.world.core), house(desk))
    assert exported.batch is not None
    return exported.batch.document.decode()


async def told(desk: Desk, payout: UUID, *, credit: bool, units: int = UNITS) -> BookedLine:
    """Let a statement tell of a payout: it was made, or (credit) it came back."""
    return await desk.transfer(
        units, (), credit=credit, end_to_end=end_to_end(payout), is_return=credit
    )


async def refused(desk: Desk, command: object) -> ErrorCode:
    with pytest.raises(DomainError) as refusal:
        await desk.do(command)
    return refusal.value.code


async def test_money_goes_back_by_the_next_file_and_leaves_nothing_in_suspense(
    desk: Desk,
) -> None:
    suspended, going = await house_has(desk, "suspense"), await house_has(desk, "returning")
    line = (await stray(desk)).line_id
    payout = await send_back(desk, line)
    assert await lines(desk, line) == [LineState.RETURNED]
    assert await house_has(desk, "suspense") == suspended
    assert await house_has(desk, "returning") == going + UNITS
    document = await export(desk)
    assert end_to_end(payout) in document
    assert STRANGER in document
    assert f"Return {line}".upper() in document.upper()
    settled = await told(desk, payout, credit=False)
    assert (settled.booked, settled.order_id) == (Booked.MATCHED, None)
    assert await payouts(desk, line) == [(BankPayoutState.SETTLED, "", UNITS)]
    assert await house_has(desk, "returning") == going
    assert await faults(desk.world.core.pool) == []


async def test_sending_back_again_is_the_same_payout(desk: Desk) -> None:
    line = (await stray(desk)).line_id
    first = await send_back(desk, line)
    assert await send_back(desk, line) == first
    await export(desk)
    await told(desk, first, credit=False)
    assert await send_back(desk, line) == first
    assert len(await payouts(desk, line)) == 1
    assert await faults(desk.world.core.pool) == []


async def test_what_was_left_in_suspense_can_still_go_back_or_be_an_orders(desk: Desk) -> None:
    one, other = (await stray(desk)).line_id, (await stray(desk)).line_id
    for line in (one, other):
        await desk.do(ResolveLine(line, None, "anna", "who is this?"))
    assert await lines(desk, one, other) == [LineState.LEFT] * 2
    assert await faults(desk.world.core.pool) == []
    opened = await bought(desk)
    await desk.do(ResolveLine(one, opened.order_id, "anna", "he wrote to us"))
    await send_back(desk, other)
    assert await lines(desk, one, other) == [LineState.RESOLVED, LineState.RETURNED]
    assert (await desk.view(opened)).trade.fiat_received == UNITS
    assert await faults(desk.world.core.pool) == []


async def test_a_line_decided_otherwise_does_not_go_back(desk: Desk) -> None:
    opened, other = await bought(desk), await bought(desk)
    line = (await stray(desk)).line_id
    await desk.do(ResolveLine(line, other.order_id, "anna", ""))
    assert await refused(desk, ReturnLine(line, "anna", "")) is ErrorCode.INVALID_STATE
    matched = await desk.transfer(100_000, [(await desk.view(opened)).trade.reference])
    assert await refused(desk, ReturnLine(matched.line_id, "a", "")) is ErrorCode.INVALID_STATE
    fee = await stray(desk, credit=False)
    assert await refused(desk, ReturnLine(fee.line_id, "anna", "")) is ErrorCode.INVALID_STATE
    assert await refused(desk, ReturnLine(uuid4(), "anna", "")) is ErrorCode.NOT_FOUND
    gone = (await stray(desk)).line_id
    await send_back(desk, gone)
    other = await bought(desk)
    for order in (other.order_id, None):
        command = ResolveLine(gone, order, "anna", "")
        assert await refused(desk, command) is ErrorCode.INVALID_STATE
    assert await faults(desk.world.core.pool) == []


@pytest.mark.parametrize("account", [None, "", "DE89370400440532013000", "19-2000145398/0800"])
async def test_a_line_without_an_account_its_rail_can_pay_stays_where_it_is(
    desk: Desk, account: str | None
) -> None:
    line = (await stray(desk, counter_account=account)).line_id
    assert await refused(desk, ReturnLine(line, "anna", "")) is ErrorCode.FIELD_INVALID
    assert await lines(desk, line) == [LineState.WAITING]
    assert await payouts(desk, line) == []
    assert await faults(desk.world.core.pool) == []


@pytest.mark.parametrize("settled_first", [True, False])
async def test_what_the_bank_cannot_deliver_is_new_money_on_the_work_list(
    desk: Desk, settled_first: bool
) -> None:
    going = await house_has(desk, "returning")
    line = (await stray(desk)).line_id
    payout = await send_back(desk, line)
    await export(desk)
    if settled_first:
        await told(desk, payout, credit=False)
    back = await told(desk, payout, credit=True)
    assert back.booked is Booked.WAITING
    assert await payouts(desk, line) == [
        (BankPayoutState.RETURNED, "" if settled_first else "unseen", UNITS)
    ]
    assert await faults(desk.world.core.pool) == []
    if not settled_first:
        assert (await told(desk, payout, credit=False)).booked is Booked.MATCHED
    assert await house_has(desk, "returning") == going
    assert await lines(desk, line, back.line_id) == [LineState.RETURNED, LineState.WAITING]
    again = await send_back(desk, back.line_id)
    assert again != payout
    assert await faults(desk.world.core.pool) == []


async def test_a_statement_that_tells_twice_or_too_early_is_looked_at(desk: Desk) -> None:
    line = (await stray(desk)).line_id
    payout = await send_back(desk, line)
    early = await told(desk, payout, credit=False)
    assert early.booked is Booked.WAITING
    await export(desk)
    odd = await told(desk, payout, credit=False, units=UNITS - 1)
    assert odd.booked is Booked.WAITING
    assert (await told(desk, payout, credit=False)).booked is Booked.MATCHED
    assert (await told(desk, payout, credit=False)).booked is Booked.WAITING
    assert await faults(desk.world.core.pool) == []


async def test_of_many_decisions_at_once_one_counts(desk: Desk) -> None:
    ends: Counter[str] = Counter()
    for number in range(6):
        opened = await bought(desk)
        line = (await stray(desk)).line_id
        decisions: list[object] = [
            ReturnLine(line, "anna", ""),
            ResolveLine(line, opened.order_id, "petr", ""),
        ]
        if number % 2:
            decisions.reverse()
        commands = decisions * AT_ONCE
        await asyncio.gather(*map(desk.world.core.bus.execute, commands), return_exceptions=True)
        await desk.carry()
        [state] = await lines(desk, line)
        ends[state] += 1
        received = (await desk.view(opened)).trade.fiat_received
        sent = [units for _, _, units in await payouts(desk, line)]
        expected = (UNITS, []) if state == LineState.RESOLVED else (0, [UNITS])
        assert (received, sent) == expected
    assert sum(ends.values()) == 6
    assert await faults(desk.world.core.pool) == []


async def test_the_simulated_bank_pays_it_back(desk: Desk) -> None:
    core, name = desk.world.core, f"STRANGER {uuid4().hex}"
    bank, clerk = SimulatedBank(core.pool), bank_clerk(core)
    transfer = IncomingTransfer(UNITS, "no idea", name, STRANGER)
    await bank.transfer(house(desk), transfer)
    await clerk.run_once()
    [found] = [one for one in await core.desk.waiting_lines(10_000) if one.name == name]
    await send_back(desk, found.line.id)
    while await clerk.run_once():
        await desk.carry()
    query = "select credit, units::text from sim.bank_entry where name = $1 order by number"
    rows = await core.pool.fetch(query, name)
    assert [tuple(row) for row in rows] == [(True, str(UNITS)), (False, str(UNITS))]
    assert await payouts(desk, found.line.id) == [(BankPayoutState.SETTLED, "", UNITS)]
    assert await faults(core.pool) == []


async def test_the_clerk_reads_what_is_left_and_what_became_of_a_return(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = desk.world.core.settings
    line = (await stray(desk)).line_id
    await bank_desk.resolve(settings, line, None, "ask\u202e him")
    capsys.readouterr()
    assert await bank_desk.list_work(settings) == 0
    said = capsys.readouterr().out
    assert "left in suspense, together" in said
    assert f"{line}  +1234.00 CZK" in said
    assert "ask\\u202e him" in said
    assert await bank_desk.send_back(settings, line, "he never answered") == 0
    first = capsys.readouterr().out
    assert f"line {line} goes back: payout" in first
    assert await bank_desk.send_back(settings, line, "again") == 0
    assert capsys.readouterr().out == first
    await bank_desk.list_work(settings)
    assert str(line) not in capsys.readouterr().out
    lost = (await stray(desk, counter_account=None)).line_id
    assert await bank_desk.send_back(settings, lost, "") == 1
    assert "names no account its rail can pay to" in capsys.readouterr().err
    assert await bank_desk.send_back(settings, uuid4(), "") == 1
    assert "there is no line" in capsys.readouterr().err


def test_one_decision_is_typed_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(["bank", "resolve", str(uuid4()), "--return", "--leave"])
    assert "not allowed with argument" in capsys.readouterr().err


async def test_a_payout_of_an_order_is_not_taken_for_a_lines(desk: Desk) -> None:
    line = (await stray(desk)).line_id
    await send_back(desk, line)
    opened = await bought(desk)
    await desk.do(ResolveLine((await stray(desk)).line_id, opened.order_id, "anna", ""))
    assert await desk.state(opened) is OrderState.ON_CASE
    pool = desk.world.core.pool
    for change in ("order_id = gen_random_uuid()", "line_id = null"):
        with pytest.raises(Exception, match="ck_bank_payouts_owned"):
            await pool.execute(f"update bank_payouts set {change} where line_id = $1", line)
