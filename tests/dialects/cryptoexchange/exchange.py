"""Decide what the exchange talks to in wire tests: two clients, some orders, a recording bus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from litestar.types import ASGIApp

from cambist.app.customers.issue_address import IssueAddress, IssuedAddress
from cambist.app.notices.hand_out_link import HandedLink, HandOutLink
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.open_trade import OpenedTrade, OpenTrade
from cambist.app.trades.place_quote import PlacedQuote, PlaceQuote
from cambist.dialects.cryptoexchange import DIALECT, ExchangeServices, build
from cambist.domain.identity.customers import EXTERNAL, Customer, customer_id
from cambist.domain.market.assets import asset_of
from cambist.domain.orders.states import OrderState
from cambist.domain.partners.partners import Partner, PartnerKind
from cambist.domain.partners.states import PartnerStatus
from cambist.domain.pricing.deals import price
from cambist.domain.pricing.terms import Terms
from cambist.http.callers import Callers
from cambist.http.dispatch import Dispatcher, Mount
from cambist.http.limits import Limits
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import ApiKeyId, IntegrationId, OrderId, PartnerId, QuoteId
from cambist.kernel.rates import Rate
from cambist.ports.addresses import AddressFacts, AddressFault, AddressNetwork, AddressType
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.rulebook import CUSTOMER_SCOPE, LimitRule
from cambist.ports.signer import KeyPath
from cambist.ports.trades import (
    HeldBalance,
    MarketTerms,
    PriceAsk,
    Slice,
    TradeFilter,
    TradeView,
)
from tests.dialects.cryptoexchange.views import (
    CHANNEL,
    CLIENT_ID,
    CUSTODY,
    NOW,
    OTHER_ID,
    OUTSIDE,
    sample_views,
)
from tests.dialects.fakes import RecordingBus, StandingClock

KEY = "db41bf-90f909-b34b52-b7c222-fc1e99"
OTHER_KEY = "000000-111111-222222-333333-444444"
SANDBOX_KEY = "<sandbox> & key"
PUBLIC_URL = "https://exchange.example"
BASE = DIALECT.prefix + DIALECT.base
QUOTE = "019ac5f0-2a4b-7c31-9d1e-5f0a3b7c9e21"

MINE = PartnerPrincipal(CLIENT_ID, ApiKeyId(UUID(int=11)), sandbox=True, rounding_until=None)
OTHER = replace(MINE, partner_id=OTHER_ID, key_id=ApiKeyId(UUID(int=21)))
PRINCIPALS = {KEY: MINE, OTHER_KEY: OTHER}

TERMS = Terms(
    commission_ppm=20_000,
    minimum_fee_units=100,
    network_fee_units=10_000,
    minimum_units=1_000,
    maximum_units=1_000_000,
    rate_validity_s=900,
)


@dataclass
class FakeClients:
    """Know two clients."""

    lookups: int = 0
    names: dict[PartnerId, str] = field(
        default_factory=lambda: {CLIENT_ID: "Demo Wallet", OTHER_ID: "Other Wallet"}
    )

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        self.lookups += 1
        return PRINCIPALS.get(secret)

    async def partner(self, partner_id: PartnerId) -> Partner | None:
        name = self.names.get(partner_id)
        if name is None:
            return None
        return Partner(partner_id, PartnerKind.API_CLIENT, name, PartnerStatus.ACTIVE)


@dataclass
class FakeTrades:
    """Answer like the database, bounded by the owner."""

    views: list[TradeView] = field(default_factory=sample_views)
    channels: dict[PartnerId, IntegrationId] = field(
        default_factory=lambda: {CLIENT_ID: CHANNEL, OTHER_ID: CHANNEL}
    )

    async def trade(self, partner_id: PartnerId | None, order_id: OrderId) -> TradeView | None:
        found = (view for view in self._own(partner_id) if view.order.id == order_id)
        return next(found, None)

    async def trades(
        self, partner_id: PartnerId, chosen: TradeFilter, limit: int
    ) -> Slice[TradeView]:
        own = [view for view in self._own(partner_id) if _fits(view, chosen)]
        own.sort(key=lambda view: view.order.id, reverse=True)
        after = own[limit - 1].order.id if len(own) > limit else None
        return Slice(tuple(own[:limit]), after)

    async def customer(self, partner_id: PartnerId, external_id: str) -> Customer | None:
        wanted = customer_id(partner_id, EXTERNAL, external_id)
        if not any(view.trade.customer_id == wanted for view in self._own(partner_id)):
            return None
        # Only the id is looked at.
        return cast("Customer", _Known(wanted))

    async def channel(self, partner_id: PartnerId) -> IntegrationId | None:
        return self.channels.get(partner_id)

    async def trade_by_number(self, partner_id: PartnerId, number: int) -> TradeView | None:
        raise AssertionError("the dialect knows no numbers")

    async def trade_by_page(self, page: str) -> TradeView | None:
        raise AssertionError("the dialect knows no pages")

    async def trade_of_session(self, session: str) -> TradeView | None:
        raise AssertionError("the dialect knows no sessions")

    def _own(self, partner_id: PartnerId | None) -> list[TradeView]:
        return [view for view in self.views if view.trade.partner_id == partner_id]


@dataclass(frozen=True)
class _Known:
    id: UUID


def _fits(view: TradeView, chosen: TradeFilter) -> bool:
    return (
        (chosen.states is None or view.order.state in chosen.states)
        and chosen.customer_id in (None, view.trade.customer_id)
        and chosen.crypto in (None, view.trade.crypto)
        and (chosen.since is None or view.order.created_at >= chosen.since)
        and (chosen.until is None or view.order.created_at <= chosen.until)
        and (chosen.before is None or view.order.id < chosen.before)
    )


@dataclass
class FakeMarket:
    """Price what has a price, at one set of terms; hold what stands on one address."""

    prices: dict[tuple[str, str], str] = field(
        default_factory=lambda: {
            ("LTC", "EUR"): "80",
            ("BTC", "EUR"): "60000.5",
            ("LTC", "CZK"): "2000",
        }
    )
    asked: list[PriceAsk] = field(default_factory=list)
    terms: Terms = TERMS
    now: Callable[[], datetime] = lambda: NOW

    async def market(self, ask: PriceAsk) -> MarketTerms:
        self.asked.append(ask)
        found = self.prices.get((ask.crypto, ask.fiat))
        if found is None:
            raise DomainError(ErrorCode.RATE_UNAVAILABLE)
        raw = Rate.parse(asset_of(ask.crypto), asset_of(ask.fiat), found)
        return MarketTerms(raw.mantissa, self.terms, self.now() + timedelta(seconds=900))

    async def limits(self, partner_id: PartnerId, dialect: str) -> Sequence[LimitRule]:
        everybody = LimitRule(
            id=UUID(int=1),
            scope=CUSTOMER_SCOPE,
            partner_id=None,
            dialect=dialect,
            level=None,
            fiat="EUR",
            per_order_min=1_000,
            per_order_max=1_500_000,
            per_day=3_000_000,
            per_month=None,
        )
        own = replace(everybody, partner_id=partner_id, per_order_max=100_000)
        return [everybody, own, replace(own, level=1, per_order_max=900_000)]

    async def held(self, partner_id: PartnerId, crypto: str, address: str) -> HeldBalance | None:
        if (partner_id, crypto, address) != (CLIENT_ID, "LTC", CUSTODY):
            return None
        return HeldBalance(150_000_000, 25)


class FakeBook:
    """Take one address for valid, and one for another network's."""

    def __init__(self) -> None:
        self.inspected: list[tuple[str, str]] = []

    def derive(self, chain: str, path: KeyPath) -> str:
        raise AssertionError("nothing is derived here")

    def inspect(self, chain: str, address: str) -> AddressFacts:
        self.inspected.append((chain, address))
        kind = AddressType.P2WPKH
        if address == OUTSIDE:
            return AddressFacts(True, kind, AddressNetwork.MAINNET, address, None)
        if address.startswith("tltc1"):
            return AddressFacts(False, kind, AddressNetwork.TESTNET, None, AddressFault.NETWORK)
        return AddressFacts(False, None, None, None, AddressFault.CHECKSUM)


@dataclass
class FakeAssets:
    """Say that some assets are enabled."""

    enabled: tuple[str, ...] = ("LTC", "BTC", "TRX")
    asked: int = 0

    async def enabled_assets(self) -> Sequence[str]:
        self.asked += 1
        return self.enabled


@dataclass
class FakeBus(RecordingBus):
    """Answer as the core would, of some trades."""

    trades: FakeTrades = field(default_factory=FakeTrades, kw_only=True)

    def answer(self, command: object) -> Any:
        match command:
            case OpenTrade():
                return self._opened(command)
            case PlaceQuote():
                return _quoted(command)
            case IssueAddress():
                return IssuedAddress(CUSTODY, "litecoin", NOW)
            case CancelTrade():
                return self._cancelled(command)
            case HandOutLink():
                return self._handed(command)
            case _:
                raise AssertionError(f"no such command: {command}")

    def _opened(self, command: OpenTrade) -> OpenedTrade:
        if command.destination not in (None, OUTSIDE):
            raise DomainError(ErrorCode.ADDRESS_INVALID, field="address")
        if command.bank_account is not None and "00" in command.bank_account:
            raise DomainError(ErrorCode.FIELD_INVALID, field="bank_account", reason="check-digits")
        if command.units > 1_000_000_000:
            raise DomainError(ErrorCode.AMOUNT_TOO_LARGE, limit=1_000_000, currency="EUR")
        mine = [v for v in self.trades.views if v.trade.partner_id == command.partner_id]
        return OpenedTrade(mine[0].order.id, 1, mine[0].trade.page)

    def _handed(self, command: HandOutLink) -> HandedLink | None:
        view = next((v for v in self.trades.views if v.order.id == command.order_id), None)
        if view is None or view.trade.partner_id != command.partner_id:
            raise DomainError(ErrorCode.NOT_FOUND)
        if view.email:
            return None
        return HandedLink(f"{command.base_url}/order/open/token", NOW + timedelta(days=7))

    def _cancelled(self, command: CancelTrade) -> None:
        for at, view in enumerate(self.trades.views):
            if (view.order.id, view.trade.partner_id) == (command.order_id, command.partner_id):
                if view.order.state is not OrderState.AWAITING_PAYMENT:
                    raise DomainError(ErrorCode.INVALID_STATE, machine="trade")
                gone = replace(view.order, state=OrderState.CANCELLED)
                self.trades.views[at] = replace(view, order=gone)
                return
        raise DomainError(ErrorCode.NOT_FOUND)


def _quoted(command: PlaceQuote) -> PlacedQuote:
    raw = Rate.parse(asset_of(command.crypto), asset_of(command.fiat), "80")
    deal = price(command.side, raw, TERMS, command.given, command.units)
    return PlacedQuote(
        QuoteId(UUID(QUOTE)),
        deal.crypto_units,
        deal.fiat_units,
        deal.rate,
        deal.commission,
        deal.payment_fee,
        deal.network_fee,
        NOW + timedelta(seconds=900),
    )


class FakeRecorder:
    """Look away."""

    def key_used(self, key_id: ApiKeyId, at: datetime) -> None:
        return None

    def amount_rounded(self, key_id: ApiKeyId, at: datetime) -> None:
        raise AssertionError("nothing is rounded here")


class World:
    """Hold the fakes and the application made from them."""

    def __init__(self, sandbox_key: str | None = None, limits: Limits | None = None) -> None:
        self.clock, self.clients, self.trades = StandingClock(NOW), FakeClients(), FakeTrades()
        self.market, self.book = FakeMarket(now=self.clock.now), FakeBook()
        self.assets = FakeAssets()
        self.bus = FakeBus(trades=self.trades)
        callers = Callers(
            self.clients,
            limits or Limits.build(self.clock.monotonic_ns),
            FakeRecorder(),
            self.clock.now,
            self.clock.monotonic_ns,
        )
        self.services = ExchangeServices(
            bus=self.bus,
            now=self.clock.now,
            new_id=lambda: UUID(int=7),
            public_url=PUBLIC_URL,
            callers=callers,
            clients=self.clients,
            trades=self.trades,
            market=self.market,
            vault=self.market,
            addresses=self.book,
            assets=self.assets,
            sandbox_key=sandbox_key,
        )
        exchange = build(self.services)
        app: ASGIApp = Dispatcher([Mount(DIALECT.prefix, exchange)], exchange)
        # Clients type applications by the ASGI specification's dictionaries, Litestar by its own.
        self.asgi = cast("Any", app)
