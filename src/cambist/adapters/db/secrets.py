"""Decide how signing keys are found: by a hash no API key can have."""

from cambist.adapters.db.pool import LOST, Pool
from cambist.domain.partners.rules import public_key_hash
from cambist.kernel.ids import ApiKeyId, PartnerId
from cambist.ports.callbacks import SealedSecret
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.secrets import BTCEX_PRIVATE_PURPOSE
from cambist.ports.store import StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0

_KEY = """select k.id, k.partner_id, k.mode, k.sealed
  from api_keys k join partners p on p.id = k.partner_id
  where k.key_hash = $1 and k.revoked_at is null and p.status = 'active'"""


class PostgresSecrets:
    """Implement SecretQueries on a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def partner_with_secret(
        self, public_key: str
    ) -> tuple[PartnerPrincipal, SealedSecret] | None:
        """Find whom a live signing key belongs to, and its sealed private string.

        Raises:
            StoreUnavailableError: the database cannot be reached.
        """
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                row = await connection.fetchrow(_KEY, public_key_hash(public_key))
        except LOST as lost:
            raise StoreUnavailableError from lost
        if row is None:
            return None
        owner = PartnerId(row[1])
        sandbox = row[2] == "sandbox"
        principal = PartnerPrincipal(owner, ApiKeyId(row[0]), sandbox, rounding_until=None)
        return principal, SealedSecret(row[3], BTCEX_PRIVATE_PURPOSE, owner)
