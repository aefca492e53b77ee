"""Decide how ledger transfers through the bus are measured, against pgbench on the same server."""

import asyncio
from collections.abc import Sequence
from statistics import median

from bench.children import BenchError, Child, child
from bench.commands import fund_all
from bench.house import House, open_house
from bench.report import Line, Target
from bench.stand import Measure, Round, Stand, interleave
from cambist.adapters.db.audit import verify

NAME = "transfers_bus"
CALLERS = 128
TARGET = Target(2, at_least=True)
WARM_UP_S = 1.0


async def measure(stand: Stand) -> list[Line]:
    """Measure one process and two, then prove the books."""
    async with open_house(stand, NAME) as house:
        await fund_all(house.core)
        env = house.settings()
        async with (
            child("bench.commands", "transfers", env=env) as first,
            child("bench.commands", "transfers", env=env) as second,
        ):
            done: list[int] = []
            groups = {"1 process": [first], "2 processes": [first, second]}
            await _transfer(groups["2 processes"], WARM_UP_S, done)
            figures = {name: _measure(group, stand, done) for name, group in groups.items()}
            measured = await interleave(stand.pgbench, figures, stand.effort.rounds)
        await _prove(house, sum(done))
    return [_line(what, rounds) for what, rounds in measured.items()]


def _measure(group: Sequence[Child], stand: Stand, done: list[int]) -> Measure:
    async def transfer() -> float:
        return await _transfer(group, stand.effort.seconds, done)

    return transfer


async def _transfer(group: Sequence[Child], seconds: float, done: list[int]) -> float:
    question = {"seconds": seconds, "callers": CALLERS}
    answers = await asyncio.gather(*(member.ask(question) for member in group))
    done.extend(answer["done"] for answer in answers)
    return sum(float(answer["rate"]) for answer in answers)


async def _prove(house: House, done: int) -> None:
    """Prove the books, and that every transfer answered is in them.

    Raises:
        BenchError: they are wrong.
    """
    report = await verify(house.core.pool)
    if not report.ok:
        raise BenchError("the books are wrong: " + "; ".join(report.lines()))
    query = "select count(*) from journals where recipe = 'bench_transfer'"
    booked = await house.count(query)
    if booked != done:
        raise BenchError(f"{done} transfers were answered, {booked} are in the books")


def _line(what: str, rounds: list[Round]) -> Line:
    rate, tps = median(r.value for r in rounds), median(r.yardstick for r in rounds)
    absolute = f"{rate:.0f} transfers/s to {tps:.0f} tps; books verified"
    return Line(NAME, what, [r.ratio for r in rounds], TARGET, absolute)
