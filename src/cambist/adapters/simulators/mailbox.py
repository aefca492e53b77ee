"""Decide how the sandbox keeps what was sent to people: a table in `sim`, the oldest forgotten."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cambist.adapters.db.pool import LOST, Pool
from cambist.adapters.db.store import NOW
from cambist.domain.messaging.templates import Channel
from cambist.ports.sandbox import KeptMessage
from cambist.ports.store import StoreUnavailableError

KEPT_MAX = 10_000
ACQUIRE_TIMEOUT_S = 5.0

SCHEMA = """
create schema if not exists sim;
create table if not exists sim.message (
    number bigint generated always as identity,
    id uuid primary key,
    channel text not null,
    recipient text not null,
    subject text not null,
    text_body text not null,
    html_body text not null,
    sent_at timestamptz not null,
    copies integer not null
);
create index if not exists message_by_number on sim.message (number);
create index if not exists message_by_recipient on sim.message (lower(recipient), number);
"""

_PUT = f"""insert into sim.message as m
    (id, channel, recipient, subject, text_body, html_body, sent_at, copies)
  values ($1, $2, $3, $4, $5, $6, ({NOW}), 1)
  on conflict (id) do update set copies = m.copies + 1
  returning number"""

_FORGET = f"delete from sim.message where number <= $1 - {KEPT_MAX}"

_COLUMNS = "id, channel, recipient, subject, text_body, html_body, sent_at, copies"

_KEPT = f"""select {_COLUMNS} from sim.message
  where ($2::text is null or channel = $2) and ($3::text is null or lower(recipient) = lower($3))
  order by number desc limit $1"""

_FIND = f"select {_COLUMNS} from sim.message where id = $1"


class SimulatedMailBox:
    """Implement MailBox on a pool of the core's database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def put(
        self,
        message_id: UUID,
        channel: Channel,
        recipient: str,
        subject: str,
        text: str,
        html: str,
    ) -> None:
        """Keep a message; one that is known already is counted as one more copy."""
        said = recipient, subject, text, html
        (row,) = await self._fetch(_PUT, message_id, channel.value, *said)
        await self._fetch(_FORGET, row[0])

    async def kept(
        self, limit: int, channel: Channel | None = None, recipient: str | None = None
    ) -> Sequence[KeptMessage]:
        """List messages, newest first; the case of a recipient does not matter."""
        wanted = None if channel is None else channel.value
        return [_read(row) for row in await self._fetch(_KEPT, limit, wanted, recipient)]

    async def find(self, message_id: UUID) -> KeptMessage | None:
        """Find one message."""
        rows = await self._fetch(_FIND, message_id)
        return _read(rows[0]) if rows else None

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                return list(await connection.fetch(query, *arguments))
        except LOST as lost:
            raise StoreUnavailableError from lost


def _read(row: Any) -> KeptMessage:
    return KeptMessage(row[0], Channel(row[1]), *row[2:])
