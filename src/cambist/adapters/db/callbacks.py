"""Decide which callbacks are due: integrations take turns, an order's wait for one another."""

from collections.abc import Mapping, Sequence
from typing import Any

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import LOST, Pool
from cambist.adapters.db.store import NOW
from cambist.domain.webhooks.callbacks import CallbackForm
from cambist.kernel.ids import IntegrationId
from cambist.ports.callbacks import (
    API_KEY_PURPOSE,
    CALLBACK_SECRET_PURPOSE,
    CONCURRENCY_MAX,
    DueCallback,
    SealedSecret,
)
from cambist.ports.store import Kind, StoreUnavailableError

ACQUIRE_TIMEOUT_S = 5.0
SCAN_MAX = 200
"""How many due callbacks of one integration are looked at for some that wait for no other."""

_CALLBACK = MAPPERS[Kind.CALLBACK]
_COLUMNS = ", ".join(f'c."{column.name}"' for column in _CALLBACK.columns)
_WIDTH = len(_CALLBACK.columns)

# `lane` walks the integrations that have anything pending by the index, not by the rows. Due rows
# that wait for an earlier one of their order (`head`) follow it in time, so that they are not
# looked at again before it is due; one that is just being sent is not followed.
_CLAIM = f"""with recursive clock as materialized (select ({NOW}) as now),
  lane(integration_id) as (
    (select integration_id from callbacks where state = 'pending' order by 1 limit 1)
    union all
    select (select c.integration_id from callbacks c
        where c.state = 'pending' and c.integration_id > l.integration_id order by 1 limit 1)
      from lane l where l.integration_id is not null),
  place as (
    select l.integration_id, {CONCURRENCY_MAX} - coalesce(r.running, 0) as free
      from lane l
      left join unnest($2::uuid[], $3::int4[]) as r(integration_id, running) using (integration_id)
      where l.integration_id is not null),
  scan as materialized (
    select due.*, p.free from place p cross join clock t cross join lateral (
        select c.id, c.integration_id, c.next_attempt_at, c.event_seq,
            (select max(b.next_attempt_at) from callbacks b where b.state = 'pending'
              and b.order_id = c.order_id and b.form = c.form and b.event_seq < c.event_seq) as head
          from callbacks c
          where c.state = 'pending' and c.integration_id = p.integration_id
            and c.next_attempt_at <= t.now
          order by c.next_attempt_at, c.event_seq, c.id limit {SCAN_MAX}) as due
      where p.free > 0),
  turn as (
    select id, next_attempt_at, free, row_number() over (
        partition by integration_id order by next_attempt_at, event_seq, id) as turn
      from scan where head is null),
  picked as (
    select id from turn where turn <= free order by turn, next_attempt_at limit $1),
  locked as (
    select c.id from callbacks c
      where c.id in (select id from picked) and c.state = 'pending'
        and c.next_attempt_at <= (select now from clock)
      for update of c skip locked),
  claimed as (
    update callbacks c set next_attempt_at = t.now + make_interval(secs => $4)
      from locked, clock t where c.id = locked.id returning {_COLUMNS}),
  behind as (
    select c.id, s.head from callbacks c join scan s on s.id = c.id cross join clock t
      where c.state = 'pending' and c.next_attempt_at = s.next_attempt_at
        and s.head > s.next_attempt_at
        and (s.head <= t.now or s.head > t.now + make_interval(secs => $4))
      for update of c skip locked),
  followed as (
    update callbacks c set next_attempt_at = behind.head from behind where c.id = behind.id)
  select {_COLUMNS}, k.sealed, i.callback_secret_sealed from claimed c
    left join integrations i on i.id = c.integration_id
    left join lateral (
      select sealed from api_keys where partner_id = c.partner_id and revoked_at is null
        order by (mode = 'live') desc, created_at, id limit 1) as k on true
    order by c.next_attempt_at, c.id"""


class PostgresCallbacks:
    """Implement CallbackQueue on a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(
        self, limit: int, running: Mapping[IntegrationId, int], lease_s: float
    ) -> Sequence[DueCallback]:
        """Claim due callbacks by moving when they are due to the end of the lease."""
        busy = list(running), list(running.values())
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                rows = await connection.fetch(_CLAIM, limit, *busy, lease_s)
        except LOST as lost:
            raise StoreUnavailableError from lost
        return [_read(row) for row in rows]


def _read(row: Any) -> DueCallback:
    callback = _CALLBACK.read(row[:_WIDTH])
    api_key, callback_secret = row[_WIDTH], row[_WIDTH + 1]
    secret: SealedSecret | None = None
    if callback.form is CallbackForm.VENDOR and api_key is not None:
        secret = SealedSecret(api_key, API_KEY_PURPOSE, callback.partner_id)
    if callback.form is CallbackForm.STANDARD and callback_secret is not None:
        secret = SealedSecret(callback_secret, CALLBACK_SECRET_PURPOSE, callback.integration_id)
    return DueCallback(callback, secret)
