"""Prove what an operator reads and what status he gets: statements, files, the work list."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from cambist.bootstrap import bank_desk
from cambist.bootstrap.commands import run
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import LineState, batch_id
from cambist.settings import Settings
from tests.bank.steps import bought, paying, payouts_of, sold
from tests.rails.statements import Paid, build_statement
from tests.trades.desk import Desk


def settings_of(desk: Desk, **changed: Any) -> Settings:
    return desk.world.core.settings.model_copy(update=changed)


def statement(folder: Path, *lines: Paid, **told: Any) -> Path:
    file = folder / "statement.xml"
    file.write_bytes(build_statement(lines, **told))
    return file


async def waiting(desk: Desk) -> list[UUID]:
    query = "select id from bank_lines where state = 'waiting' order by imported_at, id"
    return [row[0] for row in await desk.world.core.pool.fetch(query)]


async def clear(desk: Desk) -> None:
    for line in await waiting(desk):
        await bank_desk.resolve(settings_of(desk), line, None, "left by a test")


async def test_an_import_tells_what_became_of_the_lines(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = await bought(desk)
    file = statement(tmp_path, await paying(desk, opened), Paid(bank_reference="T-1"))
    assert await bank_desk.import_file(settings_of(desk), file) == 0
    said = capsys.readouterr().out
    assert "statement.xml: 2 lines read" in said
    assert "1  matched to an order or a payout" in said
    assert "1  fit nothing" in said
    assert await bank_desk.import_file(settings_of(desk), file) == 0
    assert "2  known from before" in capsys.readouterr().out
    await desk.carry()
    assert await desk.state(opened) is OrderState.SENDING


async def test_what_is_not_booked_is_told_and_is_a_failure(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = statement(tmp_path, Paid(), account="CZ5508000000001234567899")
    assert await bank_desk.import_file(settings_of(desk), strange) == 1
    assert "NOT BOOKED: CZ5508000000001234567899 CZK is none of" in capsys.readouterr().out
    cut = tmp_path / "cut.xml"
    cut.write_bytes(strange.read_bytes()[:600])
    assert await bank_desk.import_file(settings_of(desk), cut) == 1
    assert "CANNOT BE READ BEYOND LINE" in capsys.readouterr().out


async def test_a_stranger_cannot_write_over_the_terminal(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await clear(desk)
    hostile = Paid(name="\u202eevil\u009b2J", text="\u2028text", bank_reference="HOSTILE")
    await bank_desk.import_file(settings_of(desk), statement(tmp_path, hostile))
    capsys.readouterr()
    await bank_desk.list_work(settings_of(desk))
    said = capsys.readouterr().out
    assert "\\u202eevil\\u009b2J" in said
    assert all(letter.isprintable() or letter == "\n" for letter in said)


async def test_the_work_list_names_orders_of_the_amount_and_a_line_becomes_ones_money(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await clear(desk)
    opened = await bought(desk)
    trade = (await desk.view(opened)).trade
    line = await paying(desk, opened, end_to_end=None, name="Petr Jiný", text="za mince")
    await bank_desk.import_file(settings_of(desk), statement(tmp_path, line))
    [found] = await waiting(desk)
    capsys.readouterr()
    assert await bank_desk.list_work(settings_of(desk)) == 0
    said = capsys.readouterr().out
    for told in (str(found), "+1000.00 CZK", "Petr Jiný", "za mince", "no order found"):
        assert told in said
    assert f"order {trade.number} of Jana Nováková, awaiting payment" in said
    assert f"reference {trade.reference} ({opened.order_id})" in said
    assert await bank_desk.resolve(settings_of(desk), found, trade.number, "") == 0
    assert f"is the money of order {trade.number}, now on_case" in capsys.readouterr().out
    row = await desk.world.core.pool.fetchrow(
        "select state, resolved_by from bank_lines where id = $1", found
    )
    assert row is not None
    assert row[0] == LineState.RESOLVED
    assert row[1].startswith("staff:")
    assert (await desk.view(opened)).trade.fiat_received == trade.fiat_units
    assert await desk.world.imbalance() == {}


async def test_a_line_is_decided_once(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await clear(desk)
    fee = Paid("35.00", direction="DBIT", name=None, iban=None, bank_reference="FEE-1")
    await bank_desk.import_file(settings_of(desk), statement(tmp_path, fee))
    [line] = await waiting(desk)
    opened = await bought(desk)
    assert await bank_desk.resolve(settings_of(desk), line, opened.order_id, "") == 1
    assert await bank_desk.resolve(settings_of(desk), line, None, "") == 1
    assert await bank_desk.resolve(settings_of(desk), line, None, "fee of the bank") == 0
    assert await bank_desk.resolve(settings_of(desk), line, None, "again") == 1
    assert "decided already" in capsys.readouterr().err
    assert await bank_desk.list_work(settings_of(desk)) == 0
    said = capsys.readouterr().out
    waits, _, left = said.partition("left in suspense")
    assert waits.startswith("nothing waits\n")
    assert str(line) in left


async def test_what_is_not_there_cannot_be_decided_on(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = await bought(desk)
    assert await bank_desk.resolve(settings_of(desk), uuid4(), opened.order_id, "") == 1
    assert "there is no line" in capsys.readouterr().err
    assert await bank_desk.resolve(settings_of(desk), uuid4(), 12, "") == 1
    assert await bank_desk.resolve(settings_of(desk), uuid4(), uuid4(), "") == 1
    assert capsys.readouterr().err.count("no such order") == 2


async def test_a_file_is_made_once_and_for_its_owner(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = await sold(desk)
    out, again = tmp_path / "payouts.xml", tmp_path / "again.xml"
    assert await bank_desk.export(settings_of(desk), "cz-bank", "CZK", out) == 0
    [payout] = await payouts_of(desk, opened)
    batch = batch_id([payout.id])
    assert f"batch {batch}: 1 payout, 950.00 CZK over cz-bank" in capsys.readouterr().err
    assert out.stat().st_mode & 0o777 == 0o600
    assert await bank_desk.export(settings_of(desk), "cz-bank", "CZK", out) == 1
    assert await bank_desk.show_batch(settings_of(desk), batch, again) == 0
    assert again.read_bytes() == out.read_bytes()
    with pytest.raises(FileExistsError):
        await bank_desk.show_batch(settings_of(desk), batch, again)
    capsys.readouterr()
    assert await bank_desk.list_batches(settings_of(desk)) == 0
    [row] = [one for one in capsys.readouterr().out.splitlines() if str(batch) in one]
    assert row.split()[-5:] == ["950.00", "CZK", "0", "0", "1"]


async def test_nothing_to_export_makes_no_file(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await bank_desk.export(settings_of(desk), "cz-bank", "CZK", None)
    out = tmp_path / "none.xml"
    assert await bank_desk.export(settings_of(desk), "cz-bank", "CZK", out) == 0
    assert not out.exists()
    assert await bank_desk.export(settings_of(desk), "sepa", "CZK", out) == 1
    assert "has no account for sepa CZK" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed",
    [
        ["bank"],
        ["bank", "import"],
        ["bank", "export", "--method", "balance", "--currency", "CZK"],
        ["bank", "export", "--method", "sepa"],
        ["bank", "batch", "1"],
        ["bank", "resolve", "x", "--leave"],
        ["bank", "resolve", str(UUID(int=1))],
        ["bank", "resolve", str(UUID(int=1)), "--order", "1", "--leave"],
        ["bank", "resolve", str(UUID(int=1)), "--order", "-1"],
        ["bank", "resolve", str(UUID(int=1)), "--leave", "--note", "x" * 501],
    ],
)
def test_what_is_typed_wrong_is_refused_before_anything_is_done(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(typed)
    assert ended.value.code == 2
