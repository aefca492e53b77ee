"""Decide which wrong relays the harness has to catch; nothing of this is ever shipped."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cambist.adapters.db.pool import Pool
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.outbox import Failed, OutboxRow, ParkedEvent, Settled

_BEHIND_CURSOR = """select id, aggregate_id, seq, name, happened_at, attempts from outbox
  where id > $1 order by id limit $2"""
_UNDELIVERED = """select id, aggregate_id, seq, name, happened_at, attempts from outbox
  where delivered_at is null order by id limit $1"""


@dataclass
class PlantedClaim:
    """Hold rows and settle them outside any transaction."""

    pool: Pool
    rows: Sequence[OutboxRow]

    async def record(self, settled: Sequence[Settled], failed: Sequence[Failed]) -> None:
        """Mark what was settled."""
        ids = [one.id for one in settled]
        await self.pool.execute("update outbox set delivered_at = now() where id = any($1)", ids)


class _Planted:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def parked(self, limit: int) -> Sequence[ParkedEvent]:
        return ()

    async def requeue(self, ids: Sequence[int] | None = None) -> int:
        return 0

    async def _rows(self, query: str, *arguments: object) -> list[OutboxRow]:
        found = await self._pool.fetch(query, *arguments)
        return [
            OutboxRow(r[0], OrderId(r[1]), r[2], EventName(r[3]), {}, r[4], r[5]) for r in found
        ]


class CursorOutbox(_Planted):
    """Remember the highest id seen, as if transactions committed in the order of their ids."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._last = 0

    @asynccontextmanager
    async def claim(self, limit: int, excluding: Sequence[int] = ()) -> AsyncIterator[PlantedClaim]:
        """Take what lies behind the cursor and move it."""
        rows = await self._rows(_BEHIND_CURSOR, self._last, limit)
        self._last = max([self._last, *(row.id for row in rows)])
        yield PlantedClaim(self._pool, rows)


class HeedlessOutbox(_Planted):
    """Take whatever is undelivered, an order's later events beside its earlier ones."""

    @asynccontextmanager
    async def claim(self, limit: int, excluding: Sequence[int] = ()) -> AsyncIterator[PlantedClaim]:
        """Take without asking for earlier ones."""
        rows = await self._rows(_UNDELIVERED, limit)
        yield PlantedClaim(self._pool, rows)
