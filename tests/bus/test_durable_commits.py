"""Decide that nothing is said to be done that the database only half promised."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from cambist.adapters.db.embedded import EmbeddedPostgres
from cambist.adapters.db.migrate import upgrade
from cambist.adapters.db.pool import Pool, close_pool, open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.bus.bus import Gate
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.store import FlushConflictError
from tests.bus.cases import Count
from tests.bus.conftest import BuildBus

PATIENCE_S = 30
WAITING = "select pid from pg_stat_activity where wait_event = 'SyncRep'"
STANDBY = "alter system set synchronous_standby_names = '{}'"


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    """Start a server of our own: who stands by is set for a whole server."""
    folder = Path(tempfile.mkdtemp(prefix="cambist-test-"))
    folder.chmod(0o711)
    quick = {"fsync": "off", "shared_buffers": "16MB"}
    with EmbeddedPostgres(folder / "pg", settings=quick) as server:
        url = server.start()
        upgrade(url)
        yield url
    shutil.rmtree(folder)


@pytest.fixture
async def own_pool(own_server: str) -> AsyncIterator[Pool]:
    """Give a pool on our own server."""
    opened = await open_pool(own_server, size=2)
    yield opened
    await close_pool(opened)


@pytest.fixture
async def administrator(own_server: str) -> AsyncIterator[Any]:
    """Give a session that waits for no standby itself."""
    connection = await asyncpg.connect(own_server)
    await connection.execute("set synchronous_commit = local")
    yield connection
    await stand_by(connection, "")
    await connection.close()


async def stand_by(administrator: Any, name: str) -> None:
    """Have every commit wait for a standby of this name, or for none."""
    await administrator.execute(STANDBY.format(name))
    await administrator.execute("select pg_reload_conf()")
    await until(administrator, f"select current_setting('synchronous_standby_names') = '{name}'")


async def until(administrator: Any, question: str) -> Any:
    """Ask until the answer is something."""
    async with asyncio.timeout(PATIENCE_S):
        while not (answer := await administrator.fetchval(question)):
            await administrator.execute("select pg_sleep(0.05)")
    return answer


async def test_a_commit_whose_standby_was_not_waited_for_has_no_known_outcome(
    own_pool: Pool, administrator: Any, build: BuildBus
) -> None:
    bus = build(PostgresStore(own_pool, {}))
    await bus.execute(Count(uuid4()))
    await stand_by(administrator, "nobody")
    counter, gate = uuid4(), Gate("t", "count", str(uuid4()))
    asked = asyncio.ensure_future(bus.execute(Count(counter, 5), gate))
    pid = await until(administrator, WAITING)
    assert not asked.done()
    await administrator.execute("select pg_cancel_backend($1)", pid)
    with pytest.raises(DomainError) as unknown:
        await asked
    assert unknown.value.code is ErrorCode.UNKNOWN_OUTCOME
    await stand_by(administrator, "")
    assert await bus.execute(Count(counter, 5), gate) == 5
    assert await bus.execute(Count(counter)) == 6


async def test_a_transaction_that_met_an_error_is_not_taken_for_committed(pool: Pool) -> None:
    transaction = await PostgresStore(pool, {}).begin()
    with pytest.raises(asyncpg.DivisionByZeroError):
        await transaction._connection.execute("select 1 / 0")
    with pytest.raises(FlushConflictError):
        await transaction.commit()
