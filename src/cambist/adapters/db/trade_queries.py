"""Decide how trades are read: by owner, newest first, personal data opened on the way out."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Pool
from cambist.adapters.db.reads import Reads
from cambist.adapters.db.shared_reads import SharedReads
from cambist.adapters.db.store import NOW
from cambist.app.writing import SESSION_PURPOSE
from cambist.domain.identity.customers import EXTERNAL, Customer, customer_id
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.payments import Payment
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.ports.privacy import Privacy
from cambist.ports.queries import PaymentView
from cambist.ports.rails import Instructions
from cambist.ports.store import Kind
from cambist.ports.trades import Slice, TradeFilter, TradeView

CHILDREN_MAX = 2_000
"""Of one kind, of one order."""

_ORDER, _TRADE, _CUSTOMER = MAPPERS[Kind.ORDER], MAPPERS[Kind.TRADE], MAPPERS[Kind.CUSTOMER]
_PAYMENT = MAPPERS[Kind.PAYMENT]


def _columns(kind: Kind, alias: str) -> str:
    return ", ".join(f'{alias}."{column.name}"' for column in MAPPERS[kind].columns)


_SELECT = f"""select {_columns(Kind.ORDER, "o")}, {_columns(Kind.TRADE, "t")},
    {_columns(Kind.CUSTOMER, "c")}
  from trades t join orders o on o.id = t.id join customers c on c.id = t.customer_id"""

_OF_EACH = """select found.* from unnest($1::uuid[]) as asked(id)
  cross join lateral ({} limit {}) found"""
"""Orders are read together, but what one has too much of is not missing from another."""

_PAYMENTS = _OF_EACH.format(
    f"""select {_columns(Kind.PAYMENT, "p")}, x.height
      from payments p left join cursors x on x.chain = p.chain
      where p.order_id = asked.id order by p.number""",
    CHILDREN_MAX,
)

_CHILDREN = {
    kind: _OF_EACH.format(
        f"{MAPPERS[kind].select} where order_id = asked.id order by {order}", CHILDREN_MAX
    )
    for kind, order in {
        Kind.CASE: "opened_at, id",
        Kind.CODE: "created_at desc, id desc",
        Kind.BANK_PAYOUT: "number",
    }.items()
}

_CHANNELS = """select distinct on (partner_id) partner_id, id from integrations
  where partner_id = any($1::uuid[]) order by partner_id, id"""

_SESSION = f"""select order_id from page_links
  where session_hash = $1 and session_until > ({NOW})"""

Paid = tuple[Payment, int]
"""A payment, and how high its chain is."""

PayingBy = Callable[[Trade, int], Instructions | None]
"""Tell how a buyer pays so many units for a trade, None when its rail needs no instructions."""


_OF_STATES = "o.partner_id = $1 and o.customer_id is not null and o.state = any(${}::text[])"
"""Said of the order too, whose index then finds the rare states among all that ever was."""


def listing(partner_id: PartnerId, chosen: TradeFilter, limit: int) -> tuple[str, list[Any]]:
    """Write the query of a partner's trades, newest first, with its arguments."""
    conditions, arguments = ["t.partner_id = $1"], list[Any]((partner_id,))
    choices: Sequence[tuple[str, Any]] = (
        (_OF_STATES, None if chosen.states is None else list(chosen.states)),
        ("t.customer_id = ${}", chosen.customer_id),
        ("t.crypto = ${}", chosen.crypto),
        ("t.created_at >= ${}", chosen.since),
        ("t.created_at <= ${}", chosen.until),
        ("t.id < ${}", chosen.before),
    )
    for condition, value in choices:
        if value is not None:
            arguments.append(value)
            conditions.append(condition.format(len(arguments)))
    where = " and ".join(conditions)
    return f"{_SELECT} where {where} order by t.id desc limit {limit}", arguments


class PostgresTrades:
    """Implement TradeQueries on a pool."""

    def __init__(self, pool: Pool, privacy: Privacy, paying_by: PayingBy) -> None:
        self._reads, self._privacy, self._paying_by = Reads(pool), privacy, paying_by
        self._by_id = SharedReads[OrderId, TradeView](self._of_ids)
        self._channels = SharedReads[PartnerId, IntegrationId](self._channels_of)

    async def trade(self, partner_id: PartnerId | None, order_id: OrderId) -> TradeView | None:
        """Find a trade."""
        view = await self._by_id.get(order_id)
        is_his = view is not None and partner_id in (None, view.trade.partner_id)
        return view if is_his else None

    async def trade_by_number(self, partner_id: PartnerId, number: int) -> TradeView | None:
        """Find a partner's trade by its number."""
        return await self._one("t.number = $1 and t.partner_id = $2", number, partner_id)

    async def trade_by_page(self, page: str) -> TradeView | None:
        """Find a trade by its page's name."""
        return await self._one("t.page = $1", page)

    async def trade_of_session(self, session: str) -> TradeView | None:
        """Find the trade a visitor's session may act on."""
        hashed = self._privacy.index(SESSION_PURPOSE, session)
        order_id = await self._reads.fetchval(_SESSION, hashed)
        return None if order_id is None else await self.trade(None, OrderId(order_id))

    async def trades(
        self, partner_id: PartnerId, chosen: TradeFilter, limit: int
    ) -> Slice[TradeView]:
        """List a partner's trades, newest first."""
        query, arguments = listing(partner_id, chosen, limit + 1)
        rows = await self._reads.fetch(query, *arguments)
        views = await self._views(rows[:limit])
        more = len(rows) > limit
        return Slice(tuple(views), OrderId(rows[limit - 1][0]) if more else None)

    async def customer(self, partner_id: PartnerId, external_id: str) -> Customer | None:
        """Find a partner's customer by the partner's own id."""
        key = customer_id(partner_id, EXTERNAL, external_id)
        row = await self._reads.fetchrow(f"{_CUSTOMER.select} where id = $1", key)
        return None if row is None else _CUSTOMER.read(row)

    async def channel(self, partner_id: PartnerId) -> IntegrationId | None:
        """Find the one integration a broker's partner orders through."""
        return await self._channels.get(partner_id)

    async def _channels_of(
        self, partner_ids: Sequence[PartnerId]
    ) -> Mapping[PartnerId, IntegrationId]:
        rows = await self._reads.fetch(_CHANNELS, list(partner_ids))
        return {PartnerId(row[0]): IntegrationId(row[1]) for row in rows}

    async def _of_ids(self, order_ids: Sequence[OrderId]) -> Mapping[OrderId, TradeView]:
        rows = await self._reads.fetch(f"{_SELECT} where t.id = any($1::uuid[])", list(order_ids))
        return {view.order.id: view for view in await self._views(rows)}

    async def _one(self, where: str, *arguments: Any) -> TradeView | None:
        rows = await self._reads.fetch(f"{_SELECT} where {where}", *arguments)
        views = await self._views(rows)
        return views[0] if views else None

    async def _views(self, rows: Sequence[Any]) -> list[TradeView]:
        if not rows:
            return []
        ids = [row[0] for row in rows]
        payments, *children = await asyncio.gather(
            self._payments(ids), *(self._children(kind, ids) for kind in _CHILDREN)
        )
        found = dict(zip(_CHILDREN, children, strict=True))
        return [self._view(row, payments, found) for row in rows]

    async def _payments(self, ids: list[UUID]) -> Mapping[UUID, list[Paid]]:
        """Read payments with how high their chains are, by order."""
        found: dict[UUID, list[Paid]] = {}
        for row in await self._reads.fetch(_PAYMENTS, ids):
            payment: Payment = _PAYMENT.read(row[:-1])
            if payment.order_id is not None:
                found.setdefault(payment.order_id, []).append((payment, row[-1] or 0))
        return found

    async def _children(self, kind: Kind, ids: list[UUID]) -> Mapping[UUID, list[Any]]:
        """Read what belongs to orders, by order."""
        found: dict[UUID, list[Any]] = {}
        for row in await self._reads.fetch(_CHILDREN[kind], ids):
            child = MAPPERS[kind].read(row)
            found.setdefault(child.order_id, []).append(child)
        return found

    def _view(
        self,
        row: Any,
        payments: Mapping[UUID, list[Paid]],
        children: Mapping[Kind, Mapping[UUID, list[Any]]],
    ) -> TradeView:
        one, two = len(_ORDER.columns), len(_ORDER.columns) + len(_TRADE.columns)
        order: Order = _ORDER.read(row[:one])
        trade: Trade = _TRADE.read(row[one:two])
        customer: Customer = _CUSTOMER.read(row[two:])
        contact, identity, details = self._opened(customer, trade)
        own = {kind: tuple(of.get(order.id, ())) for kind, of in children.items()}
        buying = order.kind is OrderKind.BUY
        due = trade.fiat_units - trade.fiat_received
        return TradeView(
            order=order,
            trade=trade,
            external_customer=customer.external_id,
            language=customer.language,
            email=contact.get("email", ""),
            phone=details.get("phone") or contact.get("phone", ""),
            first_name=identity.get("first_name", ""),
            bank_account=details.get("bank_account", ""),
            cases=own[Kind.CASE],
            payments=tuple(_payment(paid, order) for paid in payments.get(order.id, ())),
            payouts=own[Kind.BANK_PAYOUT],
            codes=own[Kind.CODE],
            pay=self._paying_by(trade, due) if buying and due > 0 else None,
            code_phone=contact.get("phone", ""),
        )

    def _opened(
        self, customer: Customer, trade: Trade
    ) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Open contact, identity and the order's own details; all empty once erased."""
        key = customer.key
        if key is None:
            return {}, {}, {}
        sealed = (customer.contact, customer.identity or "", trade.sealed)
        opened = [self._privacy.open(key, customer.id, text) for text in sealed]
        return opened[0], opened[1], opened[2]


def _payment(paid: Paid, order: Order) -> PaymentView:
    payment, height = paid
    return PaymentView(payment, payment.confirmations(height), order.external_id, order.fiat)
