"""Decide how staff change the house's rules: fee schedules pile up by date, limits are replaced."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import LIMIT_RULE, SCHEDULE, Mapper
from cambist.adapters.db.pool import LOST, Connection, Pool
from cambist.domain.pricing.schedules import Schedule
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import PartnerId
from cambist.ports.rulebook import LimitRule
from cambist.ports.store import StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0
RULES_MAX = 2_000

_SAME_AIM = """delete from limit_rules where scope = $1 and fiat = $2
    and partner_id is not distinct from $3 and dialect is not distinct from $4
    and level is not distinct from $5"""


class PostgresRulebook:
    """Read and change the rules. Every process learns of a change within seconds."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def schedules(self) -> Sequence[Schedule]:
        """List fee schedules, those that have been replaced too."""
        rows = await self._fetch(f"{SCHEDULE.select} order by valid_from, id limit {RULES_MAX}")
        return [SCHEDULE.read(row) for row in rows]

    async def limits(self) -> Sequence[LimitRule]:
        """List limits."""
        rows = await self._fetch(f"{LIMIT_RULE.select} order by scope, fiat, id limit {RULES_MAX}")
        return [LIMIT_RULE.read(row) for row in rows]

    async def add_schedule(self, schedule: Schedule) -> None:
        """Add a schedule; the one it replaces stays, for whoever asks what held then.

        Raises:
            DomainError: NOT_FOUND for an unknown partner, LIMIT_EXCEEDED at RULES_MAX.
        """
        async with self._transaction() as connection:
            await _require_partner(connection, schedule.partner_id)
            await _require_room(connection, "fee_schedules")
            await connection.execute(SCHEDULE.insert, *SCHEDULE.arrays([schedule]))

    async def remove_schedule(self, schedule_id: UUID) -> Schedule:
        """Delete a schedule and return what it was.

        Raises:
            DomainError: NOT_FOUND.
        """
        removed: Schedule = await self._remove(SCHEDULE, schedule_id)
        return removed

    async def put_limit(self, rule: LimitRule) -> None:
        """Add a limit in the place of the one for the same customers, if there is one.

        Raises:
            DomainError: NOT_FOUND for an unknown partner, LIMIT_EXCEEDED at RULES_MAX.
        """
        aim = (rule.scope, rule.fiat, rule.partner_id, rule.dialect, rule.level)
        async with self._transaction() as connection:
            await _require_partner(connection, rule.partner_id)
            # Two staff at once would leave two limits, and which of them held be chance.
            await connection.execute("lock table limit_rules in share row exclusive mode")
            await connection.execute(_SAME_AIM, *aim)
            await _require_room(connection, "limit_rules")
            await connection.execute(LIMIT_RULE.insert, *LIMIT_RULE.arrays([rule]))

    async def remove_limit(self, rule_id: UUID) -> LimitRule:
        """Delete a limit and return what it was.

        Raises:
            DomainError: NOT_FOUND.
        """
        removed: LimitRule = await self._remove(LIMIT_RULE, rule_id)
        return removed

    async def _remove(self, mapper: Mapper, rule_id: UUID) -> Any:
        table = mapper.table.name
        async with self._transaction() as connection:
            row = await connection.fetchrow(f"{mapper.select} where id = $1 for update", rule_id)
            if row is None:
                raise DomainError(ErrorCode.NOT_FOUND, rule=str(rule_id))
            await connection.execute(f"delete from {table} where id = $1", rule_id)
        return mapper.read(row)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        try:
            async with (
                self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection,
                connection.transaction(),
            ):
                yield connection
        except LOST as lost:
            raise StoreUnavailableError from lost

    async def _fetch(self, query: str) -> list[Any]:
        async with self._transaction() as connection:
            return list(await connection.fetch(query))


async def _require_partner(connection: Connection, partner_id: PartnerId | None) -> None:
    """Pass for everybody's rule and for a known partner's."""
    if partner_id is None:
        return
    if not await connection.fetchval("select count(*) from partners where id = $1", partner_id):
        raise DomainError(ErrorCode.NOT_FOUND, partner=str(partner_id))


async def _require_room(connection: Connection, table: str) -> None:
    """Pass while every process can read the whole book in no time."""
    if await connection.fetchval(f"select count(*) from {table}") >= RULES_MAX:
        raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=RULES_MAX)
