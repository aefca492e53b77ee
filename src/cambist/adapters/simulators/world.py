"""Decide how a sandbox's shared world is kept: pins, sinks and facts in `sim`, one clock row."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Connection, Pool
from cambist.adapters.db.reads import Reads
from cambist.adapters.db.store import NOW
from cambist.adapters.simulators import bank, chain_store, mailbox
from cambist.domain.orders.orders import Order
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.feed import PriceOverrides
from cambist.ports.sandbox import ReceivedRequest, RecordedEvent, SinkRequest
from cambist.ports.store import Kind

SINKS_MAX = 200
KEPT_PER_SINK_MAX = 500
EVENTS_MAX = 1_000
ADVANCE_TOTAL_S_MAX = 10 * 366 * 86_400
STATUS_USUAL = 200

SCHEMA = """
create schema if not exists sim;
create table if not exists sim.price_pin (
    pair text primary key,
    mantissa numeric(78, 0),
    down boolean not null,
    check (down = (mantissa is null))
);
create table if not exists sim.sink (
    name text primary key,
    received bigint not null,
    status integer not null,
    times integer not null
);
create table if not exists sim.sink_request (
    sink text not null references sim.sink,
    number bigint not null,
    at timestamptz not null,
    method text not null,
    query text not null,
    headers text not null,
    body bytea not null,
    status integer not null,
    primary key (sink, number)
);
create table if not exists sim.fact (
    name text primary key,
    value text not null
);
"""

_PIN = """insert into sim.price_pin values ($1, $2::text::numeric, $3)
  on conflict (pair) do update set mantissa = excluded.mantissa, down = excluded.down"""

_RECEIVE = f"""update sim.sink s set received = s.received + 1, times = greatest(s.times - 1, 0)
  from (select * from sim.sink where name = $1 for update) before
  where s.name = before.name
  returning s.received, ({NOW}),
    case when before.times > 0 then before.status else {STATUS_USUAL} end"""

_OPEN_SINK = f"""insert into sim.sink select $1::text, 0, {STATUS_USUAL}, 0
  where (select count(*) from sim.sink) < {SINKS_MAX} on conflict do nothing"""

_ADVANCE = f"""insert into sandbox_clock values (1, $1) on conflict (id) do update
  set seconds = sandbox_clock.seconds + excluded.seconds
  where sandbox_clock.seconds + excluded.seconds <= {ADVANCE_TOTAL_S_MAX}
  returning seconds"""

_EVENTS = f"""select seq, name, happened_at, facts, delivered_at is not null from outbox
  where aggregate_id = $1 order by seq limit {EVENTS_MAX}"""

_UNRECORDED = """select txid from unnest($2::text[]) as asked (txid)
  where not exists (select from payments p where p.txid = asked.txid and p.chain = $1)
    and not exists (select from withdrawals w where w.txid = asked.txid and w.chain = $1)"""

_ORDER = MAPPERS[Kind.ORDER]


class SimulatedWorld:
    """Implement World on a pool of the core's database; reads may raise StoreUnavailableError."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._reads = pool, Reads(pool)
        self._reading: asyncio.Future[PriceOverrides] | None = None

    @staticmethod
    async def install(pool: Pool) -> None:
        """Create what is missing, as the schema's owner; safe to repeat and to do side by side."""
        async with pool.acquire() as connection, connection.transaction():
            await chain_store.lock(connection, "install")
            await connection.execute(SCHEMA)
            await connection.execute(mailbox.SCHEMA)
            await connection.execute(bank.SCHEMA)
            await connection.execute(chain_store.GRANTS)

    async def overrides(self) -> PriceOverrides:
        """Read every pin; feeds that ask at one time get one answer, so that they agree."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.ensure_future(self._read_pins())
        return await asyncio.shield(self._reading)

    async def _read_pins(self) -> PriceOverrides:
        rows = await self._reads.fetch("select pair, mantissa::text, down from sim.price_pin")
        return PriceOverrides(
            mids={row[0]: int(row[1]) for row in rows if row[1] is not None},
            down=frozenset(row[0] for row in rows if row[2]),
        )

    async def pin(self, pair: str, mantissa: int) -> None:
        """Fix the mid of a pair, up again if it was down."""
        await self._pool.execute(_PIN, pair, str(mantissa), False)

    async def take_down(self, pair: str) -> None:
        """Leave a pair without a price."""
        await self._pool.execute(_PIN, pair, None, True)

    async def release(self, pair: str) -> None:
        """Let a pair follow the feed's own walk again."""
        await self._pool.execute("delete from sim.price_pin where pair = $1", pair)

    async def receive(self, name: str, request: SinkRequest) -> ReceivedRequest:
        """Keep a request, forget the oldest beyond KEPT_PER_SINK_MAX, and decide its answer.

        Raises:
            DomainError: LIMIT_EXCEEDED for one more sink than SINKS_MAX.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_RECEIVE, name)
            if row is None:
                await connection.execute(_OPEN_SINK, name)
                row = await connection.fetchrow(_RECEIVE, name)
            if row is None:
                raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=SINKS_MAX)
            kept = ReceivedRequest(row[0], row[1], request, row[2])
            await _keep(connection, name, kept)
        return kept

    async def received(self, name: str) -> Sequence[ReceivedRequest]:
        """List what a sink keeps, the oldest first."""
        query = """select number, at, method, query, headers, body, status
          from sim.sink_request where sink = $1 order by number"""
        return [_received(row) for row in await self._reads.fetch(query, name)]

    async def behave(self, name: str, status: int, times: int) -> None:
        """Let a sink answer its next `times` requests with a status.

        Raises:
            DomainError: LIMIT_EXCEEDED for one more sink than SINKS_MAX.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_OPEN_SINK, name)
            command = "update sim.sink set status = $2, times = $3 where name = $1 returning name"
            if await connection.fetchval(command, name, status, times) is None:
                raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=SINKS_MAX)

    async def sinks(self) -> Mapping[str, int]:
        """Count the requests received by each sink."""
        rows = await self._reads.fetch("select name, received from sim.sink order by name")
        return {row[0]: row[1] for row in rows}

    async def events(self, order_id: OrderId) -> Sequence[RecordedEvent]:
        """List an order's events, the first first."""
        rows = await self._reads.fetch(_EVENTS, order_id)
        return [RecordedEvent(r[0], r[1], r[2], json.loads(r[3]), r[4]) for r in rows]

    async def recent_orders(self, limit: int) -> Sequence[Order]:
        """List orders of whoever they are, newest first."""
        newest = "order by created_at desc, id desc limit $1"
        rows = await self._reads.fetch(f"{_ORDER.select} {newest}", limit)
        return [_ORDER.read(row) for row in rows]

    async def order_pages(self, order_ids: Sequence[OrderId]) -> Mapping[OrderId, str]:
        """Name the pages of those orders that are trades."""
        query = "select id, page from trades where id = any($1)"
        rows = await self._reads.fetch(query, list(order_ids))
        return {OrderId(row[0]): row[1] for row in rows}

    async def unrecorded(self, chain: str, txids: Sequence[str]) -> set[str]:
        """Pick the transactions neither a payment nor a withdrawal of ours is known of."""
        if not txids:
            return set()
        rows = await self._reads.fetch(_UNRECORDED, chain, list(txids))
        return {row[0] for row in rows}

    async def seen_at(self) -> Mapping[str, datetime]:
        """Tell when each watched chain was last looked at."""
        rows = await self._reads.fetch("select chain, seen_at from cursors")
        return {row[0]: row[1] for row in rows}

    async def advance(self, seconds: int) -> datetime:
        """Let seconds pass at once and return the time it is then.

        Raises:
            DomainError: LIMIT_EXCEEDED when all leaps together pass ADVANCE_TOTAL_S_MAX.
        """
        if await self._pool.fetchval(_ADVANCE, seconds) is None:
            raise DomainError(ErrorCode.LIMIT_EXCEEDED, field="seconds", limit=ADVANCE_TOTAL_S_MAX)
        moment: datetime = await self._pool.fetchval(NOW)
        return moment

    async def fact(self, name: str) -> str | None:
        """Recall what the seed noted."""
        value: str | None = await self._pool.fetchval(
            "select value from sim.fact where name = $1", name
        )
        return value

    async def note(self, name: str, value: str) -> None:
        """Note something for the next start."""
        await self._pool.execute(
            "insert into sim.fact values ($1, $2)"
            " on conflict (name) do update set value = excluded.value",
            name,
            value,
        )


async def _keep(connection: Connection, name: str, kept: ReceivedRequest) -> None:
    request = kept.request
    await connection.execute(
        "insert into sim.sink_request values ($1, $2, $3, $4, $5, $6, $7, $8)",
        name,
        kept.number,
        kept.at,
        request.method,
        request.query,
        json.dumps(request.headers),
        request.body,
        kept.status,
    )
    await connection.execute(
        "delete from sim.sink_request where sink = $1 and number <= $2",
        name,
        kept.number - KEPT_PER_SINK_MAX,
    )


def _received(row: Any) -> ReceivedRequest:
    headers = tuple((name, value) for name, value in json.loads(row[4]))
    return ReceivedRequest(row[0], row[1], SinkRequest(row[2], row[3], headers, row[5]), row[6])
