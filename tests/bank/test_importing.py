"""Prove that statements of any bank's style are booked once, whole, in order, and never lost."""

import asyncio
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.app.banking.book_line import Booked, BookedLine, BookLine
from cambist.bootstrap.rails import RAILS, SANDBOX_ACCOUNTS
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.rails import Method
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, arm
from cambist.ports.rails import HouseAccount
from cambist.workers import bank
from cambist.workers.bank import LINES_AT_ONCE, Ending, ImportReport, import_statement
from tests.bank.steps import (
    DiedError,
    book,
    booked_lines,
    bought,
    dying_at,
    on_rail,
    paying,
)
from tests.rails.statements import Paid, build_statement, numbered
from tests.trades.desk import Desk

FILES = Path(__file__).parents[1] / "rails" / "files"
STYLES = {
    "batch_of_many": 5,
    "cz_symbols_in_creditor_reference": 2,
    "cz_symbols_in_end_to_end": 3,
    "de_split_text": 2,
    "parties_of_version_08": 2,
    "se_ocr": 1,
}
SWEDISH = HouseAccount(
    Method.SE_BANK, "SEK", "6789-123456789", "SE7160000000000123456789", "HANDSESS", "Växling AB"
)
FLAT_BYTES = 3_000_000


class Ledger:
    """Be a bus that books whatever it is told, and remembers in which order."""

    def __init__(self, refusals: dict[str, ErrorCode] | None = None, times: int = 1) -> None:
        self.refusals = dict.fromkeys(refusals or {}, times)
        self.codes = refusals or {}
        self.booked: list[BookLine] = []
        self.under_way = self.most = 0

    async def execute(self, command: BookLine, gate: None = None) -> BookedLine:
        """Book a line, or refuse it as often as told."""
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        text = command.end_to_end or ""
        if self.refusals.get(text, 0):
            self.refusals[text] -= 1
            raise DomainError(self.codes[text])
        self.booked.append(command)
        return BookedLine(UUID(int=len(self.booked)), Booked.WAITING, None)


async def to_ledger(ledger: Any, lines: list[Paid], **options: Any) -> ImportReport:
    stream = io.BytesIO(build_statement(lines))
    rails, accounts = RAILS, SANDBOX_ACCOUNTS
    return await import_statement(
        ledger, read_statement(stream), accounts, rails, pause_s=0.0, **options
    )


@pytest.mark.parametrize(("name", "count"), STYLES.items())
async def test_every_style_is_booked_whole_and_once(desk: Desk, name: str, count: int) -> None:
    document = (FILES / f"{name}.xml").read_bytes()
    accounts = (*desk.world.core.paying_in.accounts[:2], SWEDISH)
    report = await book(desk, document, accounts)
    assert (report.lines, report.waiting, report.is_complete) == (count, count, True)
    again = await book(desk, document, accounts)
    assert (again.lines, again.known, again.is_complete) == (count, count, True)
    assert await desk.world.imbalance() == {}


async def test_a_buyers_line_pays_his_order_and_the_same_file_nothing_more(desk: Desk) -> None:
    opened = await bought(desk)
    line, before = await paying(desk, opened), await on_rail(desk)
    fee = Paid("35.00", direction="DBIT", name=None, text="Poplatek", bank_reference="FEE-1")
    report = await book(desk, [line, fee])
    assert (report.lines, report.matched, report.waiting) == (2, 1, 1)
    assert await desk.state(opened) is OrderState.SENDING
    after = await on_rail(desk)
    paid = (await desk.view(opened)).trade.fiat_units
    assert after == before - paid + 3_500
    again = await book(desk, [line, fee])
    assert (again.known, again.matched, again.waiting) == (2, 0, 0)
    assert await on_rail(desk) == after
    assert await desk.world.imbalance() == {}


async def test_the_same_line_in_another_file_is_known(desk: Desk) -> None:
    opened = await bought(desk)
    line = await paying(desk, opened)
    await book(desk, build_statement([line], statement_id="DAY"))
    other = [Paid(bank_reference="OTHER-1"), line]
    report = await book(desk, build_statement(other, statement_id="MONTH"))
    assert (report.known, report.waiting) == (1, 1)


@pytest.mark.parametrize("visit", [1, 3, 200])
async def test_an_import_killed_anywhere_goes_on_where_it_was(desk: Desk, visit: int) -> None:
    opened = await bought(desk)
    lines = [Paid(bank_reference=f"K{visit}-{number}") for number in range(300)]
    lines.insert(150, await paying(desk, opened))
    before, held = await booked_lines(desk), await on_rail(desk)
    arm(dying_at(Failpoint.BANK_AFTER_LINE, visit))
    try:
        with pytest.raises(DiedError):
            await book(desk, lines)
    finally:
        arm(None)
    # What was under way when it died goes on in the bus, as it would in a process that lives.
    await desk.world.core.bus.close()
    assert before < await booked_lines(desk) < before + 301
    report = await book(desk, lines)
    assert report.known >= visit
    assert report.known + report.waiting + report.matched == 301
    assert await booked_lines(desk) == before + 301
    paid = (await desk.view(opened)).trade.fiat_units
    assert await on_rail(desk) == held - 300 * 100_000 - paid
    assert await desk.state(opened) is OrderState.SENDING
    assert await desk.world.imbalance() == {}


async def test_a_cancelled_import_is_taken_up_again(desk: Desk) -> None:
    lines = [Paid(bank_reference=f"C-{number}") for number in range(400)]
    before = await booked_lines(desk)
    begun = asyncio.Event()
    arm(lambda name: begun.set() if name is Failpoint.BANK_AFTER_LINE else None)
    importing = asyncio.create_task(book(desk, lines))
    try:
        await begun.wait()
    finally:
        arm(None)
        importing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await importing
    await desk.world.core.bus.close()
    assert (await book(desk, lines)).is_complete
    assert await booked_lines(desk) == before + 400


async def test_two_imports_of_one_file_at_once_book_each_line_once(desk: Desk) -> None:
    opened = await bought(desk)
    lines = [Paid(bank_reference=f"T-{number}") for number in range(200)]
    lines.append(await paying(desk, opened))
    before = await booked_lines(desk)
    reports = await asyncio.gather(book(desk, lines), book(desk, lines))
    assert sum(report.matched for report in reports) == 1
    assert sum(report.waiting + report.matched for report in reports) == 201
    assert all(report.is_complete for report in reports)
    assert await booked_lines(desk) == before + 201


async def test_two_halves_in_one_file_are_both_the_orders(desk: Desk) -> None:
    opened = await bought(desk)
    half = await paying(desk, opened, amount="500.00", bank_reference="H-1")
    report = await book(desk, [half, await paying(desk, opened, bank_reference="H-2")])
    assert report.matched == 2
    trade = (await desk.view(opened)).trade
    assert trade.fiat_received == trade.fiat_units + 50_000


async def test_an_account_that_is_not_ours_is_named_and_not_booked(desk: Desk) -> None:
    before = await booked_lines(desk)
    strange = build_statement([Paid(bank_reference="S-1")] * 2, "CZ5508000000001234567899")
    report = await book(desk, strange)
    assert report.foreign == {"CZ5508000000001234567899 CZK": 2}
    assert not report.is_complete
    assert not report.may_pass
    assert await booked_lines(desk) == before


async def test_another_currency_on_our_account_is_not_ours(desk: Desk) -> None:
    report = await book(desk, [Paid(currency="EUR")])
    assert report.foreign == {"CZ6508000000192000145399 EUR": 1}


async def test_our_account_is_known_by_its_number_too(desk: Desk) -> None:
    lines = [Paid(bank_reference="N-1")]
    assert (await book(desk, build_statement(lines, "19-2000145399/0800"))).waiting == 1
    assert (await book(desk, build_statement(lines))).known == 1


async def test_lines_before_a_fault_are_booked_and_the_fault_is_told(desk: Desk) -> None:
    whole = build_statement([Paid(bank_reference=f"F-{number}") for number in range(5)])
    report = await book(desk, whole[: whole.rindex(b"<Ntry>") + 20])
    assert (report.waiting, report.ended) == (4, Ending.UNREADABLE)
    assert report.fault is not None
    assert not report.is_complete
    assert (await book(desk, whole)).waiting == 1


@pytest.mark.parametrize("document", [b"", b"<x/>", b"%PDF-1.7", b"\x00" * 100])
async def test_what_is_no_statement_books_nothing(desk: Desk, document: bytes) -> None:
    report = await book(desk, document)
    assert (report.lines, report.ended) == (0, Ending.UNREADABLE)


async def test_lines_of_one_payment_keep_the_files_order() -> None:
    ledger = Ledger()
    word = "0192F3A6C1D27B1E8A4B5C6D7E8F9A0B"
    lines = [Paid(bank_reference=f"O-{number}", end_to_end=word) for number in range(50)]
    others = [Paid(bank_reference=f"P-{number}") for number in range(50)]
    mixed = [line for pair in zip(lines, others, strict=True) for line in pair]
    await to_ledger(ledger, mixed)
    told = [line.identity for line in ledger.booked if line.end_to_end == word]
    assert [identity.split("/")[0] for identity in told] == [f"O-{n}" for n in range(50)]
    assert ledger.most > 40


async def test_no_more_than_a_group_is_under_way() -> None:
    ledger = Ledger()
    await to_ledger(ledger, list(numbered(1_000)))
    assert len(ledger.booked) == 1_000
    assert ledger.most == LINES_AT_ONCE


async def test_what_the_moment_refuses_is_tried_again_with_all_that_follows_it() -> None:
    ledger = Ledger({"/VS1234567890": ErrorCode.RATE_UNAVAILABLE})
    lines = [Paid(bank_reference=f"R-{n}", end_to_end="/VS1234567890") for n in range(3)]
    report = await to_ledger(ledger, [*lines, *numbered(200)])
    assert (report.waiting, report.is_complete) == (203, True)
    mine = [line.identity for line in ledger.booked if line.end_to_end == "/VS1234567890"]
    assert [identity.split("/")[0] for identity in mine] == ["R-0", "R-1", "R-2"]


async def test_what_stays_refused_is_told_by_its_reason() -> None:
    refusals = {"/VS1234567890": ErrorCode.RATE_UNAVAILABLE, "X": ErrorCode.FIELD_INVALID}
    lines = [Paid(end_to_end="/VS1234567890"), Paid(end_to_end="X"), *numbered(10)]
    report = await to_ledger(Ledger(refusals, times=100), lines)
    assert report.refused == {"rate-unavailable": 1, "field-invalid": 1}
    assert (report.waiting, report.may_pass, report.is_complete) == (10, True, False)


async def test_a_line_nobody_foresaw_does_not_keep_the_others_out() -> None:
    class Faulty(Ledger):
        async def execute(self, command: BookLine, gate: None = None) -> BookedLine:
            if command.end_to_end == "BAD":
                raise LookupError("something")
            return await super().execute(command)

    report = await to_ledger(Faulty(), [Paid(end_to_end="BAD"), *numbered(10)])
    assert report.refused == {"LookupError": 1}
    assert (report.waiting, report.may_pass) == (10, False)


async def test_a_file_is_given_up_when_nothing_can_be_booked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Down(Ledger):
        async def execute(self, command: BookLine, gate: None = None) -> BookedLine:
            raise DomainError(ErrorCode.OVERLOADED)

    monkeypatch.setattr(bank, "DEFERRED_MAX", 300)
    report = await to_ledger(Down(), list(numbered(5_000)))
    assert report.ended is Ending.GIVEN_UP
    assert report.lines == sum(report.refused.values()) < 600
    assert report.may_pass


async def test_progress_is_told() -> None:
    told: list[int] = []
    await to_ledger(Ledger(), list(numbered(25_000)), told=told.append)
    assert told == [10_000, 20_000]


async def memory_of(count: int, held: list[Any] | None = None) -> int:
    """Measure the most that is held while so many lines are imported."""

    class Forgetting(Ledger):
        async def execute(self, command: BookLine, gate: None = None) -> BookedLine:
            if held is not None:
                held.append(command)
            await asyncio.sleep(0)
            return BookedLine(UUID(int=1), Booked.WAITING, None)

    template = next(read_statement(io.BytesIO(build_statement([Paid()]))))

    def lines() -> Iterator[Any]:
        for number in range(count):
            yield type(template)(
                **{
                    **{name: getattr(template, name) for name in template.__slots__},
                    "identity": f"M-{number}",
                    "references": (f"VS{1_000_000_000 + number}", "x" * 100),
                }
            )

    ledger: Any = Forgetting()
    tracemalloc.start()
    try:
        report = await import_statement(ledger, lines(), SANDBOX_ACCOUNTS, RAILS)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert report.waiting == count


async def test_memory_does_not_grow_with_the_file() -> None:
    await memory_of(200)
    few, many = await memory_of(1_000), await memory_of(10_000)
    assert many < few + FLAT_BYTES // 10


async def test_the_memory_test_notices_lines_that_are_kept() -> None:
    few = await memory_of(1_000)
    assert await memory_of(10_000, held=[]) > few + FLAT_BYTES
