"""Decide what the bank's commands do and print; names and accounts go to the terminal alone."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import structlog

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.app.banking.export_payouts import PAYOUTS_MAX
from cambist.app.banking.own_line import OwnLine
from cambist.app.banking.resolve_line import ResolveLine
from cambist.app.banking.return_line import ReturnLine
from cambist.bootstrap.banking import bank_desk, export_parts
from cambist.bootstrap.core import Core, open_core
from cambist.bootstrap.rails import RAILS
from cambist.bootstrap.review_desk import staff_name
from cambist.bootstrap.terminal import fields, lasting, moment, money, plain, table
from cambist.domain.payments.bank import PayoutBatch
from cambist.domain.payments.states import LINE, LineState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.bank_desk import Candidate
from cambist.ports.trades import WaitingLine
from cambist.settings import Settings
from cambist.workers.bank import PASSING, Ending, ImportReport, import_statement
from cambist.workers.bank_export import Skipped, export_batch

LIST_MAX = 200
FILE_MODE = 0o600
LABEL_WIDTH = 10

NOTES = {
    "no-order": "no order found",
    "order-over": "its order takes no more money",
    "payout-unknown": "no payout of ours",
    "payout-state": "its payout was settled or came back before",
    "sent-back": "we sent it back, and it came again",
}

DECIDED = {
    LineState.MATCHED: "it belongs to an order or a payout",
    LineState.LEFT: "it is left in suspense",
    LineState.RESOLVED: "it is an order's money",
    LineState.RETURNED: "it goes back to the account it came from",
    LineState.OWN: "it is the house's own",
}

_log = structlog.get_logger()


async def import_file(settings: Settings, path: Path) -> int:
    """Book a statement; status 1 when any of it is not in the books.

    Lines on the work list are in the books, in suspense, so they are no failure.
    """
    with path.open("rb") as stream:
        async with open_core(settings) as core:
            accounts = core.paying_in.accounts
            if not accounts:
                return _complain("no account of ours is known: set CAMBIST_BANK_ACCOUNTS")
            lines = read_statement(stream)
            report = await import_statement(core.bus, lines, accounts, RAILS, told=_tell_progress)
    print(*_import_told(path, report), sep="\n")
    return 0 if report.is_complete else 1


def _tell_progress(count: int) -> None:
    print(f"{count} lines ...", file=sys.stderr, flush=True)


def _import_told(path: Path, report: ImportReport) -> list[str]:
    passing = {code.value for code in PASSING}
    rows = [
        (report.matched, "matched to an order or a payout"),
        (report.waiting, "fit nothing: see `cambist bank work`"),
        (report.known, "known from before"),
    ]
    for account, count in report.foreign.items():
        rows.append((count, f"NOT BOOKED: {account} is none of CAMBIST_BANK_ACCOUNTS"))
    for why, count in report.refused.items():
        later = "; import the file again later" if why in passing else ""
        rows.append((count, f"NOT BOOKED: {why}{later}"))
    told = [f"{plain(path.name)}: {_counted(report.lines, 'line')} read"]
    told += [f"{count:>9}  {plain(what)}" for count, what in rows if count]
    if report.fault is not None:
        where, why = report.fault.line, report.fault.fault.value
        told.append(f"THE FILE CANNOT BE READ BEYOND LINE {where} ({why})")
    if report.ended is Ending.GIVEN_UP:
        told.append("THE REST WAS NOT READ: too much was refused; import the file again later")
    return told


async def export(settings: Settings, method: str, currency: str, out: Path | None) -> int:
    """Write queued payouts as a file, once; status 1 when one of them cannot be paid this way."""
    if out is not None and out.exists():
        return _complain(f"{out} is there already")
    async with open_core(settings) as core:
        house = next(
            (
                account
                for account in core.paying_in.accounts
                if (account.method, account.currency) == (method, currency)
            ),
            None,
        )
        if house is None:
            return _complain(f"CAMBIST_BANK_ACCOUNTS has no account for {method} {currency}")
        exported = await export_batch(export_parts(core), house)
    if exported.batch is None:
        print(f"no payout over {method} in {currency} can be exported", file=sys.stderr)
    else:
        _log.info("bank.exported", owner=str(exported.batch.id), name=staff_name())
        _hand_out(exported.batch, out)
    for one in exported.skipped:
        _tell_skipped(one, method)
    if exported.batch is not None and exported.batch.count == PAYOUTS_MAX:
        print(f"a file holds {PAYOUTS_MAX}; there may be more", file=sys.stderr)
    return 1 if exported.skipped else 0


def _tell_skipped(one: Skipped, method: str) -> None:
    print(
        f"LEFT OUT: payout {one.payout_id} of {one.owner} cannot be paid over"
        f" {method}: {one.reason}",
        file=sys.stderr,
    )


def _hand_out(batch: PayoutBatch, out: Path | None) -> None:
    """Write the bytes where they are wanted; a file is for its owner's eyes.

    What is handed out is told first, so that it can be had again when the writing fails.
    """
    where = "standard output" if out is None else str(out)
    print(
        f"batch {batch.id}: {_counted(batch.count, 'payout')}, {money(batch.units, batch.currency)}"
        f" over {batch.method}, to {where}",
        file=sys.stderr,
        flush=True,
    )
    if out is None:
        sys.stdout.buffer.write(batch.document)
        sys.stdout.buffer.flush()
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(out, flags, FILE_MODE), "wb") as file:
        file.write(batch.document)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


async def list_batches(settings: Settings) -> int:
    """Print the files written so far, newest first."""
    async with open_core(settings) as core:
        found = await bank_desk(core).batches(LIST_MAX)
    head = ("BATCH", "WRITTEN", "OVER", "PAYOUTS", "SUM", "SETTLED", "RETURNED", "UNDER WAY")
    rows = [
        (
            str(one.id),
            moment(one.created_at),
            one.method,
            str(one.count),
            money(one.units, one.currency),
            str(one.settled),
            str(one.returned),
            str(one.count - one.settled - one.returned),
        )
        for one in found
    ]
    print(*(table(head, rows) if rows else ["no file was written yet"]), sep="\n")
    _tell_cut(len(rows))
    return 0


async def show_batch(settings: Settings, batch_id: UUID, out: Path | None) -> int:
    """Write a stored file again, byte for byte."""
    async with open_core(settings) as core:
        found = await bank_desk(core).batch(batch_id)
    if found is None:
        return _complain(f"there is no batch {batch_id}")
    _hand_out(found, out)
    return 0


async def list_work(settings: Settings) -> int:
    """Print the lines nobody has decided on, oldest first, each with the orders it may be for.

    Then what was left in suspense: it stays on the list until it is somebody's again.
    """
    async with open_core(settings) as core:
        now = await core.queries.now()
        items = await bank_desk(core).work(LIST_MAX)
        left = await core.desk.left_lines(LIST_MAX)
    for item in items:
        print(*_work_told(item.waiting), sep="\n")
        for one in item.candidates:
            age = lasting(now - one.created_at)
            print(f"  {'may be'.ljust(LABEL_WIDTH)}  {_candidate_told(one, age)}")
        print()
    print(*_choices(len(items)) if items else ["nothing waits"], sep="\n")
    _tell_cut(len(items))
    if left:
        print(f"\n{_counted(len(left), 'line')} left in suspense, together {_sums(left)}:\n")
        for line in left:
            print(*_work_told(line), "", sep="\n")
        _tell_cut(len(left))
    return 0


def _choices(count: int) -> list[str]:
    return [
        f"{_counted(count, 'line')} to decide:",
        "  cambist bank resolve LINE --order NUMBER",
        "  cambist bank resolve LINE --return --note 'WORDS'",
        "  cambist bank resolve LINE --own --note 'WORDS'",
        "  cambist bank resolve LINE --leave --note 'WORDS'",
    ]


def _sums(lines: Sequence[WaitingLine]) -> str:
    """Sum what stands in suspense by these lines, for each currency."""
    sums: Counter[str] = Counter()
    for one in lines:
        sums[one.line.currency] += one.line.units if one.line.credit else -one.line.units
    return ", ".join(money(units, currency) for currency, units in sorted(sums.items()))


def _work_told(item: WaitingLine) -> list[str]:
    line, sign = item.line, "+" if item.line.credit else "-"
    amount = f"{sign}{money(line.units, line.currency)}"
    note = NOTES.get(line.note, plain(line.note))
    known = item.references.replace(" | ", " ")
    texts = item.text if item.text not in known else ""
    other = "from" if line.credit else "to"
    told = (
        (other, item.name),
        ("account", item.account),
        ("references", item.references),
        ("text", texts),
        ("left by", line.resolved_by or ""),
    )
    head = f"{line.id}  {amount}  {line.method}  booked {line.booked_on}  ({note})"
    return [head, *fields([(name.ljust(LABEL_WIDTH), value) for name, value in told])]


def _candidate_told(one: Candidate, age: str) -> str:
    name = f" of {plain(one.name)}" if one.name else ""
    state = one.state.value.replace("_", " ")
    told = f"order {one.number}{name}, {state}, {age} old, reference {one.reference}"
    return f"{told} ({one.order_id})"


async def resolve(settings: Settings, line_id: UUID, order: UUID | int | None, note: str) -> int:
    """Decide on a line: it is an order's money, or (None) it is left where it is, with a note."""
    if order is None and not note:
        return _complain("say in --note why the money is left")
    async with open_core(settings) as core:
        order_id: OrderId | None = None
        if order is not None:
            found = await _orders(core, order)
            if len(found) != 1:
                ids = " ".join(map(str, found))
                return _complain(f"several orders are {order}: {ids}" if found else "no such order")
            order_id = found[0]
        try:
            await core.bus.execute(ResolveLine(line_id, order_id, staff_name(), note))
        except DomainError as refusal:
            return _complain(_refused(refusal, line_id))
        _log.info("bank.resolved", owner=str(line_id), name=staff_name())
        if order_id is None:
            print(f"line {line_id} is left in suspense")
            return 0
        view = await core.trades.trade(None, order_id)
    if view is not None:
        held = f", held by its {view.held_by.kind.value} case" if view.held_by else ""
        print(
            f"line {line_id} is the money of order {view.trade.number},"
            f" now {view.order.state.value}{held}"
        )
    return 0


async def send_back(settings: Settings, line_id: UUID, note: str) -> int:
    """Send a line's money back to the account it came from; asked again it is the same payout."""
    async with open_core(settings) as core:
        try:
            payout = await core.bus.execute(ReturnLine(line_id, staff_name(), note))
        except DomainError as refusal:
            return _complain(_refused(refusal, line_id))
    _log.info("bank.sent_back", owner=str(line_id), name=staff_name())
    print(f"line {line_id} goes back: payout {payout}, in the next file for the bank")
    return 0


async def take_own(settings: Settings, line_id: UUID, note: str) -> int:
    """Book a line as the house's own; asked again nothing more is booked."""
    if not note:
        return _complain("say in --note what the money was for")
    async with open_core(settings) as core:
        try:
            await core.bus.execute(OwnLine(line_id, staff_name(), note))
        except DomainError as refusal:
            return _complain(_refused(refusal, line_id))
    _log.info("bank.own", owner=str(line_id), name=staff_name())
    print(f"line {line_id} is the house's own: booked to house:capital")
    return 0


async def _orders(core: Core, order: UUID | int) -> Sequence[OrderId]:
    if isinstance(order, int):
        return await bank_desk(core).orders_numbered(order)
    found = await core.trades.trade(None, OrderId(order))
    return () if found is None else (found.order.id,)


def _refused(refusal: DomainError, line_id: UUID) -> str:
    facts = refusal.facts
    match refusal.code:
        case ErrorCode.NOT_FOUND:
            return f"there is no line {line_id}"
        case ErrorCode.INVALID_STATE if facts.get("machine") == LINE.name and "state" in facts:
            return f"the line is decided already: {DECIDED[LineState(str(facts['state']))]}"
        case ErrorCode.INVALID_STATE:
            return "the line is decided already, is no incoming money, or the order takes no more"
        case ErrorCode.RATE_UNAVAILABLE:
            return "no price can be told at the moment for the changed amount; try again later"
        case ErrorCode.FIELD_INVALID:
            why = facts.get("reason", facts.get("field", ""))
            return f"the line names no account its rail can pay to ({why})"
        case _:
            return f"refused: {refusal.code.value}"


def _tell_cut(count: int) -> None:
    if count == LIST_MAX:
        print(f"the first {LIST_MAX}; there may be more")


def _complain(what: str) -> int:
    print(f"cambist: {what}", file=sys.stderr)
    return 1
