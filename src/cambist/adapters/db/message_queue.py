"""Decide which messages are due, one channel at a time, and how what became of them is stored."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import LOST, Pool
from cambist.adapters.db.store import NOW
from cambist.domain.messaging.messages import Contents, Message, unpack
from cambist.domain.messaging.templates import Channel
from cambist.ports.messages import DueMessage
from cambist.ports.store import Kind, StoreUnavailableError
from cambist.ports.vault import SealBrokenError, SealKeyUnknownError

ACQUIRE_TIMEOUT_S = 5.0

Opener = Callable[[Message], Awaitable[bytes | None]]
"""Opens the sealed contents of a message; None when the person's key is gone for good.

Raises:
    SealBrokenError, SealKeyUnknownError.
"""

_MESSAGE = MAPPERS[Kind.MESSAGE]
_COLUMNS = ", ".join(f'm."{column.name}"' for column in _MESSAGE.columns)

_CLAIM = f"""with clock as materialized (select ({NOW}) as now),
  locked as (
    select m.id from messages m, clock t
      where m.state = 'queued' and m.channel = $1 and m.due_at <= t.now
        and (m.lease_until is null or m.lease_until <= t.now)
      order by m.due_at, m.id limit $2 for update of m skip locked)
  update messages m set lease_until = t.now + make_interval(secs => $3)
    from locked, clock t where m.id = locked.id returning {_COLUMNS}"""

_RECORD = """update messages set state = $3, sealed = $4, attempts = $5, due_at = $6, error = $7,
    updated_at = $8, lease_until = null
  where id = $1 and state = 'queued' and attempts = $2 and due_at = $9 returning id"""

_log = structlog.get_logger()


class PostgresMessages:
    """Implement MessageQueue on a pool."""

    def __init__(self, pool: Pool, opener: Opener) -> None:
        self._pool, self._opener = pool, opener

    async def claim(self, channel: Channel, limit: int, lease_s: float) -> Sequence[DueMessage]:
        """Claim due messages by leasing them.

        One sealed with a key this process was not given is left to its lease: another process may
        have the key, or the operator adds it.
        """
        rows = await self._fetch(_CLAIM, channel.value, limit, lease_s)
        messages = sorted((_MESSAGE.read(row) for row in rows), key=_turn)
        due = []
        for message in messages:
            try:
                due.append(DueMessage(message, await self._open(message)))
            except SealKeyUnknownError:
                _log.error("message.key", message=str(message.id))
        return due

    async def record(self, before: Message, after: Message) -> bool:
        """Store what an attempt made of a message, unless it was recorded meanwhile."""
        rows = await self._fetch(
            _RECORD,
            before.id,
            before.attempts,
            after.state.value,
            after.sealed,
            after.attempts,
            after.due_at,
            after.error,
            after.updated_at,
            before.due_at,
        )
        return bool(rows)

    async def _open(self, message: Message) -> Contents | None:
        """Read a message's contents; broken ones are as good as none."""
        try:
            packed = await self._opener(message)
            return None if packed is None else unpack(packed)
        except (SealBrokenError, ValueError) as error:
            _log.error("message.contents", message=str(message.id), error=type(error).__name__)
            return None

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                return list(await connection.fetch(query, *arguments))
        except LOST as lost:
            raise StoreUnavailableError from lost


def _turn(message: Message) -> tuple[Any, ...]:
    return message.due_at, message.id
