"""Decide how a nonce is used up: one row for ever, the first insert wins."""

from cambist.adapters.db.nonce_tables import NONCES
from cambist.adapters.db.pool import LOST, Pool
from cambist.adapters.db.store import NOW
from cambist.kernel.ids import ApiKeyId
from cambist.ports.store import StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0
INSERTED = "INSERT 0 1"

_CONSUME = f"insert into {NONCES.name} select $1, $2, ({NOW}) on conflict do nothing"


class PostgresNonces:
    """Implement NonceLog on a pool; each use is a transaction of its own."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def consume(self, key_id: ApiKeyId, nonce: int) -> bool:
        """Use a nonce up, once for ever."""
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                done: str = await connection.execute(_CONSUME, key_id, nonce)
        except LOST as lost:
            raise StoreUnavailableError from lost
        return done == INSERTED
