"""Prove the bank's contract on the simulated one: what is booked is told, once and whole."""

import asyncio
import importlib
import io
from datetime import UTC, date, datetime

import pytest
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.adapters.bank_files.pain001 import write_batch
from cambist.adapters.simulators import bank as simulated
from cambist.adapters.simulators.bank import TRANSFER_UNITS_MAX, SimulatedBank
from cambist.bootstrap.rails import RAILS, SANDBOX_ACCOUNTS
from cambist.domain.payments.rails import Flow
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.bank import IncomingTransfer, PaymentFileRefusedError
from cambist.ports.payouts import PayoutLine
from cambist.ports.rails import HouseAccount
from cambist.ports.statements import StatementLine
from tests.trades.desk import Desk

CZECH, EURO, SWEDISH = SANDBOX_ACCOUNTS
PAYEES = {
    "cz-bank": "19-2000145399/0800",
    "sepa": "DE89370400440532013000",
    "se-bank": "SE4550000000058398257466",
}
MOMENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
async def bank(desk: Desk) -> SimulatedBank:
    made = SimulatedBank(desk.world.core.pool)
    await read_all(made)
    return made


async def read_all(bank: SimulatedBank) -> list[StatementLine]:
    """Fetch statements until there is none, giving the receipt of each."""
    lines: list[StatementLine] = []
    while (statement := await bank.statement()) is not None:
        lines += read_statement(io.BytesIO(statement.document))
        await bank.acknowledge(statement.number)
    return lines


def sent(units: int = 100_000, reference: str = "VS1234567890") -> IncomingTransfer:
    return IncomingTransfer(units, reference, "Jana Nováková", "CZ55 0800 0000 0012 3456 7899")


def file_of(house: HouseAccount, *names: str, batch: str = "BATCH1", units: int = 5_000) -> bytes:
    account = RAILS[house.method.value].parse_account(PAYEES[house.method.value])
    lines = [
        PayoutLine(name, units, house.currency, account, "Jana Nováková", "Order 1")
        for name in names
    ]
    return write_batch(house, batch, MOMENT, date(2026, 11, 2), lines)


def conforms(document: bytes) -> None:
    module = importlib.import_module("pyiso20022.camt.camt_053_001_08")
    parser = XmlParser(config=ParserConfig(fail_on_converter_warnings=True))
    parsed = parser.from_bytes(document, module.Document)
    assert parsed.bk_to_cstmr_stmt.stmt


async def test_what_somebody_sends_is_on_the_next_statement(bank: SimulatedBank) -> None:
    assert await bank.is_read()
    await bank.transfer(CZECH, sent())
    assert not await bank.is_read()
    [line] = await read_all(bank)
    assert (line.account, line.flow, line.units) == (CZECH.iban, Flow.CREDIT, 100_000)
    assert (line.currency, line.name) == ("CZK", "Jana Nováková")
    assert line.counter_account == "CZ5508000000001234567899"
    assert "VS1234567890" in line.references
    assert (line.is_return, line.end_to_end) == (False, None)
    assert await bank.is_read()
    assert await bank.statement() is None


async def test_a_statement_is_offered_until_its_receipt(bank: SimulatedBank) -> None:
    await bank.transfer(CZECH, sent(1))
    first = await bank.statement()
    assert first is not None
    await bank.transfer(CZECH, sent(2))
    again = await bank.statement()
    assert again is not None
    told = [list(read_statement(io.BytesIO(one.document))) for one in (first, again)]
    assert told[1][0] == told[0][0]
    await bank.acknowledge(first.number)
    [second] = await read_all(bank)
    assert second == told[1][1]
    await bank.acknowledge(first.number)
    assert await bank.statement() is None


async def test_a_long_statement_comes_in_parts(
    bank: SimulatedBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated, "_UNREAD", simulated._UNREAD.replace("1000", "3"))
    for units in range(1, 9):
        await bank.transfer(CZECH, sent(units))
    assert [line.units for line in await read_all(bank)] == list(range(1, 9))


async def test_equal_transfers_are_different_lines(bank: SimulatedBank) -> None:
    await asyncio.gather(*(bank.transfer(CZECH, sent()) for _ in range(5)))
    assert len({line.identity for line in await read_all(bank)}) == 5


async def test_each_account_has_a_statement_whose_balances_add_up(bank: SimulatedBank) -> None:
    await bank.transfer(CZECH, sent(1_000))
    await bank.transfer(EURO, sent(70_000))
    await bank.transfer(SWEDISH, IncomingTransfer(5, "", "", ""))
    await bank.submit(file_of(EURO, "A1", "A2", batch="BALANCES"))
    statement = await bank.statement()
    assert statement is not None
    conforms(statement.document)
    module = importlib.import_module("pyiso20022.camt.camt_053_001_08")
    parsed = XmlParser().from_bytes(statement.document, module.Document)
    assert len(parsed.bk_to_cstmr_stmt.stmt) == 3
    for one in parsed.bk_to_cstmr_stmt.stmt:
        opening, closing = (
            balance.amt.value * (1 if balance.cdt_dbt_ind.value == "CRDT" else -1)
            for balance in one.bal
        )
        moved = sum(
            entry.amt.value * (1 if entry.cdt_dbt_ind.value == "CRDT" else -1) for entry in one.ntry
        )
        assert opening + moved == closing
    await read_all(bank)


@pytest.mark.parametrize("house", SANDBOX_ACCOUNTS, ids=lambda house: house.method.value)
async def test_a_file_is_executed_line_by_line(bank: SimulatedBank, house: HouseAccount) -> None:
    names = [f"{house.currency}{number}" for number in range(3)]
    await bank.submit(file_of(house, *names, batch=f"B-{house.currency}"))
    lines = await read_all(bank)
    assert [line.end_to_end for line in lines] == names
    assert {(line.flow, line.units, line.currency) for line in lines} == {
        (Flow.DEBIT, 5_000, house.currency)
    }
    payee = RAILS[house.method.value].parse_account(PAYEES[house.method.value])
    assert {line.account for line in lines} == {house.iban}
    if payee.iban != house.iban:
        assert {line.counter_account for line in lines} == {payee.iban}


async def test_a_file_the_bank_has_is_not_executed_again(bank: SimulatedBank) -> None:
    document = file_of(CZECH, "ONCE1", batch="ONCE")
    await asyncio.gather(*(bank.submit(document) for _ in range(3)))
    await bank.submit(document)
    assert len(await read_all(bank)) == 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"<NbOfTxs>2<", b"<NbOfTxs>3<", "count"),
        (b"<CtrlSum>100.00<", b"<CtrlSum>100.01<", "sum"),
        (b"<EndToEndId>W1</EndToEndId>", b"", "structure"),
        (b">50.00</InstdAmt>", b">x</InstdAmt>", "amount"),
        (b"</Document>", b"", "xml"),
        (b"GrpHdr", b"Header", "structure"),
    ],
)
async def test_a_file_that_is_wrong_is_refused_whole(
    bank: SimulatedBank, old: bytes, new: bytes, reason: str
) -> None:
    document = file_of(CZECH, "W1", "W2", batch="WRONG")
    assert old in document
    with pytest.raises(PaymentFileRefusedError) as refusal:
        await bank.submit(document.replace(old, new))
    assert refusal.value.reason == reason
    assert await bank.statement() is None


async def test_a_payment_comes_back_once(bank: SimulatedBank) -> None:
    await bank.submit(file_of(CZECH, "BACK1", batch="BACK"))
    [debit] = await read_all(bank)
    await bank.send_back("BACK1", "AC04")
    [credit] = await read_all(bank)
    assert (credit.flow, credit.units, credit.is_return) == (Flow.CREDIT, debit.units, True)
    assert (credit.end_to_end, credit.return_reason) == ("BACK1", "AC04")
    assert credit.identity != debit.identity
    with pytest.raises(DomainError) as refusal:
        await bank.send_back("BACK1", "AC04")
    assert refusal.value.code is ErrorCode.INVALID_STATE


async def test_words_may_tell_why_a_payment_comes_back(bank: SimulatedBank) -> None:
    await bank.submit(file_of(CZECH, "WHY1", batch="WHY"))
    await bank.send_back("WHY1", "account closed")
    statement = await bank.statement()
    assert statement is not None
    conforms(statement.document)
    assert (await read_all(bank))[1].return_reason == "account closed"


async def test_what_was_never_paid_cannot_come_back(bank: SimulatedBank) -> None:
    with pytest.raises(DomainError) as refusal:
        await bank.send_back("NEVER", "AC04")
    assert refusal.value.code is ErrorCode.NOT_FOUND


async def test_more_than_a_statement_can_hold_is_refused(bank: SimulatedBank) -> None:
    with pytest.raises(DomainError) as refusal:
        await bank.transfer(CZECH, sent(TRANSFER_UNITS_MAX + 1))
    assert refusal.value.code is ErrorCode.AMOUNT_TOO_LARGE
    await bank.transfer(CZECH, sent(TRANSFER_UNITS_MAX))
    assert (await read_all(bank))[0].units == TRANSFER_UNITS_MAX


async def test_words_of_xml_in_a_reference_stay_words(bank: SimulatedBank) -> None:
    await bank.transfer(CZECH, sent(reference='</Ntry>&amp;"<!-- '))
    [line] = await read_all(bank)
    assert '</Ntry>&amp;"<!--' in line.references


async def test_a_domestic_account_is_told_as_it_is(bank: SimulatedBank) -> None:
    await bank.transfer(CZECH, IncomingTransfer(1, "", "Jana", "19-2000145399/0800"))
    statement = await bank.statement()
    assert statement is not None
    conforms(statement.document)
    assert (await read_all(bank))[0].counter_account == "19-2000145399/0800"


async def test_entries_read_long_ago_are_forgotten(
    bank: SimulatedBank, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    monkeypatch.setattr(simulated, "_FORGET", simulated._FORGET.replace("20000", "5"))
    for units in range(1, 8):
        await bank.transfer(CZECH, sent(units))
    assert len(await read_all(bank)) == 7
    await bank.transfer(CZECH, sent(8))
    kept = await desk.world.core.pool.fetchval("select count(*) from sim.bank_entry")
    assert kept == 5
    assert [line.units for line in await read_all(bank)] == [8]
