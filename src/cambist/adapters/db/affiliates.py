"""Decide how affiliates are read: all at once, kept for seconds, so that naming one costs nothing.

Anybody may name an affiliate; a name that does not exist must not reach the database either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cambist.adapters.db.pool import LOST, Pool
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.ports.affiliates import Affiliate
from cambist.ports.store import StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0
KEPT_S = 2.0
AFFILIATES_MAX = 50_000

_ALL = f"""select p.id, p.name, (select i.id from integrations i
      where i.partner_id = p.id and i.status = 'active' order by i.id limit 1)
  from partners p where p.kind = 'affiliate' and p.status = 'active' order by p.id
  limit {AFFILIATES_MAX}"""


@dataclass(frozen=True, slots=True)
class _Read:
    """Hold what was read; a name two affiliates have leads to neither."""

    at: float
    by_id: Mapping[PartnerId, Affiliate]
    by_name: Mapping[str, Affiliate | None]


class PostgresAffiliates:
    """Implement AffiliateQueries on a pool."""

    def __init__(self, pool: Pool, monotonic: Callable[[], float]) -> None:
        self._pool, self._monotonic = pool, monotonic
        self._known: _Read | None = None

    async def named(self, name: str) -> Affiliate | None:
        """Find the affiliate of a name."""
        return (await self._read()).by_name.get(name)

    async def only(self) -> Affiliate | None:
        """Find the operator's one affiliate."""
        known = (await self._read()).by_id
        return next(iter(known.values())) if len(known) == 1 else None

    async def of(self, partner_id: PartnerId) -> Affiliate | None:
        """Find an affiliate by its id; only who signed as one may make us read anew."""
        found = (await self._read()).by_id.get(partner_id)
        return found or (await self._read(anew=True)).by_id.get(partner_id)

    def forget(self) -> None:
        """Read again at the next question."""
        self._known = None

    async def _read(self, *, anew: bool = False) -> _Read:
        now, known = self._monotonic(), self._known
        if known is None or anew or now - known.at > KEPT_S:
            known = self._known = await self._fetch(now)
        return known

    async def _fetch(self, now: float) -> _Read:
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                rows = await connection.fetch(_ALL)
        except LOST as lost:
            raise StoreUnavailableError from lost
        found = [_affiliate(row) for row in rows]
        by_name: dict[str, Affiliate | None] = {}
        for one in found:
            by_name[one.name] = None if one.name in by_name else one
        return _Read(now, {one.partner_id: one for one in found}, by_name)


def _affiliate(row: Any) -> Affiliate:
    channel = None if row[2] is None else IntegrationId(row[2])
    return Affiliate(PartnerId(row[0]), row[1], channel)
