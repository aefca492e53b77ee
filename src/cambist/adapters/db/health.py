"""Decide how the house's health is read and signs of life are written: short, bounded queries."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from cambist.adapters.db.pool import Pool
from cambist.adapters.db.store import NOW
from cambist.ports.health import Backlog, Vitals
from cambist.ports.store import StoreUnavailableError

DEADLINE_S = 3.0
COUNT_MAX = 100_000
DETAIL_LENGTH_MAX = 200

_VERSIONS = Path(__file__).parent / "migrations" / "versions"

_BEAT = """insert into heartbeats (name, beat_at, detail) values ($1, clock_timestamp(), $2)
  on conflict (name) do update set beat_at = excluded.beat_at, detail = excluded.detail"""

_VITALS = f"""select clock_timestamp(), ({NOW}),
  (select max(version_num) from alembic_version),
  (select coalesce(json_object_agg(name, beat_at), '{{}}') from heartbeats),
  (select coalesce(json_object_agg(chain, seen_at), '{{}}') from cursors),
  (select coalesce(json_object_agg(pair, taken_at), '{{}}') from price_current)"""


def _counted(source: str) -> str:
    return f"(select count(*) from (select from {source} limit {COUNT_MAX}) counted)"


def _grouped(column: str, source: str) -> str:
    rows = f"select {column} as key from {source} limit {COUNT_MAX}"
    groups = f"select key, count(*) as number from ({rows}) counted group by key"
    return f"(select coalesce(json_object_agg(key, number), '{{}}') from ({groups}) grouped)"


def _age(moment: str, source: str) -> str:
    return f"""(select coalesce(greatest(0, floor(extract(epoch from ({NOW}) - min({moment})))), 0)
      from (select {moment} from {source}) oldest)::bigint"""


_WAITING = "outbox where delivered_at is null and parked_at is null"

_BACKLOG = f"""select
  {_counted(_WAITING)},
  {_counted("outbox where delivered_at is null and parked_at is not null")},
  {_age("happened_at", f"{_WAITING} order by id limit 1")},
  {_counted("callbacks where state = 'pending'")},
  {_counted("callbacks where state = 'dead'")},
  {_age("next_attempt_at", f"callbacks where state = 'pending' limit {COUNT_MAX}")},
  {_counted("unfolded_entries")},
  {_counted("unsealed_journals")},
  {_grouped("chain", "withdrawals where state not in ('settled', 'rejected', 'stuck')")},
  {_grouped("chain", "withdrawals where state = 'stuck'")},
  {_grouped("state", "orders where state in ('created', 'awaiting_payment', 'payment_seen')")},
  {_grouped("channel", "messages where state = 'queued'")},
  {_grouped("channel", "messages where state = 'dead'")},
  {_age("due_at", f"messages where state = 'queued' limit {COUNT_MAX}")},
  {_counted("bank_lines where state = 'waiting'")},
  {_counted("bank_payouts where state = 'queued'")},
  {_counted("cases where state = 'submitted'")}"""


class PostgresHealth:
    """Implement HealthReader and Heartbeats on a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._newest = newest_revision()

    async def beat(self, name: str, detail: str = "") -> None:
        """Note that a worker did its work just now.

        Raises:
            StoreUnavailableError: nothing was noted.
        """
        await self._fetch(_BEAT, name, detail[:DETAIL_LENGTH_MAX])

    async def vitals(self) -> Vitals:
        """Read the signs of life.

        Raises:
            StoreUnavailableError: the database did not answer in time.
        """
        at, now, revision, *maps = (await self._fetch(_VITALS))[0]
        beats, chains, prices = (_moments(text) for text in maps)
        lacking = None if revision == self._newest else self._newest
        return Vitals(at, now, lacking, beats, chains, prices)

    async def backlog(self) -> Backlog:
        """Count what waits, each count up to COUNT_MAX.

        Raises:
            StoreUnavailableError: the database did not answer in time.
        """
        row = (await self._fetch(_BACKLOG))[0]
        return Backlog(
            outbox_waiting=row[0],
            outbox_parked=row[1],
            outbox_age_s=row[2],
            callbacks_pending=row[3],
            callbacks_dead=row[4],
            callbacks_overdue_s=row[5],
            unfolded_entries=row[6],
            unsealed_journals=row[7],
            withdrawals_open=_numbers(row[8]),
            withdrawals_stuck=_numbers(row[9]),
            orders_open=_numbers(row[10]),
            messages_queued=_numbers(row[11]),
            messages_dead=_numbers(row[12]),
            messages_overdue_s=row[13],
            bank_lines_waiting=row[14],
            bank_payouts_queued=row[15],
            cases_submitted=row[16],
        )

    async def _fetch(self, query: str, *arguments: Any) -> Sequence[Any]:
        try:
            async with (
                asyncio.timeout(DEADLINE_S),
                self._pool.acquire(timeout=DEADLINE_S) as connection,
            ):
                rows: Sequence[Any] = await connection.fetch(query, *arguments)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as lost:
            raise StoreUnavailableError from lost
        return rows


def newest_revision() -> str:
    """Name the newest migration by its file, which begins with `m` and the revision."""
    newest = max(path.name for path in _VERSIONS.glob("m*_*.py"))
    return newest.removeprefix("m").partition("_")[0]


def _moments(text: str) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(moment) for name, moment in _decoded(text).items()}


def _numbers(text: str) -> dict[str, int]:
    return {name: int(number) for name, number in _decoded(text).items()}


def _decoded(text: str) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(text)
    return decoded
