"""Prove what callers are told when the connection is lost, and that the same key has one answer."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import asyncpg
import pytest

from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.store import PostgresStore, PostgresTransaction
from cambist.bus.bus import Bus, Gate
from cambist.kernel.errors import DomainError, ErrorCode
from tests.bus.cases import Count
from tests.bus.conftest import BuildBus, outcomes_of


class KillingStore(PostgresStore):
    """Have the server end the connection at a chosen moment of the next transaction."""

    def __init__(self, pool: Pool, url: str, moment: str) -> None:
        super().__init__(pool, {})
        self.url, self.moment = url, moment

    async def begin(self) -> PostgresTransaction:
        """Open a transaction that will lose its connection once."""
        transaction = await super().begin()
        moment, self.moment = self.moment, ""
        if moment:
            _plant(transaction, moment, self.url)
        return transaction


def _plant(transaction: PostgresTransaction, moment: str, url: str) -> None:
    real = getattr(transaction, moment)

    async def killed(*arguments: Any, **named: Any) -> Any:
        pid = transaction._connection.get_server_pid()
        administrator = await asyncpg.connect(url)
        await administrator.execute(f"select pg_terminate_backend({pid}, 120000)")
        await administrator.close()
        return await real(*arguments, **named)

    setattr(transaction, moment, killed)


@pytest.mark.parametrize("moment", ["answers", "load", "flush"])
async def test_a_connection_lost_before_the_commit_means_nothing_happened(
    pool: Pool, build: BuildBus, database_url: str, moment: str
) -> None:
    bus = build(KillingStore(pool, database_url, moment))
    counter, gate = uuid4(), Gate("t", "count", str(uuid4()))
    with pytest.raises(DomainError) as refused:
        await bus.execute(Count(counter), gate)
    assert refused.value.code is ErrorCode.OVERLOADED
    assert await bus.execute(Count(counter), gate) == 1
    assert await bus.execute(Count(counter)) == 2


async def test_a_connection_lost_at_the_commit_leaves_the_outcome_open(
    pool: Pool, build: BuildBus, database_url: str
) -> None:
    bus = build(KillingStore(pool, database_url, "commit"))
    counter, gate = uuid4(), Gate("t", "count", str(uuid4()))
    with pytest.raises(DomainError) as unknown:
        await bus.execute(Count(counter), gate)
    assert unknown.value.code is ErrorCode.UNKNOWN_OUTCOME
    assert await bus.execute(Count(counter), gate) == 1


class CuttingProxy:
    """Pass everything on, but swallow the server's answer to a commit and hang up."""

    def __init__(self, url: str, folder: Path) -> None:
        asked = urlsplit(url)
        (host,) = parse_qs(asked.query).get("host", [asked.hostname or ""])
        port = asked.port or 5432
        name = f".s.PGSQL.{port}"
        self.url = url.replace(quote(host, safe=""), quote(str(folder), safe="")).replace(
            host, str(folder)
        )
        self._target, self._here = Path(host) / name, folder / name
        self._server: asyncio.Server | None = None
        self.armed = False

    async def __aenter__(self) -> "CuttingProxy":
        self._server = await asyncio.start_unix_server(self._serve, self._here)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        near, far = await asyncio.open_unix_connection(self._target)
        forward = asyncio.create_task(self._forward(reader, far))
        try:
            while data := await near.read(65536):
                if self.armed and b"COMMIT\0" in data:
                    self.armed = False
                    break
                writer.write(data)
                await writer.drain()
        finally:
            forward.cancel()
            writer.close()
            far.close()

    async def _forward(self, reader: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            far.write(data)
            await far.drain()
        far.close()


async def test_a_commit_whose_answer_is_lost_is_answered_on_repetition(
    database_url: str, build: BuildBus, tmp_path: Path
) -> None:
    async with CuttingProxy(database_url, tmp_path) as proxy:
        pool = await open_pool(proxy.url, size=2)
        bus = build(PostgresStore(pool, {}))
        counter, gate = uuid4(), Gate("t", "count", str(uuid4()))
        await bus.execute(Count(uuid4()))
        proxy.armed = True
        with pytest.raises(DomainError) as unknown:
            await bus.execute(Count(counter, 5), gate)
        assert unknown.value.code is ErrorCode.UNKNOWN_OUTCOME
        assert await bus.execute(Count(counter, 5), gate) == 5
        assert await bus.execute(Count(counter, 1)) == 6
        await pool.close()


async def test_the_pool_recovers_when_every_connection_is_killed(
    bus: Bus, pool: Pool, database_url: str
) -> None:
    counter, gate = uuid4(), Gate("t", "count", str(uuid4()))
    assert await bus.execute(Count(counter), gate) == 1
    administrator = await asyncpg.connect(database_url)
    await administrator.execute(
        "select pg_terminate_backend(pid, 120000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
        " and application_name = 'cambist'"
    )
    await administrator.close()
    answers: list[Any] = []
    for _ in range(20):
        answers += await outcomes_of(bus.execute(Count(counter), gate))
    refused = [answer.code for answer in answers if answer != 1]
    assert set(refused) <= {ErrorCode.OVERLOADED}
    assert answers[-3:] == [1, 1, 1]


async def test_killed_connections_under_load_lose_and_double_nothing(
    pool: Pool, build: BuildBus, database_url: str
) -> None:
    bus = build(PostgresStore(pool, {}), lanes=3)
    counters = [uuid4() for _ in range(6)]
    done = asyncio.Event()

    async def kill() -> None:
        administrator = await asyncpg.connect(database_url)
        for _ in range(15):
            await administrator.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
                " and application_name = 'cambist' limit 2"
            )
            await asyncio.sleep(0.02)
        await administrator.close()
        done.set()

    refusals: set[ErrorCode] = set()

    async def client(number: int) -> int:
        sent, answered = 0, False
        gate = Gate("t", "count", str(uuid4()))
        while not (done.is_set() and answered):
            (answer,) = await outcomes_of(bus.execute(Count(counters[number % 6]), gate))
            answered = isinstance(answer, int)
            if answered:
                gate = Gate("t", "count", str(uuid4()))
                sent += 1
            else:
                refusals.add(answer.code)
                await asyncio.sleep(0.005)
        return sent

    killing = asyncio.create_task(kill())
    sent = await asyncio.gather(*(client(number) for number in range(24)))
    await killing
    assert refusals <= {ErrorCode.OVERLOADED, ErrorCode.UNKNOWN_OUTCOME}
    # Not through the pool: a connection killed last may not know it yet.
    reader = await asyncpg.connect(database_url)
    total = await reader.fetchval(
        "select sum(payments) from counters where partner_id = any($1)", counters
    )
    await reader.close()
    assert total == sum(sent)
