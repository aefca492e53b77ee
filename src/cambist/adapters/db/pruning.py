"""Decide which rows are of no more use, and delete them a bounded piece at a time."""

from typing import Any

from cambist.adapters.db.pool import LOST, Pool
from cambist.adapters.db.store import NOW
from cambist.ports.store import StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0
PIECE_MAX = 1_000
CODES_KEPT = "1 day"
LINKS_KEPT = "30 days"

_USELESS = {
    "budgets": "ends_at < clock.now",
    "codes": f"expires_at < clock.now - interval '{CODES_KEPT}'",
    "page_links": f"created_at < clock.now - interval '{LINKS_KEPT}'"
    " and (used_at is not null or expires_at < clock.now)",
}
"""What of each table goes: windows that are over, codes and links nobody can use any more."""


def _piece(table: str, useless: str) -> str:
    # What a command holds at the moment is left for the next round.
    return f"""with clock as materialized (select ({NOW}) as now),
      piece as (select t.ctid from {table} t, clock where {useless}
        limit {PIECE_MAX} for update of t skip locked),
      gone as (delete from {table} t using piece where t.ctid = piece.ctid returning 1)
    select count(*) from gone"""


_STATEMENTS = tuple(_piece(table, useless) for table, useless in _USELESS.items())


async def prune(pool: Pool) -> int:
    """Delete up to PIECE_MAX useless rows of each table, each piece by itself; return how many.

    Raises:
        StoreUnavailableError: the database cannot be reached.
    """
    return sum([await _count(pool, statement) for statement in _STATEMENTS])


async def _count(pool: Pool, statement: str) -> int:
    try:
        async with pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            gone: Any = await connection.fetchval(statement)
    except LOST as lost:
        raise StoreUnavailableError from lost
    return int(gone)
