"""Decide what time a process goes by: the database's, learnt anew every second."""

from datetime import UTC, datetime, timedelta

from cambist.adapters.db.pool import Pool
from cambist.adapters.db.store import NOW


def wall_clock() -> datetime:
    """Tell the world's time, which receivers of signed messages go by."""
    return datetime.now(UTC)


class CoreClock:
    """Tell the database's time (with the sandbox's advance) between two looks at it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._ahead = timedelta()

    async def refresh(self) -> datetime:
        """Compare with the database and return its time."""
        moment: datetime = await self._pool.fetchval(NOW)
        self._ahead = moment - datetime.now(UTC)
        return moment

    def now(self) -> datetime:
        """Tell the time without asking."""
        return datetime.now(UTC) + self._ahead
