"""Decide which events a relay may take: of each order the earliest undelivered, no cursor."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from cambist.adapters.db.pool import LOST, Connection, Pool
from cambist.adapters.db.store import NOW
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.outbox import Failed, OutboxRow, ParkedEvent, Settled
from cambist.ports.store import StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0

_COLUMNS = """o.id, o.aggregate_id, o.seq, o.name, o.facts, o.happened_at, o.attempts"""

# Not `id > last seen`: transactions commit out of the order of their ids, so a cursor loses some.
# A row another relay settled meanwhile is checked again after its lock is free, and passed over.
_CLAIM = f"""select {_COLUMNS} from outbox o
  where o.delivered_at is null and o.parked_at is null and o.id <> all($2::int8[])
    and not exists (select from outbox p where p.aggregate_id = o.aggregate_id
      and p.seq < o.seq and p.delivered_at is null)
  order by o.id limit $1
  for update of o skip locked"""

_SETTLE = f"""update outbox o set delivered_at = ({NOW}), error = v.note
  from unnest($1::int8[], $2::text[]) as v(id, note) where o.id = v.id"""

_FAIL = f"""update outbox o set attempts = o.attempts + 1, error = v.error,
    parked_at = case when v.park then ({NOW}) end
  from unnest($1::int8[], $2::text[], $3::bool[]) as v(id, error, park) where o.id = v.id"""

_PARKED = f"""select {_COLUMNS}, o.parked_at, o.error from outbox o
  where o.parked_at is not null and o.delivered_at is null order by o.id limit $1"""

_REQUEUE = """with again as (
    update outbox set parked_at = null, attempts = 0
      where parked_at is not null and delivered_at is null
        and ($1::int8[] is null or id = any($1))
      returning 1)
  select count(*) from again"""


class PostgresClaim:
    """Implement OutboxClaim within an open transaction."""

    def __init__(self, connection: Connection, rows: Sequence[OutboxRow]) -> None:
        self._connection, self._rows = connection, rows

    @property
    def rows(self) -> Sequence[OutboxRow]:
        """List the claimed events."""
        return self._rows

    async def record(self, settled: Sequence[Settled], failed: Sequence[Failed]) -> None:
        """Write what became of claimed events."""
        if settled:
            notes = [one.id for one in settled], [one.note for one in settled]
            await self._connection.execute(_SETTLE, *notes)
        if failed:
            await self._connection.execute(
                _FAIL,
                [one.id for one in failed],
                [one.error for one in failed],
                [one.park for one in failed],
            )


class PostgresOutbox:
    """Implement OutboxPort on a pool.

    A claim keeps one connection while consumers run their commands on others: a pool shared with
    a bus needs at least two more connections than there are relays on it.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def claim(
        self, limit: int, excluding: Sequence[int] = ()
    ) -> AsyncIterator[PostgresClaim]:
        """Claim events; a relay that dies lets go of its rows with its connection."""
        try:
            async with (
                self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection,
                connection.transaction(),
            ):
                rows = await connection.fetch(_CLAIM, limit, list(excluding))
                yield PostgresClaim(connection, [_read(row) for row in rows])
        except LOST as lost:
            raise StoreUnavailableError from lost

    async def parked(self, limit: int) -> Sequence[ParkedEvent]:
        """List dead letters."""
        rows = await self._fetch(_PARKED, limit)
        return [ParkedEvent(_read(row), row[-2], row[-1] or "") for row in rows]

    async def requeue(self, ids: Sequence[int] | None = None) -> int:
        """Let dead letters be tried afresh."""
        rows = await self._fetch(_REQUEUE, None if ids is None else list(ids))
        return int(rows[0][0])

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                return list(await connection.fetch(query, *arguments))
        except LOST as lost:
            raise StoreUnavailableError from lost


def _read(row: Any) -> OutboxRow:
    return OutboxRow(
        id=row[0],
        order_id=OrderId(row[1]),
        seq=row[2],
        name=EventName(row[3]),
        facts=msgspec.json.decode(row[4]),
        happened_at=row[5],
        attempts=row[6],
    )
