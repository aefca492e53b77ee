"""Decide how partners, payers and workers read: few round trips, the owner in every query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Pool
from cambist.adapters.db.prices import CachedPrices
from cambist.adapters.db.reads import Reads
from cambist.adapters.db.shared_reads import SharedReads
from cambist.adapters.db.store import NOW
from cambist.domain.market.assets import CRYPTO
from cambist.domain.partners.partners import Integration, Partner, PartnerKind
from cambist.domain.partners.rules import key_hash
from cambist.kernel.ids import ApiKeyId, IntegrationId, OrderId, PartnerId
from cambist.kernel.money import Asset
from cambist.kernel.rates import Rate
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.queries import OrderView, Page, PaymentView, PayPageView
from cambist.ports.store import Kind

PAYMENTS_MAX = 200

_ORDER, _PAYMENT = MAPPERS[Kind.ORDER], MAPPERS[Kind.PAYMENT]
_INTEGRATION, _PARTNER = MAPPERS[Kind.INTEGRATION], MAPPERS[Kind.PARTNER]
_ORDER_COLUMNS = ", ".join(f'o."{column.name}"' for column in _ORDER.columns)
_PAYMENT_COLUMNS = ", ".join(f'p."{column.name}"' for column in _PAYMENT.columns)
_SPLIT = len(_ORDER.columns)

_JOINED = f"""select {_ORDER_COLUMNS}, {_PAYMENT_COLUMNS}, c.height
  from {{source}} o
  left join lateral (
    select * from payments where order_id = o.id order by number limit {PAYMENTS_MAX}) p on true
  left join cursors c on c.chain = p.chain"""

_ORDERS_BY_ID = _JOINED.format(source="orders") + " where o.id = any($1::uuid[])"

_PAGE = "(select * from orders where {owned} order by id desc offset ${n} limit ${m})"

_PAYMENT_BY_NUMBER = f"""select {_PAYMENT_COLUMNS}, c.height, o.external_id, o.fiat
  from payments p left join orders o on o.id = p.order_id left join cursors c on c.chain = p.chain
  where p.partner_id = $1 and p.number = $2 and p.order_id is not null"""

_KEY = """select k.id, k.partner_id, k.mode, k.rounding_until
  from api_keys k join partners p on p.id = k.partner_id
  where k.key_hash = $1 and k.revoked_at is null and p.status = 'active'
    and ($2::text is null or p.kind = $2)"""

_INTEGRATIONS = f"""{_INTEGRATION.select} where partner_id = $1
  order by id offset $2 limit $3"""


class PostgresQueries:
    """Implement the read side for partners, payers and workers on one pool."""

    def __init__(self, pool: Pool, prices: CachedPrices) -> None:
        self._reads, self._prices = Reads(pool), prices
        self._orders: SharedReads[UUID, OrderView] = SharedReads(self._fetch_orders)

    async def now(self) -> datetime:
        """Tell the time the core goes by."""
        moment: datetime = await self._reads.fetchval(NOW)
        return moment

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        """Find whom a live API key belongs to."""
        return await _partner_of_key(self._reads, secret, None)

    async def partner(self, partner_id: PartnerId) -> Partner | None:
        """Find a partner."""
        row = await self._reads.fetchrow(f"{_PARTNER.select} where id = $1", partner_id)
        return None if row is None else _PARTNER.read(row)

    async def integrations(
        self, principal: PartnerPrincipal, page: int, quantity: int
    ) -> Page[Integration]:
        """List integrations, oldest first."""
        owner = principal.partner_id
        first = (page - 1) * quantity
        rows = await self._reads.fetch(_INTEGRATIONS, owner, first, quantity)
        count = "select count(*) from integrations where partner_id = $1"
        total = await self._reads.fetchval(count, owner)
        return Page(tuple(_INTEGRATION.read(row) for row in rows), total)

    async def integration(
        self, principal: PartnerPrincipal, integration_id: IntegrationId
    ) -> Integration | None:
        """Find an integration of the principal's."""
        query = f"{_INTEGRATION.select} where id = $1 and partner_id = $2"
        row = await self._reads.fetchrow(query, integration_id, principal.partner_id)
        return None if row is None else _INTEGRATION.read(row)

    async def order(self, principal: PartnerPrincipal, order_id: OrderId) -> OrderView | None:
        """Find an order of the principal's."""
        view = await self._orders.get(order_id)
        if view is None or view.order.partner_id != principal.partner_id:
            return None
        return view

    async def orders(
        self,
        principal: PartnerPrincipal,
        page: int,
        quantity: int,
        integration_id: IntegrationId | None,
    ) -> Page[OrderView]:
        """List orders of the principal's, newest first."""
        owned, arguments = "partner_id = $1", list[UUID]((principal.partner_id,))
        if integration_id is not None:
            owned += " and integration_id = $2"
            arguments.append(integration_id)
        n = len(arguments) + 1
        source = _PAGE.format(owned=owned, n=n, m=n + 1)
        query = _JOINED.format(source=source) + " order by o.id desc, p.number"
        first = (page - 1) * quantity
        rows = await self._reads.fetch(query, *arguments, first, quantity)
        total = await self._reads.fetchval(f"select count(*) from orders where {owned}", *arguments)
        return Page(tuple(_views(rows).values()), total)

    async def payment(self, principal: PartnerPrincipal, number: int) -> PaymentView | None:
        """Find a payment by the partner's own number."""
        row = await self._reads.fetchrow(_PAYMENT_BY_NUMBER, principal.partner_id, number)
        if row is None:
            return None
        payment = _PAYMENT.read(row[:-3])
        return PaymentView(payment, payment.confirmations(row[-3] or 0), row[-2], row[-1])

    async def pay_page(
        self, integration_id: IntegrationId, order_id: OrderId
    ) -> PayPageView | None:
        """Find an incoming order of an integration."""
        found = await self.order_of_event(order_id)
        if found is None:
            return None
        view, integration = found
        if view.order.integration_id != integration_id or not view.order.is_incoming:
            return None
        return PayPageView(view, integration, await self.now())

    async def order_of_event(self, order_id: OrderId) -> tuple[OrderView, Integration] | None:
        """Find any order with its integration; for workers, never for callers."""
        view = await self._orders.get(order_id)
        if view is None:
            return None
        query = f"{_INTEGRATION.select} where id = $1"
        row = await self._reads.fetchrow(query, view.order.integration_id)
        return None if row is None else (view, _INTEGRATION.read(row))

    async def enabled_assets(self) -> Sequence[str]:
        """List the codes of assets whose chain is watched."""
        watched = {row[0] for row in await self._reads.fetch("select chain from cursors")}
        return [asset.code for asset in CRYPTO if asset.chain in watched]

    async def rate(self, base: Asset, quote: Asset) -> Rate:
        """Read the current guarded price.

        Raises:
            DomainError: RATE_UNAVAILABLE.
        """
        priced = await self._prices.priced(base, quote, await self.now())
        return priced.rate(base, quote)

    async def _fetch_orders(self, ids: Sequence[UUID]) -> Mapping[UUID, OrderView]:
        return _views(await self._reads.fetch(_ORDERS_BY_ID, list(ids)))


class PostgresKeys:
    """Implement KeyQueries for partners of one kind: a key opens its own dialect and no other."""

    def __init__(self, pool: Pool, kind: PartnerKind) -> None:
        self._reads, self._kind = Reads(pool), kind

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        """Find whom a live API key belongs to."""
        return await _partner_of_key(self._reads, secret, self._kind)


async def _partner_of_key(
    reads: Reads, secret: str, kind: PartnerKind | None
) -> PartnerPrincipal | None:
    row = await reads.fetchrow(_KEY, key_hash(secret), kind)
    if row is None:
        return None
    return PartnerPrincipal(PartnerId(row[1]), ApiKeyId(row[0]), row[2] == "sandbox", row[3])


def _views(rows: Sequence[Any]) -> dict[UUID, OrderView]:
    """Gather joined rows, one a payment, into orders."""
    orders: dict[UUID, Any] = {}
    payments: dict[UUID, list[PaymentView]] = {}
    for row in rows:
        key = row[0]
        if key not in orders:
            orders[key] = _ORDER.read(row[:_SPLIT])
        if row[_SPLIT] is not None:
            payment = _PAYMENT.read(row[_SPLIT:-1])
            order, reached = orders[key], payment.confirmations(row[-1] or 0)
            shown = PaymentView(payment, reached, order.external_id, order.fiat)
            payments.setdefault(key, []).append(shown)
    return {key: OrderView(order, tuple(payments.get(key, ()))) for key, order in orders.items()}
