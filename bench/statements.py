"""Decide how the import of statements is measured: lines a second, and memory by the file's size.

`python -m bench.statements` imports the files it is asked to, each process one.
"""

import resource
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import uvloop

from bench.children import BenchError, answer_questions, child
from bench.house import House, open_house
from bench.report import Line, Target
from bench.stand import Round, Stand
from cambist.adapters.bank_files.camt053 import read_statement
from cambist.bootstrap.core import open_core
from cambist.bootstrap.rails import RAILS
from cambist.ports.statements import StatementLine
from cambist.settings import Settings
from cambist.workers.bank import import_statement

NAME = "statements"
FULL_LINES = (10_000, 100_000)
QUICK_LINES = (200, 2_000)
ROUNDS_MAX = 3
FLAT = Target(1.1, at_least=False)
KIB_TO_MB = 1024 / 1_000_000
IBAN = "CZ6508000000192000145399"
FIRST_SYMBOL = 1_000_000_000

_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>BENCH</MsgId><CreDtTm>2026-11-02T01:00:00</CreDtTm></GrpHdr>
<Stmt><Id>BENCH</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>
"""
_ENTRY = """<Ntry><Amt Ccy="CZK">{amount}.25</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-01</Dt></BookgDt>
<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>
<Refs><EndToEndId>/VS{symbol}/SS/KS0308</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Jana Nováková</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>CZ9455000000001011038930</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>Platba za objednávku</Ustrd></RmtInf>
</TxDtls></NtryDtls></Ntry>
"""
_TAIL = "</Stmt></BkToCstmrStmt></Document>\n"


async def measure(stand: Stand) -> list[Line]:
    """Import a short and a long file in fresh processes, in turns with the yardstick."""
    short, long = QUICK_LINES if stand.effort.quick else FULL_LINES
    speeds: list[Round] = []
    growth: list[float] = []
    peaks: dict[int, list[float]] = {short: [], long: []}
    async with open_house(stand, NAME) as house:
        before = await stand.pgbench()
        for number in range(1, min(stand.effort.rounds, ROUNDS_MAX) + 1):
            found = {count: await _import(house, number, count) for count in (short, long)}
            after = await stand.pgbench()
            speeds.append(Round(found[long]["rate"], (before + after) / 2))
            before = after
            for count, answer in found.items():
                peaks[count].append(answer["peak"])
            growth.append(found[long]["peak"] / found[short]["peak"])
            told = f"{found[long]['rate']:.0f} lines/s, memory {growth[-1]:.2f}"
            print(f"  round {number}: {told}", flush=True)
        await _require_balanced(house)
    rate, tps = median(one.value for one in speeds), median(one.yardstick for one in speeds)
    grown = f"{median(peaks[long]):.0f} MB to {median(peaks[short]):.0f} MB"
    return [
        Line(
            NAME,
            f"{long} lines that fit no order",
            [one.ratio for one in speeds],
            None,
            f"{rate:.0f} lines/s to {tps:.0f} tps",
        ),
        Line(NAME, f"peak memory, {long} lines to {short}", growth, FLAT, grown),
    ]


async def _import(house: House, number: int, count: int) -> dict[str, Any]:
    """Import a file of its own in a process of its own.

    Raises:
        BenchError: not every line is in the books.
    """
    file = house.folder / f"statement_{number}_{count}.xml"
    _write(file, f"{number}-{count}", count)
    lines = "select count(*) from bank_lines"
    before = await house.count(lines)
    async with child(f"bench.{NAME}", env=house.settings()) as importing:
        answer = await importing.ask({"file": str(file)})
    file.unlink()
    booked = await house.count(lines) - before
    if answer["booked"] != count or booked != count:
        raise BenchError(f"of {count} lines {answer['booked']} were told booked, {booked} are")
    return answer


async def _require_balanced(house: House) -> None:
    wrong = await house.count(
        "select count(*) from (select asset from entries group by asset having sum(units) <> 0) a"
    )
    if wrong:
        raise BenchError("the books do not balance after the imports")


def _write(file: Path, prefix: str, count: int) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(_HEAD)
        for number in range(count):
            symbol, amount = FIRST_SYMBOL + number, number % 90_000 + 1
            out.write(_ENTRY.format(amount=amount, reference=f"{prefix}-{number}", symbol=symbol))
        out.write(_TAIL)


def _lines(file: Path) -> Iterator[StatementLine]:
    with file.open("rb") as stream:
        yield from read_statement(stream)


async def _answer(asked: dict[str, Any]) -> Mapping[str, Any]:
    async with open_core(Settings()) as core:
        begun = perf_counter()
        lines, accounts = _lines(Path(asked["file"])), core.paying_in.accounts
        report = await import_statement(core.bus, lines, accounts, RAILS)
        took = perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_TO_MB
    return {"booked": report.waiting, "rate": report.lines / took, "peak": peak}


async def _main() -> None:
    await answer_questions(_answer)


if __name__ == "__main__":
    uvloop.run(_main())
