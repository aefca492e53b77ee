"""Decide how a batch reaches PostgreSQL: bulk loads, bulk locks, one bulk statement a table."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from cambist.adapters.db.mappers import ENTRY, JOURNAL, MAPPERS, Mapper
from cambist.adapters.db.pool import LOST, Connection, Pool
from cambist.domain.ledger.journals import Entry
from cambist.kernel.errors import DomainError
from cambist.ports.store import (
    FlushConflictError,
    IdempotencyKey,
    Kind,
    OutcomeUnknownError,
    Question,
    StoredAnswer,
    StoreUnavailableError,
    Writes,
)

ACQUIRE_TIMEOUT_S = 5.0
COMMITTED = "COMMIT"
NOT_REPLICATED = "01000"
COINS_MAX = 500
ASKED_MAX = 50

Answerer = Callable[[Connection, Sequence[Any], datetime], Awaitable[Sequence[Any | DomainError]]]

NOW = """select clock_timestamp()
  + make_interval(secs => coalesce((select seconds from sandbox_clock), 0))"""

_SEARCHES = {
    (Kind.API_KEY, "partner_id"): "partner_id = any($1::uuid[])",
    (Kind.PAYMENT, "order_id"): "order_id = any($1::uuid[])",
    (Kind.PAYMENT, "block_hash"): "block_hash = any($1::text[])",
    (Kind.HOLD, "order_id"): "order_id = any($1::uuid[])",
    (Kind.WITHDRAWAL, "txid"): "txid = any($1::text[])",
    (Kind.COIN, "spent_by"): "spent_by = any($1::uuid[])",
    (Kind.TRADE, "reference"): "reference = any($1::text[]) and reference <> ''",
    (Kind.TRADE, "number"): "number = any($1::int8[])",
    (Kind.CASE, "order_id"): "order_id = any($1::uuid[])",
    (Kind.DOCUMENT, "order_id"): "order_id = any($1::uuid[])",
    (Kind.DOCUMENT, "customer_id"): "customer_id = any($1::uuid[])",
    (Kind.CODE, "order_id"): "order_id = any($1::uuid[])",
    (Kind.BANK_PAYOUT, "order_id"): "order_id = any($1::uuid[])",
}

_LARGEST = {
    (Kind.COIN, "holder"): "spent_by is null and chain || ':' || address = asked.value"
    f" limit {COINS_MAX}",
    (Kind.TRADE, "asked"): "method || ':' || fiat || ':' || fiat_units = asked.value"
    f" order by id desc limit {ASKED_MAX}",
    (Kind.COIN, "pool"): "spent_by is null and ready and chain || ':' || asset = asked.value"
    f" order by units desc limit {COINS_MAX}",
}
"""Searches whose answer is cut off, for each value by itself."""

_ANSWERS = """select i.tenant, i.operation, i.key, i.fingerprint, i.result
  from unnest($1::text[], $2::text[], $3::text[]) as k(tenant, operation, key)
  join idempotency i using (tenant, operation, key)"""

_INSERT_ANSWERS = """insert into idempotency
    (tenant, operation, key, fingerprint, result, created_at)
  select t, o, k, f, r, $6 from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])
    as v(t, o, k, f, r)"""

_INSERT_EVENTS = """insert into outbox (aggregate_id, seq, name, facts, happened_at)
  select * from unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::timestamptz[])"""

_INSERT_INBOX = """insert into inbox (consumer, event_id)
  select * from unnest($1::text[], $2::int8[])"""

_INSERT_UNFOLDED = """insert into unfolded_entries (journal_id, number, account_id, units)
  select * from unnest($1::uuid[], $2::int4[], $3::uuid[], $4::numeric[])"""

_INSERT_UNSEALED = "insert into unsealed_journals (journal_id) select * from unnest($1::uuid[])"

_OPEN_SYSTEM_ACCOUNTS = """insert into accounts (id, owner, asset, bounded, posted, held, version)
  select id, owner, asset, false, 0, 0, 0
    from unnest($1::uuid[], $2::text[], $3::text[]) as v(id, owner, asset) order by id
  on conflict do nothing"""

_CONFLICTS = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


class PostgresTransaction:
    """Hold one open transaction on one connection."""

    def __init__(
        self,
        pool: Pool,
        connection: Connection,
        now: datetime,
        answerers: Mapping[Question, Answerer],
        opened: set[Any],
    ) -> None:
        self._pool, self._connection = pool, connection
        self._now, self._answerers, self._opened = now, answerers, opened
        self._opening: set[Any] = set()

    @property
    def now(self) -> datetime:
        """Tell the database's time at the beginning."""
        return self._now

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        try:
            return await self._connection.fetch(query, *arguments)
        except _CONFLICTS as conflict:
            raise FlushConflictError(type(conflict).__name__) from conflict
        except LOST as lost:
            raise StoreUnavailableError from lost

    async def _execute(self, statement: str, *arguments: Any) -> None:
        try:
            await self._connection.execute(statement, *arguments)
        except _CONFLICTS as conflict:
            raise FlushConflictError(type(conflict).__name__) from conflict
        except LOST as lost:
            raise StoreUnavailableError from lost

    async def answers(
        self, keys: Sequence[IdempotencyKey]
    ) -> Mapping[tuple[str, str, str], StoredAnswer]:
        """Read the stored answers of keys."""
        columns = [[k.tenant for k in keys], [k.operation for k in keys], [k.key for k in keys]]
        rows = await self._fetch(_ANSWERS, *columns)
        return {(row[0], row[1], row[2]): StoredAnswer(row[3], row[4]) for row in rows}

    async def handled(self, consumer: str, events: Sequence[int]) -> set[int]:
        """Tell which outbox rows a consumer has handled."""
        query = "select event_id from inbox where consumer = $1 and event_id = any($2::int8[])"
        return {row[0] for row in await self._fetch(query, consumer, list(events))}

    async def load(
        self, kind: Kind, field: str | None, values: Sequence[Any], *, lock: bool
    ) -> Sequence[Any]:
        """Read aggregates by key or by a field."""
        mapper = MAPPERS[kind]
        if field is None:
            rows = await self._fetch(mapper.keyed(lock=lock), *mapper.key_arrays(values))
        elif (limited := _LARGEST.get((kind, field))) is not None:
            each = f"cross join lateral ({mapper.select} where {limited}) found"
            query = f"select found.* from unnest($1::text[]) as asked(value) {each}"
            rows = await self._fetch(query, list(values))
        else:
            query = f"{mapper.select} where {_SEARCHES[(kind, field)]}"
            rows = await self._fetch(query, list(values))
        return [mapper.read(row) for row in rows]

    async def answer(
        self, question: Question, arguments: Sequence[Any]
    ) -> Sequence[Any | DomainError]:
        """Answer questions in bulk."""
        try:
            return await self._answerers[question](self._connection, arguments, self._now)
        except _CONFLICTS as conflict:
            raise FlushConflictError(type(conflict).__name__) from conflict
        except LOST as lost:
            raise StoreUnavailableError from lost

    async def flush(self, writes: Writes) -> None:
        """Write everything with one statement a table."""
        for kind in Kind:
            # What gives a unique place up goes before what takes it.
            if changed := writes.changed.get(kind):
                await self._execute(MAPPERS[kind].update, *MAPPERS[kind].changes(changed))
            if added := writes.added.get(kind):
                await self._insert(MAPPERS[kind], added)
        await self._flush_ledger(writes)
        await self._flush_messages(writes)

    async def _insert(self, mapper: Mapper, items: Sequence[Any]) -> None:
        await self._execute(mapper.insert, *mapper.arrays(items))

    async def _flush_ledger(self, writes: Writes) -> None:
        if not writes.journals:
            return
        fresh = [ref for ref in writes.system_accounts if ref not in self._opened]
        if fresh:
            columns = [r.id for r in fresh], [r.owner for r in fresh], [r.asset for r in fresh]
            await self._execute(_OPEN_SYSTEM_ACCOUNTS, *columns)
            self._opening.update(fresh)
        await self._insert(JOURNAL, writes.journals)
        await self._insert(ENTRY, writes.entries)
        open_ended = [entry for entry in writes.entries if entry.version is None]
        await self._execute(_INSERT_UNFOLDED, *_unfolded(open_ended))
        await self._execute(_INSERT_UNSEALED, [j.id for j in writes.journals])

    async def _flush_messages(self, writes: Writes) -> None:
        if events := writes.events:
            await self._execute(
                _INSERT_EVENTS,
                [event.aggregate_id for event in events],
                [event.seq for event in events],
                [event.name for event in events],
                [msgspec.json.encode(event.facts).decode() for event in events],
                [event.happened_at for event in events],
            )
        if answers := writes.answers:
            await self._execute(
                _INSERT_ANSWERS,
                [key.tenant for key, _ in answers],
                [key.operation for key, _ in answers],
                [key.key for key, _ in answers],
                [key.fingerprint for key, _ in answers],
                [result for _, result in answers],
                self._now,
            )
        if inbox := writes.inbox:
            columns = [c for c, _ in inbox], [e for _, e in inbox]
            await self._execute(_INSERT_INBOX, *columns)

    async def commit(self) -> None:
        """Make it durable; no timeout, an unknown outcome is said to be one."""
        try:
            await _commit(self._connection)
            self._opened |= self._opening
        except LOST as lost:
            raise OutcomeUnknownError from lost
        except (*_CONFLICTS, asyncpg.IntegrityConstraintViolationError) as late:
            raise FlushConflictError(type(late).__name__) from late
        finally:
            await _give_back(self._pool, self._connection)

    async def rollback(self) -> None:
        """Drop everything."""
        try:
            await self._connection.execute("rollback")
        except LOST:
            _cut(self._connection)
        finally:
            await _give_back(self._pool, self._connection)


async def _commit(connection: Connection) -> None:
    """Commit, and look at how the server says that it did.

    A standby that was not waited for, because somebody cancelled the wait, is told by a warning
    only: what was committed may be lost with this server. A transaction that met an error before
    is rolled back, and that is no error either.
    """
    doubts: list[str] = []

    def note(_: object, told: Any) -> None:
        if told.sqlstate == NOT_REPLICATED:
            doubts.append(told.sqlstate)

    connection.add_log_listener(note)
    try:
        done = await connection.execute("commit")
    finally:
        connection.remove_log_listener(note)
    if doubts:
        raise OutcomeUnknownError
    if done != COMMITTED:
        raise FlushConflictError(done)


def _cut(connection: Connection) -> None:
    """Drop a connection that is of no use; the pool may have let go of it already."""
    with contextlib.suppress(asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()


async def _give_back(pool: Pool, connection: Connection) -> None:
    """Return a connection; one that dies meanwhile is dropped by the pool and concerns nobody.

    What was committed stays committed, so a failure here must not look like one of the commit.
    """
    with contextlib.suppress(*LOST, asyncpg.PostgresError):
        await pool.release(connection)


def _unfolded(entries: Sequence[Entry]) -> tuple[list[Any], ...]:
    return (
        [entry.journal_id for entry in entries],
        [entry.number for entry in entries],
        [entry.account_id for entry in entries],
        [Decimal(entry.units) for entry in entries],
    )


class PostgresStore:
    """Open transactions on a pool. `answerers` serve the questions use cases ask."""

    def __init__(self, pool: Pool, answerers: Mapping[Question, Answerer]) -> None:
        self._pool, self._answerers = pool, answerers
        self._opened: set[Any] = set()

    async def begin(self) -> PostgresTransaction:
        """Open a transaction and read its time."""
        try:
            connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
        except (*LOST, asyncpg.PostgresError) as lost:
            raise StoreUnavailableError from lost
        try:
            await connection.execute("begin")
            now = await connection.fetchval(NOW)
        except (*LOST, asyncpg.PostgresError) as lost:
            _cut(connection)
            await _give_back(self._pool, connection)
            raise StoreUnavailableError from lost
        return PostgresTransaction(self._pool, connection, now, self._answerers, self._opened)
