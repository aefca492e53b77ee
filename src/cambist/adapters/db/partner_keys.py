"""Decide how the keys of one kind of partner are found: another kind's open nothing here."""

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Pool
from cambist.domain.partners.partners import Partner, PartnerKind
from cambist.domain.partners.rules import key_hash
from cambist.kernel.ids import ApiKeyId, PartnerId
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.store import Kind

_PARTNER = MAPPERS[Kind.PARTNER]

_KEY = """select k.id, k.partner_id, k.mode, k.rounding_until
  from api_keys k join partners p on p.id = k.partner_id
  where k.key_hash = $1 and k.revoked_at is null and p.status = 'active' and p.kind = $2"""


class PostgresPartnerKeys:
    """Find partners of one kind, by their keys and by their ids."""

    def __init__(self, pool: Pool, kind: PartnerKind) -> None:
        self._pool, self._kind = pool, kind

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        """Find whom a live API key belongs to."""
        row = await self._pool.fetchrow(_KEY, key_hash(secret), self._kind.value)
        if row is None:
            return None
        return PartnerPrincipal(PartnerId(row[1]), ApiKeyId(row[0]), row[2] == "sandbox", row[3])

    async def partner(self, partner_id: PartnerId) -> Partner | None:
        """Find a partner of the kind."""
        query = f"{_PARTNER.select} where id = $1 and kind = $2"
        row = await self._pool.fetchrow(query, partner_id, self._kind.value)
        found: Partner | None = None if row is None else _PARTNER.read(row)
        return found
