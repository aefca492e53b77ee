"""Decide how prices and rules are read by who only asks, and what stands on kept addresses."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cambist.adapters.db.answers import Rules
from cambist.adapters.db.pool import Pool
from cambist.adapters.db.prices import CachedPrices
from cambist.adapters.db.reads import Reads
from cambist.domain.custody.custody import address_key
from cambist.domain.ledger.accounts import customer_account
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.pricing.samples import pair_of
from cambist.kernel.ids import PartnerId
from cambist.ports.rulebook import CUSTOMER_SCOPE, LimitRule, TradeContext
from cambist.ports.trades import HeldBalance, MarketTerms, PriceAsk

_HELD = """select o.customer_id,
    coalesce((select sum(units) from payments p where p.order_id = o.id and p.asset = $3
      and p.state = 'pending' and p.direction = 'in'), 0)
  from addresses a join orders o on o.id = a.order_id
  where a.key = $1 and o.partner_id = $2 and o.kind = 'deposit' and o.asset = $3
    and o.customer_id is not null"""

_POSTED = "select posted - held from accounts where id = $1"


class PostgresMarket:
    """Implement MarketQueries and VaultQueries; prices and rules come from memory mostly."""

    def __init__(
        self,
        pool: Pool,
        prices: CachedPrices,
        rules: Rules,
        now: Callable[[], datetime],
    ) -> None:
        self._reads, self._prices, self._rules, self._now = Reads(pool), prices, rules, now

    async def market(self, ask: PriceAsk) -> MarketTerms:
        """Find price and terms of the moment, for a customer nothing is known of."""
        crypto, fiat = asset_of(ask.crypto), asset_of(ask.fiat)
        now = self._now()
        priced = await self._prices.priced(crypto, fiat, now)
        book = await self._rules.book(self._reads)
        context = TradeContext(
            ask.partner_id, ask.dialect, pair_of(crypto, fiat), ask.fiat, ask.side, 0, ask.method
        )
        terms = book.terms(context, now)
        until = now + timedelta(seconds=terms.rate_validity_s)
        return MarketTerms(priced.mantissa, terms, until)

    async def limits(self, partner_id: PartnerId, dialect: str) -> Sequence[LimitRule]:
        """List the limits that fit a partner's customers."""
        book = await self._rules.book(self._reads)
        return [
            rule
            for rule in book.limits
            if rule.scope == CUSTOMER_SCOPE
            and rule.partner_id in (None, partner_id)
            and rule.dialect in (None, dialect)
        ]

    async def held(self, partner_id: PartnerId, crypto: str, address: str) -> HeldBalance | None:
        """Find the balance of an address given to one of the partner's customers."""
        asset = asset_of(crypto)
        key = address_key(chain_of(asset).id, address)
        row = await self._reads.fetchrow(_HELD, key, partner_id, asset.code)
        if row is None:
            return None
        account = customer_account(row[0], asset.code)
        posted = await self._reads.fetchval(_POSTED, account.id)
        return HeldBalance(int(posted or 0), int(row[1]))
