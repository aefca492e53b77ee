"""Decide that the migrations lead to the tables, can be repeated, and survive a kill half way."""

import asyncio
import os
import signal
import subprocess
import sys
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from cambist.adapters.db import columns, nonce_tables
from cambist.adapters.db.mappers import ENTRY, JOURNAL, MAPPERS
from cambist.adapters.db.migrate import pending, upgrade_async

BY_EXPRESSION = (None, "ix_coins_pool", "ix_coins_holder", "ix_trades_asked")

DIE_IN_THE_MIDDLE = """
import os, signal, sys
from alembic import op
from cambist.adapters.db.migrate import upgrade
execute, left = op.execute, 20
def counted(statement):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    execute(statement)
op.execute = counted
upgrade(sys.argv[1])
"""


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    return [
        difference
        for difference in compare_metadata(context, columns.METADATA)
        if getattr(difference[-1], "name", "") not in BY_EXPRESSION
    ]


async def test_migrations_lead_to_the_tables_the_code_knows(database_url: str) -> None:
    assert len(MAPPERS) > 10
    assert nonce_tables.NONCES.metadata is columns.METADATA
    assert ENTRY.table.metadata is JOURNAL.table.metadata is columns.METADATA
    engine = create_async_engine(database_url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        found = await connection.run_sync(_differences)
    await engine.dispose()
    assert found == []


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert await pending(database_url) is None
    await upgrade_async(database_url)
    assert await pending(database_url) is None


async def test_migration_killed_half_way_leaves_nothing_and_is_run_again(
    empty_database_url: str,
) -> None:
    command = [sys.executable, "-c", DIE_IN_THE_MIDDLE, empty_database_url]
    died = await asyncio.to_thread(subprocess.run, command, check=False, env=dict(os.environ))
    assert died.returncode == -signal.SIGKILL
    connection = await asyncpg.connect(empty_database_url)
    query = "select count(*) from pg_tables where schemaname = 'public'"
    held = (
        "select count(*) from pg_locks l join pg_database d on d.oid = l.database"
        " where locktype = 'advisory' and d.datname = current_database()"
    )
    async with asyncio.timeout(120):
        while True:
            if not await connection.fetchval(held):
                break
            await asyncio.sleep(0.05)
    assert await connection.fetchval(query) == 0
    await upgrade_async(empty_database_url)
    assert await connection.fetchval(query) > 20
    await connection.close()


@pytest.mark.parametrize("value", ["NaN", "0.5", "1e60", "-1e60"])
async def test_units_refuse_nan_fractions_and_monsters(database_url: str, value: str) -> None:
    connection = await asyncpg.connect(database_url)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(f"select '{value}'::numeric::units")
    await connection.close()


async def test_application_role_cannot_change_the_ledger(database_url: str) -> None:
    connection = await asyncpg.connect(database_url, server_settings={"role": "cambist_app"})
    for table in ("journals", "entries", "journal_seals"):
        for statement in (f"delete from {table}", f"truncate {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("update entries set units = 0")
    await connection.close()
