"""Prove that a change behind the ledger's back is found, whichever row it touches."""

import re
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from cambist.adapters.db.audit import LEDGER_CHECKS, examine, verify
from cambist.adapters.db.books import fold, quick_check, seal
from cambist.adapters.db.pool import Connection, Pool
from cambist.bus.bus import Bus
from tests.bus.cases import Move, SetAside

OFF = "set local session_replication_role = replica"
"""What silences every trigger, for one transaction of a superuser."""

BLOCK = re.compile(r"-- (I\d+): (.+)\n((?:.+\n?)+)")


def tamperings(name: str) -> dict[str, tuple[str, str]]:
    """Read statements by what they do, each with the invariant it must be found by."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return {what: (statement, invariant) for invariant, what, statement in BLOCK.findall(text)}


TAMPERINGS = tamperings("tamperings.sql")


@pytest.fixture
async def booked(bus: Bus, pool: Pool) -> None:
    """Book a little of everything, once a module: sealed and not, folded and open."""
    if not await pool.fetchval("select count(*) from journals"):
        rich, poor = uuid4(), uuid4()
        for units in (50, 60):
            await bus.execute(Move(None, rich, units))
        await bus.execute(Move(rich, poor, 30))
        await fold(pool)
        while await seal(pool):
            pass
        await bus.execute(Move(None, poor, 10))
        await bus.execute(SetAside(poor, uuid4(), 7))


async def test_untouched_books_are_right_and_say_what_was_checked(booked: None, pool: Pool) -> None:
    report = await verify(pool, LEDGER_CHECKS)
    assert report.ok
    assert report.counts["journals"] == 4
    assert report.counts["entries in TRX"] == 8
    assert report.counts["versions walked"] == 5
    assert report.counts["accounts of parties"] == 2
    assert report.counts["seals recomputed"] == 3
    assert report.counts["journals not yet sealed"] == 1
    assert report.head.startswith("3 ")
    assert report.lines()[-1] == "ok: nothing found"


@pytest.mark.parametrize("change", TAMPERINGS)
async def test_a_change_is_found(booked: None, administrator: Connection, change: str) -> None:
    statement, invariant = TAMPERINGS[change]
    transaction = administrator.transaction()
    await transaction.start()
    try:
        await administrator.execute(OFF)
        assert not (await administrator.execute(statement)).endswith(" 0")
        report = await examine(administrator, LEDGER_CHECKS)
    finally:
        await transaction.rollback()
    assert any(finding.startswith(f"{invariant}:") for finding in report.findings), report.findings


async def test_nobody_but_the_administrator_can_change_the_ledger(
    booked: None, pool: Pool, administrator: Connection
) -> None:
    for statement in (
        "delete from journals",
        "delete from entries",
        "delete from journal_seals",
        "truncate journals",
        "truncate entries",
        "truncate journal_seals",
        "update journals set recipe = 'x'",
        "update entries set units = 0",
        "update journal_seals set hash = 'x'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await administrator.execute(statement)


async def test_a_journal_that_does_not_balance_cannot_be_written(booked: None, pool: Pool) -> None:
    journal = uuid4()
    account = await pool.fetchval("select id from accounts where not bounded limit 1")
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            "insert into entries values ($1, 0, $2, 'TRX', 5, null, null)", journal, account
        )
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("insert into journals values ($1, 'x', 'alone', null, now())", journal)


async def test_a_party_below_what_it_holds_cannot_be_written(booked: None, pool: Pool) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("update accounts set posted = held - 1 where bounded and held > 0")


async def test_no_number_that_is_not_whole_can_be_written(booked: None, pool: Pool) -> None:
    for value in ("NaN", "0.5", "1e60", "Infinity"):
        with pytest.raises(asyncpg.CheckViolationError):
            await pool.execute("update accounts set posted = $1::text::numeric", value)


async def test_the_quick_check_sees_a_changed_balance(
    booked: None, pool: Pool, administrator: Connection
) -> None:
    assert (await quick_check(pool))["balanced"]
    await administrator.execute("update accounts set posted = posted + 5 where bounded")
    assert not (await quick_check(pool))["balanced"]
    await administrator.execute("update accounts set posted = posted - 5 where bounded")
