"""Decide how the database is connected to: bounded pool, application role, timeouts."""

import asyncio

import asyncpg
from asyncpg.pool import PoolConnectionProxy

POOL_MAX = 8
CONNECT_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 5.0
STATEMENT_CACHE = 256
APP_ROLE = "cambist_app"

LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""The server is gone, going, out of time or room, or no longer the one that may write.

The driver itself stumbles (InternalClientError) when a connection dies between two messages.
"""

Pool = asyncpg.Pool
Connection = PoolConnectionProxy


async def open_pool(url: str, *, size: int = POOL_MAX, role: str | None = APP_ROLE) -> Pool:
    """Open a pool whose connections act as the application role (no right to alter the ledger)."""
    settings = {"application_name": "cambist", "timezone": "UTC", "jit": "off"}
    if role is not None:
        settings["role"] = role
    pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        timeout=CONNECT_TIMEOUT_S,
        statement_cache_size=STATEMENT_CACHE,
        server_settings=settings,
        reset=_leave_as_it_is,
    )
    if pool is None:
        raise ConnectionError("no pool")
    return pool


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """Spare the round trip of asyncpg's reset: nothing here leaves anything in a session."""


async def close_pool(pool: Pool) -> None:
    """Let the connections end their work within CLOSE_TIMEOUT_S, then cut them."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await pool.close()
    except TimeoutError:
        pool.terminate()
