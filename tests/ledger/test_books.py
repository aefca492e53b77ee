"""Prove that folding and sealing lose nothing, alone, side by side and when killed."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest

from cambist.adapters.db.audit import LEDGER_CHECKS, verify
from cambist.adapters.db.books import FOLD_LOCK, SEAL_LOCK, balances, fold, quick_check, seal
from cambist.adapters.db.pool import Connection, Pool, open_pool
from cambist.bus.bus import Bus
from tests.bus.cases import ASSET, GiveFree, Move, SetAside
from tests.bus.conftest import outcomes_of, until_waiting

Work = Callable[[Pool], Awaitable[int]]


async def _book(bus: Bus, count: int) -> None:
    parties = [uuid4() for _ in range(8)]
    await asyncio.gather(*(bus.execute(Move(None, party, 1000)) for party in parties))
    moves = (Move(parties[n % 8], parties[(n * 3 + 1) % 8], 1) for n in range(count) if n % 4)
    await asyncio.gather(*(bus.execute(move) for move in moves))


async def _assert_sound(pool: Pool) -> None:
    report = await verify(pool, LEDGER_CHECKS)
    assert report.ok, "\n".join(report.lines())


async def _capital(pool: Pool) -> int:
    return sum(b.posted for b in await balances(pool) if b.owner == "house:capital")


async def test_folding_moves_open_entries_into_balances(bus: Bus, pool: Pool) -> None:
    await _book(bus, 20)
    before = await _capital(pool)
    folded = [await fold(pool, 3) for _ in range(2)]
    assert folded == [3, 3]
    await _assert_sound(pool)
    while await fold(pool, 5):
        pass
    assert await pool.fetchval("select count(*) from unfolded_entries") == 0
    stated = await pool.fetchval("select posted from accounts where owner = 'house:capital'")
    assert stated == before == await _capital(pool)
    await _assert_sound(pool)


async def test_folders_and_sealers_side_by_side_count_each_entry_once(bus: Bus, pool: Pool) -> None:
    async def keep_up() -> None:
        for _ in range(12):
            await asyncio.gather(*(fold(pool, 4) for _ in range(3)), *(seal(pool, 4) for _ in "ab"))

    await asyncio.gather(_book(bus, 60), keep_up())
    while await fold(pool) + await seal(pool):
        pass
    await _assert_sound(pool)
    numbers = await pool.fetch("select number from journal_seals order by number")
    assert [row[0] for row in numbers] == list(range(1, len(numbers) + 1))
    assert await pool.fetchval("select count(*) from journals") == len(numbers)


@pytest.mark.parametrize(("work", "lock"), [(fold, FOLD_LOCK), (seal, SEAL_LOCK)])
async def test_one_process_at_a_time(
    bus: Bus,
    pool: Pool,
    administrator: Connection,
    work: Work,
    lock: int,
) -> None:
    await _book(bus, 4)
    async with administrator.transaction():
        await administrator.execute(f"select pg_advisory_xact_lock({lock})")
        assert await work(pool) == 0
    assert await work(pool) > 0


@pytest.mark.parametrize(
    ("work", "blocked"), [(fold, "accounts"), (seal, "journal_seals")], ids=["fold", "seal"]
)
async def test_killed_half_way_nothing_is_lost(
    bus: Bus, pool: Pool, administrator: Connection, database_url: str,
    work: Work, blocked: str,
) -> None:  # fmt: skip
    await _book(bus, 12)
    other = await open_pool(database_url, size=1)
    async with administrator.transaction():
        await administrator.execute(f"lock table {blocked} in share row exclusive mode")
        working = asyncio.create_task(outcomes_of(work(other)))
        await until_waiting(pool)
        await administrator.execute(
            "select pg_terminate_backend(pid, 5000) from pg_locks w join pg_database d"
            " on d.oid = w.database where not granted and d.datname = current_database()"
        )
    (outcome,) = await working
    assert isinstance(outcome, asyncpg.PostgresError | asyncpg.InterfaceError)
    await _assert_sound(pool)
    assert await work(pool) > 0
    await _assert_sound(pool)
    await other.close()


async def test_an_open_entry_without_account_is_refused_not_lost(
    bus: Bus, pool: Pool, administrator: Connection
) -> None:
    while await fold(pool):
        pass
    async with administrator.transaction():
        await administrator.execute(
            "insert into unfolded_entries values ($1, 0, $2, 5)", uuid4(), uuid4()
        )
    with pytest.raises(LookupError):
        await fold(pool)
    assert await pool.fetchval("select count(*) from unfolded_entries") == 1
    await administrator.execute("delete from unfolded_entries")


async def test_the_quick_check_sums_by_asset(bus: Bus, pool: Pool) -> None:
    party, order = uuid4(), uuid4()
    before = await quick_check(pool)
    await bus.execute(Move(None, party, 3_000_000))
    await bus.execute(SetAside(party, order, 1_000_000))
    after = await quick_check(pool)
    assert after["balanced"] is True
    assert after["negative"] == []
    assert after["assets"][ASSET]["sum"] == "0.000000"
    held = [Decimal(check["assets"].get(ASSET, {"held": "0"})["held"]) for check in (before, after)]
    assert held[1] - held[0] == 1
    await bus.execute(GiveFree(party, order))


async def test_a_system_account_whose_opening_was_rolled_back_is_opened_again(
    bus: Bus, pool: Pool
) -> None:
    first, second = uuid4(), uuid4()
    taken = str(uuid4())
    await bus.execute(Move(None, first, 1, taken))
    await outcomes_of(bus.execute(Move(None, first, 1, taken)))
    await bus.execute(Move(None, second, 1))
    await _assert_sound(pool)
