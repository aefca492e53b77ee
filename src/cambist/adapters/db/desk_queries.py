"""Decide how staff and bank read what waits for them: bounded, oldest first, data opened."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Pool
from cambist.adapters.db.reads import Reads
from cambist.app.banking_steps import PAYOUT_PURPOSE, SEAL_PURPOSE
from cambist.domain.identity.customers import Customer
from cambist.domain.payments.bank import BankPayout
from cambist.domain.pricing.firm import FirmQuote
from cambist.kernel.ids import CustomerId
from cambist.ports.privacy import Privacy
from cambist.ports.store import Kind
from cambist.ports.trades import LostSell, QueuedPayout, Review, WaitingLine

_PAYOUT, _CUSTOMER, _LINE = (
    MAPPERS[Kind.BANK_PAYOUT],
    MAPPERS[Kind.CUSTOMER],
    MAPPERS[Kind.BANK_LINE],
)
_CASE, _ORDER, _TRADE = MAPPERS[Kind.CASE], MAPPERS[Kind.ORDER], MAPPERS[Kind.TRADE]
_DOCUMENT, _QUOTE = MAPPERS[Kind.DOCUMENT], MAPPERS[Kind.QUOTE]

DOCUMENTS_SHOWN_MAX = 50

QUEUED = "state = 'queued' and method = $1 and currency = $2 order by created_at, id limit $3"

# Two ranges, since no index finds what is unequal: asked every few seconds, mostly in vain.
UNSCREENED = """select id from customers
  where identity is not null and (screened_with < $1 or screened_with > $1)
    and id <> all($2::uuid[])
  order by id limit $3"""


_LOST = """select p.order_id, sum(p.loss)::text from payments p
    join orders o on o.id = p.order_id and o.kind = 'sell' and o.state <> 'on_case'
  where p.loss > 0 and not exists (
    select from cases c where c.order_id = o.id and c.reasons ~ 'written-off')
  group by p.order_id order by p.order_id limit $1"""


class PostgresDesk:
    """Implement DeskQueries on a pool."""

    def __init__(self, pool: Pool, privacy: Privacy) -> None:
        self._reads, self._privacy = Reads(pool), privacy

    async def queued_payouts(
        self, method: str, currency: str, limit: int
    ) -> Sequence[QueuedPayout]:
        """List payouts that are in no file yet."""
        return await self._payouts(QUEUED, method, currency, limit)

    async def latest_payouts(self, limit: int) -> Sequence[QueuedPayout]:
        """List payouts of every state, newest first."""
        return await self._payouts("true order by created_at desc, id desc limit $1", limit)

    async def waiting_lines(self, limit: int) -> Sequence[WaitingLine]:
        """List statement lines nobody has decided on."""
        return await self._lines("state = 'waiting' order by imported_at, id limit $1", limit)

    async def left_lines(self, limit: int) -> Sequence[WaitingLine]:
        """List statement lines somebody has left in suspense."""
        return await self._lines("state = 'left' order by imported_at, id limit $1", limit)

    async def _lines(self, where: str, limit: int) -> Sequence[WaitingLine]:
        rows = await self._reads.fetch(f"{_LINE.select} where {where}", limit)
        shown = []
        for line in map(_LINE.read, rows):
            told = self._privacy.open_own(SEAL_PURPOSE, line.id, line.sealed)
            texts = told["text"], told["references"]
            shown.append(WaitingLine(line, told["name"], told["account"], *texts))
        return shown

    async def reviews(self, limit: int) -> Sequence[Review]:
        """List submitted cases."""
        query = f"{_CASE.select} where state = 'submitted' order by id limit $1"
        cases = [_CASE.read(row) for row in await self._reads.fetch(query, limit)]
        return [await self._review(case) for case in cases]

    async def lost_sells(self, limit: int) -> Sequence[LostSell]:
        """List sells whose crypto is missing and nobody has written off."""
        return [
            LostSell(
                await self._row(Kind.ORDER, order_id),
                await self._row(Kind.TRADE, order_id),
                int(units),
            )
            for order_id, units in await self._reads.fetch(_LOST, limit)
        ]

    async def review(self, case_id: UUID) -> Review | None:
        """Find a case to review."""
        row = await self._reads.fetchrow(f"{_CASE.select} where id = $1", case_id)
        return None if row is None else await self._review(_CASE.read(row))

    async def quote(self, quote_id: UUID) -> FirmQuote | None:
        """Find a quote."""
        row = await self._reads.fetchrow(f"{_QUOTE.select} where id = $1", quote_id)
        return None if row is None else _QUOTE.read(row)

    async def unscreened(
        self, digest: str, but_not: Sequence[CustomerId], limit: int
    ) -> Sequence[CustomerId]:
        """List customers whose name was not held against these lists yet, but not those named."""
        rows = await self._reads.fetch(UNSCREENED, digest, list(but_not), limit)
        return [CustomerId(row[0]) for row in rows]

    async def _payouts(self, where: str, *arguments: Any) -> list[QueuedPayout]:
        rows = await self._reads.fetch(f"{_PAYOUT.select} where {where}", *arguments)
        payouts: list[BankPayout] = [_PAYOUT.read(row) for row in rows]
        query = f"{_CUSTOMER.select} where id = any($1::uuid[])"
        ids = [payout.customer_id for payout in payouts if payout.customer_id is not None]
        found = [_CUSTOMER.read(row) for row in await self._reads.fetch(query, ids)]
        customers: dict[CustomerId, Customer] = {customer.id: customer for customer in found}
        return [self._queued(payout, customers) for payout in payouts]

    def _queued(self, payout: BankPayout, customers: Mapping[CustomerId, Customer]) -> QueuedPayout:
        """Open the payee; nothing is told of one who was erased."""
        if payout.customer_id is None:
            payee = self._privacy.open_own(PAYOUT_PURPOSE, payout.id, payout.sealed)
            return QueuedPayout(payout, payee["account"], payee["name"])
        customer = customers[payout.customer_id]
        if customer.key is None:
            return QueuedPayout(payout, "", "")
        payee = self._privacy.open(customer.key, customer.id, payout.sealed)
        return QueuedPayout(payout, payee["account"], payee["name"])

    async def _review(self, case: Any) -> Review:
        order = await self._row(Kind.ORDER, case.order_id)
        trade = await self._row(Kind.TRADE, case.order_id)
        customer: Customer = await self._row(Kind.CUSTOMER, case.customer_id)
        query = f"{_DOCUMENT.select} where customer_id = $1 order by created_at limit $2"
        rows = await self._reads.fetch(query, customer.id, DOCUMENTS_SHOWN_MAX)
        identity, declaration = {}, {}
        if customer.key is not None:
            opened = self._privacy.open
            identity = opened(customer.key, customer.id, customer.identity or "")
            declaration = opened(customer.key, customer.id, customer.declaration or "")
        documents = tuple(_DOCUMENT.read(row) for row in rows)
        return Review(case, order, trade, customer, identity, declaration, documents)

    async def _row(self, kind: Kind, key: UUID) -> Any:
        mapper = MAPPERS[kind]
        return mapper.read(await self._reads.fetchrow(f"{mapper.select} where id = $1", key))
