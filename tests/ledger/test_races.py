"""Prove that two processes cannot spend one balance twice (T23), and catch a ledger that can."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from cambist.adapters.db.audit import LEDGER_CHECKS, verify
from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.store import PostgresTransaction
from cambist.bus.bus import Bus
from cambist.kernel.errors import DomainError
from cambist.ports.store import Kind
from tests.bus.cases import Move
from tests.bus.conftest import outcomes_of
from tests.ledger.stage import build_bus

PARTIES = 4
START = 100
TURNS = 40
CLIENTS = 6


async def _race(pool: Pool, buses: Sequence[Bus], seed: int) -> list[str]:
    """Let clients of two processes transfer at random; name what came out wrong."""
    choose = random.Random(seed)
    names = [uuid4() for _ in range(PARTIES)]
    for name in names:
        await buses[0].execute(Move(None, name, START))
    standing = dict.fromkeys(names, START)
    faults: list[str] = []

    async def client(bus: Bus) -> None:
        for _ in range(TURNS):
            source, target = choose.sample(names, 2)
            units = choose.randint(1, START)
            (answer,) = await outcomes_of(bus.execute(Move(source, target, units)))
            if isinstance(answer, int):
                standing[source] -= units
                standing[target] += units
            elif not isinstance(answer, DomainError):
                faults.append(repr(answer))

    await asyncio.gather(*(client(buses[n % len(buses)]) for n in range(CLIENTS)))
    rows = await pool.fetch(
        "select owner, posted from accounts where owner = any($1)",
        [f"partner:{name}" for name in names],
    )
    found = {row[0]: int(row[1]) for row in rows}
    faults += [
        f"{name} has {found[f'partner:{name}']}, not {units}"
        for name, units in standing.items()
        if found[f"partner:{name}"] != units or units < 0
    ]
    return faults


async def _run(url: str, seed: int) -> tuple[list[str], bool]:
    pools = [await open_pool(url, size=3) for _ in range(2)]
    buses = [build_bus(pool, lanes=2) for pool in pools]
    faults = await _race(pools[0], buses, seed)
    report = await verify(pools[0], LEDGER_CHECKS)
    for pool in pools:
        await pool.close()
    return faults, report.ok


async def test_no_balance_is_spent_twice(database_url: str) -> None:
    for seed in range(3):
        assert await _run(database_url, seed) == ([], True)


async def test_check_then_act_without_a_lock_is_caught(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = PostgresTransaction.load

    async def load(
        self: PostgresTransaction, kind: Kind, field: str | None, values: Any, *, lock: bool
    ) -> Any:
        return await honest(self, kind, field, values, lock=False)

    monkeypatch.setattr(PostgresTransaction, "load", load)
    caught = [await _run(database_url, seed) for seed in range(4)]
    assert any(faults for faults, _ in caught)
    assert not caught[-1][1]
