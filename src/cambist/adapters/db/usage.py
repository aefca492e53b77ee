"""Decide how the use of API keys is kept: gathered in memory, written together now and then."""

from datetime import datetime

from cambist.adapters.db.pool import Pool
from cambist.kernel.ids import ApiKeyId

KEYS_MAX = 10_000

_WRITE = """insert into api_key_uses (api_key_id, last_used_at, rounded)
  select * from unnest($1::uuid[], $2::timestamptz[], $3::int8[])
  on conflict (api_key_id) do update set
    last_used_at = greatest(api_key_uses.last_used_at, excluded.last_used_at),
    rounded = api_key_uses.rounded + excluded.rounded"""


class KeyUsage:
    """Note uses at once, write them when flushed; what was not flushed is lost with the process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._used: dict[ApiKeyId, tuple[datetime, int]] = {}

    def key_used(self, key_id: ApiKeyId, at: datetime) -> None:
        """Note that a key opened the door."""
        self._note(key_id, at, 0)

    def amount_rounded(self, key_id: ApiKeyId, at: datetime) -> None:
        """Count one amount that lost decimals by the key's compatibility switch."""
        self._note(key_id, at, 1)

    async def flush(self) -> None:
        """Write what was noted since the last time."""
        used, self._used = self._used, {}
        if used:
            moments = [at for at, _ in used.values()]
            await self._pool.execute(_WRITE, list(used), moments, [n for _, n in used.values()])

    def _note(self, key_id: ApiKeyId, at: datetime, rounded: int) -> None:
        if key_id in self._used or len(self._used) < KEYS_MAX:
            self._used[key_id] = (at, self._used.get(key_id, (at, 0))[1] + rounded)
