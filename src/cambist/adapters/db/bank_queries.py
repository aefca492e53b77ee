"""Decide how files for the bank are found again, and which orders a waiting line may be for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Pool
from cambist.adapters.db.reads import Reads
from cambist.app.payouts import name_of
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import UNPAID
from cambist.domain.payments.bank import PayoutBatch
from cambist.kernel.ids import OrderId
from cambist.ports.bank_desk import BatchSummary, Candidate, WorkItem
from cambist.ports.privacy import Privacy
from cambist.ports.store import Kind
from cambist.ports.trades import DeskQueries, WaitingLine

CANDIDATES_MAX = 5
NUMBERED_MAX = 20

_BATCH = MAPPERS[Kind.PAYOUT_BATCH]

_SUMMARIES = """select b.id, b.method, b.currency, b.count, b.units::text, b.created_at,
    count(*) filter (where p.state = 'settled'), count(*) filter (where p.state = 'returned')
  from (select id, method, currency, count, units, created_at from payout_batches
    order by created_at desc, id desc limit $1) b left join bank_payouts p on p.batch_id = b.id
  group by b.id, b.method, b.currency, b.count, b.units, b.created_at
  order by b.created_at desc, b.id desc"""

_UNDER_WAY = """select distinct batch_id from bank_payouts
  where state = 'exported' and batch_id <> all($1::uuid[]) order by batch_id limit $2"""

_CANDIDATES = f"""select asked.value, t.id, t.number, t.partner_id, o.state, t.reference,
    t.created_at, c.id, c.key, c.identity
  from unnest($1::text[]) as asked (value) cross join lateral (
    select t.* from trades t join orders o on o.id = t.id
    where t.method || ':' || t.fiat || ':' || t.fiat_units = asked.value
      and o.kind = 'buy' and o.state = any($2::text[])
    order by t.id limit {CANDIDATES_MAX}) t
  join orders o on o.id = t.id join customers c on c.id = t.customer_id order by t.id"""


class PostgresBankDesk:
    """Implement BankDesk on a pool; the lines themselves are read as the desk does."""

    def __init__(self, pool: Pool, privacy: Privacy, desk: DeskQueries) -> None:
        self._reads, self._privacy, self._desk = Reads(pool), privacy, desk

    async def batches(self, limit: int) -> Sequence[BatchSummary]:
        """List files, newest first."""
        return [_summary(row) for row in await self._reads.fetch(_SUMMARIES, limit)]

    async def batch(self, batch_id: UUID) -> PayoutBatch | None:
        """Find a file as it was written."""
        row = await self._reads.fetchrow(f"{_BATCH.select} where id = $1", batch_id)
        return None if row is None else _BATCH.read(row)

    async def batches_under_way(self, known: Sequence[UUID], limit: int) -> Sequence[UUID]:
        """Name files of which some payout is neither settled nor returned, but not those known."""
        return [row[0] for row in await self._reads.fetch(_UNDER_WAY, list(known), limit)]

    async def work(self, limit: int) -> Sequence[WorkItem]:
        """List the lines nobody has decided on, oldest first."""
        waiting = await self._desk.waiting_lines(limit)
        asked = sorted({_asked(one) for one in waiting if one.line.credit})
        found: dict[str, list[Candidate]] = {}
        states = sorted(UNPAID)
        for row in await self._reads.fetch(_CANDIDATES, asked, states):
            found.setdefault(row[0], []).append(self._candidate(row))
        return [
            WorkItem(one, tuple(found.get(_asked(one), ())) if one.line.credit else ())
            for one in waiting
        ]

    async def orders_numbered(self, number: int) -> Sequence[OrderId]:
        """Find the trades of a number, which several partners may each have one of."""
        query = f"select id from trades where number = $1 order by id limit {NUMBERED_MAX}"
        return [OrderId(row[0]) for row in await self._reads.fetch(query, number)]

    def _candidate(self, row: Any) -> Candidate:
        order_id, number, partner_id, state, reference, created_at, customer, key, sealed = row[1:]
        identity = {} if key is None else self._privacy.open(key, customer, sealed or "")
        return Candidate(
            order_id=order_id,
            number=number,
            partner_id=partner_id,
            state=OrderState(state),
            reference=reference,
            name=name_of(identity),
            created_at=created_at,
        )


def _summary(row: Any) -> BatchSummary:
    values = list(row)
    values[4] = int(values[4])
    return BatchSummary(*values)


def _asked(waiting: WaitingLine) -> str:
    line = waiting.line
    return f"{line.method}:{line.currency}:{line.units}"
