"""Decide how memory is measured: what the kernel says of each part after some work."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from bench.children import BenchError, child
from bench.house import House, open_house
from bench.orders_http import Customers
from bench.report import Line, Target
from bench.stand import Stand

NAME = "memory"
TARGET = Target(500, at_least=False)
PAYMENTS = 40
PAID_UNITS = 25_000_000
BLOCKS = 25
SETTLED_TIMEOUT_S = 120.0
POLL_S = 0.2
KIB_TO_MB = 1024 / 1_000_000
UNITS = {"PSS": "smaps_rollup", "RSS": "status"}


async def measure(stand: Stand) -> list[Line]:
    """Measure api, worker, chainwatch and signer after orders, payments and their callbacks."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(stand, NAME))
        pids: dict[str, int] = {}
        for name in ("signer", "worker", "chainwatch"):
            pids[name] = (await stack.enter_async_context(house.part(name))).pid
        api = await stack.enter_async_context(house.api(1))
        pids["api"] = api.processes[0].pid
        await _ready(house)
        load = await stack.enter_async_context(child("bench.load"))
        await Customers(house, load).order(api, stand.effort.seconds)
        await _pay(house)
        found = {name: {pid: megabytes(own, name) for pid, own in pids.items()} for name in UNITS}
    lines = []
    for name, of_part in found.items():
        if None in of_part.values():
            continue
        known = {pid: value or 0.0 for pid, value in of_part.items()}
        parts = ", ".join(f"{pid} {value:.0f}" for pid, value in sorted(known.items()))
        what = "shared pages counted once" if name == "PSS" else "shared pages counted in each"
        line = Line(NAME, f"sum of {name}, {what}", [sum(known.values())], TARGET, parts, " MB")
        lines.append(line)
    if not lines:
        raise BenchError("the kernel tells of no process's memory here")
    return lines


async def _ready(house: House) -> None:
    """Wait until the parts have made prices and looked at every chain."""
    chains = len(house.core.chains)
    await _until(house, "select count(*) from cursors", chains, "the chains were not watched")
    query = "select count(*) from price_current where pair = 'TRX_EUR'"
    await _until(house, query, 1, "there are no prices")


async def _pay(house: House) -> None:
    """Pay some of the orders, mine, and wait until every event was carried."""
    query = "select address from orders order by id limit $1"
    rows = await house.core.pool.fetch(query, PAYMENTS)
    chain = house.core.controls["tron"]
    for row in rows:
        await chain.pay(row[0], "TRX", PAID_UNITS)
    await chain.mine(BLOCKS)
    completed = "select count(*) from orders where state = 'completed'"
    await _until(house, completed, len(rows), "the payments were not credited")
    due = "select -count(*) from outbox where delivered_at is null"
    await _until(house, due, 0, "the events were not carried")


async def _until(house: House, query: str, wanted: int, otherwise: str) -> None:
    for _ in range(round(SETTLED_TIMEOUT_S / POLL_S)):
        if await house.count(query) >= wanted:
            return
        await asyncio.sleep(POLL_S)
    raise BenchError(f"{otherwise} within {SETTLED_TIMEOUT_S:.0f} s")


def megabytes(pid: int, name: str) -> float | None:
    """Read a process's memory as the kernel counts it, in MB; None where it does not tell."""
    label = {"PSS": "Pss:", "RSS": "VmRSS:"}[name]
    try:
        lines = Path("/proc", str(pid), UNITS[name]).read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, PermissionError):
        return None
    found = (int(line.split()[1]) * KIB_TO_MB for line in lines if line.startswith(label))
    return next(found, None)
