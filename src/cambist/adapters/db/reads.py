"""Decide how long a read may take, and what its callers hear when the database does not answer."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from cambist.adapters.db.pool import LOST, Pool
from cambist.ports.store import StoreUnavailableError

READ_TIMEOUT_S = 10.0

T = TypeVar("T")


class Reads:
    """Read on any connection of a pool, the wait for one included in the bound.

    Every method raises StoreUnavailableError when the database cannot be reached or is too slow.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """Read rows."""
        return await _in_time(self._pool.fetch(query, *arguments))

    async def fetchrow(self, query: str, *arguments: Any) -> Any:
        """Read the first row, None when there is none."""
        return await _in_time(self._pool.fetchrow(query, *arguments))

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """Read the first value, None when there is none."""
        return await _in_time(self._pool.fetchval(query, *arguments))


async def _in_time(reading: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return await reading
    except LOST as lost:
        raise StoreUnavailableError from lost
