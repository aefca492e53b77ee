"""Decide how the books are kept up: fold open entries, chain journals, sum what everybody has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import ENTRY, JOURNAL
from cambist.adapters.db.pool import Connection, Pool
from cambist.domain.ledger.journals import Entry, chain_hash
from cambist.domain.market.assets import ASSETS
from cambist.kernel.money import format_units

FOLD_MAX = 5_000
SEAL_MAX = 500
FOLD_LOCK = 0x666F6C64
SEAL_LOCK = 0x7365616C
"""Advisory locks, spelling 'fold' and 'seal': one process at a time does either."""

_FOLD = """with taken as (
    delete from unfolded_entries where (journal_id, number) in (
      select journal_id, number from unfolded_entries order by journal_id, number limit $1)
    returning account_id, units),
  sums as (select account_id, sum(units) as units, count(*) as entries from taken group by 1),
  folded as (
    update accounts a set posted = a.posted + s.units, version = a.version + s.entries
      from sums s where a.id = s.account_id and not a.bounded returning s.entries)
  select (select count(*) from taken), (select coalesce(sum(entries), 0) from folded)"""

_BALANCES = """select a.owner, a.asset, a.bounded, a.posted + coalesce(u.units, 0), a.held
  from accounts a
  left join (select account_id, sum(units) as units from unfolded_entries group by 1) u
    on u.account_id = a.id
  order by a.owner, a.asset"""

_SUMS = "select asset, sum(units) from entries group by asset order by asset"

_SNAPSHOT: dict[str, Any] = {"isolation": "repeatable_read", "readonly": True}


@dataclass(frozen=True, slots=True)
class Balance:
    """Hold what stands on one account: units posted (open entries included) and units held."""

    owner: str
    asset: str
    bounded: bool
    posted: int
    held: int


async def _alone(connection: Connection, lock: int) -> bool:
    return bool(await connection.fetchval("select pg_try_advisory_xact_lock($1)", lock))


async def fold(pool: Pool, limit: int = FOLD_MAX) -> int:
    """Move at most `limit` open entries into the balances of system accounts; return how many.

    One statement in one transaction: a crash leaves entries either open or folded, never both.

    Raises:
        LookupError: an open entry belongs to no system account; nothing is folded then.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await _alone(connection, FOLD_LOCK):
            return 0
        taken, folded = await connection.fetchrow(_FOLD, limit) or (0, 0)
        if taken != folded:
            raise LookupError(f"{taken - int(folded)} open entries have no system account")
        return int(taken)


async def balances(pool: Pool) -> list[Balance]:
    """List every account's balance in one snapshot, ordered by owner and asset."""
    async with pool.acquire() as connection, connection.transaction(**_SNAPSHOT):
        return await _balances(connection)


async def _balances(connection: Connection) -> list[Balance]:
    rows = await connection.fetch(_BALANCES)
    return [Balance(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]


async def quick_check(pool: Pool) -> dict[str, Any]:
    """Sum the ledger in one snapshot: `{balanced, negative, assets}`, amounts as decimal strings.

    `balanced`: entries and balances both sum to zero for each asset. `negative`: the parties'
    accounts below zero or below what is held. `assets`: the sums by kind of owner.
    """
    async with pool.acquire() as connection, connection.transaction(**_SNAPSHOT):
        sums = {row[0]: int(row[1]) for row in await connection.fetch(_SUMS)}
        known = await _balances(connection)
    assets: dict[str, dict[str, int]] = {
        asset: {"sum": units, "partners": 0, "held": 0, "custody": 0, "house": 0}
        for asset, units in sums.items()
    }
    for balance in known:
        row = assets.setdefault(
            balance.asset, {"sum": 0, "partners": 0, "held": 0, "custody": 0, "house": 0}
        )
        row[_side(balance)] += balance.posted
        row["held"] += balance.held
    balanced = all(
        row["sum"] == 0 == row["partners"] + row["custody"] + row["house"]
        for row in assets.values()
    )
    negative = [
        f"{balance.owner} {balance.asset}"
        for balance in known
        if balance.bounded and balance.posted < balance.held
    ]
    shown = {
        code: {name: format_units(units, _scale(code)) for name, units in row.items()}
        for code, row in assets.items()
    }
    return {"balanced": balanced, "negative": negative, "assets": shown}


def _side(balance: Balance) -> str:
    if balance.bounded:
        return "partners"
    return "custody" if balance.owner.startswith("custody:") else "house"


def _scale(code: str) -> int:
    return ASSETS[code].scale if code in ASSETS else 0


async def seal(pool: Pool, limit: int = SEAL_MAX) -> int:
    """Chain at most `limit` journals onto the newest seal; return how many.

    Another sealer at work makes this one return 0. A crash leaves no gap: seals and the removal
    of their marks are one transaction.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await _alone(connection, SEAL_LOCK):
            return 0
        newest = "select number, hash from journal_seals order by number desc limit 1"
        number, head = await connection.fetchrow(newest) or (0, "")
        query = "select journal_id from unsealed_journals order by journal_id limit $1"
        waiting = [row[0] for row in await connection.fetch(query, limit)]
        hashes: list[str] = []
        for journal, entries in await journals_of(connection, waiting):
            head = chain_hash(head, journal, entries)
            hashes.append(head)
        numbers = list(range(number + 1, number + 1 + len(waiting)))
        await connection.execute(
            "insert into journal_seals (number, journal_id, hash)"
            " select * from unnest($1::int8[], $2::uuid[], $3::text[])",
            numbers,
            waiting,
            hashes,
        )
        await connection.execute(
            "delete from unsealed_journals where journal_id = any($1::uuid[])", waiting
        )
        return len(waiting)


async def journals_of(
    connection: Connection, ids: Sequence[UUID]
) -> list[tuple[Any, Sequence[Entry]]]:
    """Load journals with their entries in the order of `ids`.

    Raises:
        LookupError: one of them does not exist.
    """
    query = f"{JOURNAL.select} where id = any($1::uuid[])"
    journals = {row[0]: JOURNAL.read(row) for row in await connection.fetch(query, ids)}
    if missing := [key for key in ids if key not in journals]:
        raise LookupError(f"no journal {missing[0]}")
    booked: dict[UUID, list[Entry]] = {key: [] for key in ids}
    query = f"{ENTRY.select} where journal_id = any($1::uuid[]) order by journal_id, number"
    for row in await connection.fetch(query, ids):
        booked[row[0]].append(ENTRY.read(row))
    return [(journals[key], booked[key]) for key in ids]
