"""Decide what the doctor reads of a database: version, clock, rights, durability, a sealed text."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from cambist.adapters.db.health import newest_revision
from cambist.adapters.db.pool import APP_ROLE
from cambist.adapters.db.store import NOW

CONNECT_TIMEOUT_S = 5.0
DEADLINE_S = 15.0
LEDGER = ("journals", "entries", "journal_seals")
GUARDS = (
    "journals_immutable",
    "entries_immutable",
    "seals_immutable",
    "entries_zero_sum",
    "journals_balanced",
)
SETTINGS = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "log_statement",
    "log_min_duration_statement",
    "log_parameter_max_length",
)

_TABLES = "select to_regclass('public.alembic_version') is not null"
_ROLE = """select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls,
    pg_has_role(current_user, r.oid, 'member')
  from pg_roles r where r.rolname = $1"""
_RIGHTS = """select t.name || ' ' || p.name from unnest($2::text[]) t(name),
    unnest(array['update', 'delete', 'truncate', 'trigger']) p(name)
  where has_table_privilege($1, t.name, p.name) order by 1"""
_OWNED = """select c.relname::text from pg_class c
  where c.oid = any($2::text[]::regclass[]) and pg_has_role($1, c.relowner, 'member')"""
_GUARDS = """select tgname::text from pg_trigger
  where tgname = any($1::text[]) and tgenabled in ('O', 'A')"""
_SEALED = """(select sealed, partner_id as owner, 'api-key' as purpose from api_keys
    where revoked_at is null order by id desc limit 1)
  union all (select callback_secret_sealed, id, 'callback-secret' from integrations
    where callback_secret_sealed is not null order by id desc limit 1)"""


class DatabaseSilentError(Exception):
    """The database did not answer, or not as asked; the text names the kind of fault only."""


@dataclass(frozen=True, slots=True)
class SealedText:
    """Hold a sealed secret with what it is bound to."""

    sealed: str
    purpose: str
    owner: UUID


@dataclass(frozen=True, slots=True)
class Server:
    """Hold what holds for the whole server: `drift_s` is its clock ahead of the host's."""

    version: int
    drift_s: float
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Schema:
    """Hold what holds for a migrated database; `excess` lists rights the application must not have.

    `usable` tells whether this user may act as the application's role, None without that role.
    """

    lacking: str | None
    usable: bool | None
    excess: tuple[str, ...]
    guards_missing: tuple[str, ...]
    now: datetime
    prices: Mapping[str, tuple[datetime, int]]
    sealed: tuple[SealedText, ...]


async def examine_database(url: str) -> tuple[Server, Schema | None]:
    """Look at a database; the schema is None when it was never migrated.

    Raises:
        DatabaseSilentError: it cannot be reached or refuses us.
    """
    try:
        async with asyncio.timeout(DEADLINE_S):
            connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S)
            try:
                server = await _server(connection)
                migrated = await connection.fetchval(_TABLES)
                return server, await _schema(connection) if migrated else None
            finally:
                await connection.close(timeout=CONNECT_TIMEOUT_S)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as no:
        raise DatabaseSilentError(type(no).__name__) from no


async def _server(connection: "asyncpg.Connection[asyncpg.Record]") -> Server:
    query = "select name, setting from pg_settings where name = any($1::text[])"
    settings = {row[0]: row[1] for row in await connection.fetch(query, list(SETTINGS))}
    before = time.time()
    told = await connection.fetchval("select clock_timestamp()")
    middle = (before + time.time()) / 2
    version = connection.get_server_version().major
    return Server(version, told.timestamp() - middle, settings)


async def _schema(connection: "asyncpg.Connection[asyncpg.Record]") -> Schema:
    newest = newest_revision()
    revision = await connection.fetchval("select max(version_num) from alembic_version")
    role = await connection.fetchrow(_ROLE, APP_ROLE)
    excess: list[str] = []
    if role is not None:
        excess += ["more than an ordinary role"] if role[0] else []
        excess += [row[0] for row in await connection.fetch(_RIGHTS, APP_ROLE, list(LEDGER))]
        owned = await connection.fetch(_OWNED, APP_ROLE, list(LEDGER))
        excess += [f"{row[0]} owned" for row in owned]
    guards = {row[0] for row in await connection.fetch(_GUARDS, list(GUARDS))}
    query = "select pair, taken_at, sources from price_current"
    prices = {row[0]: (row[1], _sources(row[2])) for row in await connection.fetch(query)}
    sealed = await connection.fetch(_SEALED)
    return Schema(
        lacking=None if revision == newest else newest,
        usable=None if role is None else bool(role[1]),
        excess=tuple(excess),
        guards_missing=tuple(name for name in GUARDS if name not in guards),
        now=await connection.fetchval(NOW),
        prices=prices,
        sealed=tuple(SealedText(row[0], row[2], row[1]) for row in sealed),
    )


def _sources(text: str) -> int:
    return len([name for name in text.split(",") if name])
