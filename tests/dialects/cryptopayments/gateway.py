"""Decide what the gateway talks to in wire tests: a merchant, some orders, a recording bus."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

from litestar.types import ASGIApp

from cambist.app.orders.open_order import OpenedOrder, OpenOrder
from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.send_crypto import SendCrypto
from cambist.app.orders.withdraw import Withdraw
from cambist.app.paying import PromisedOrder
from cambist.dialects.cryptopayments import DIALECT, GatewayServices, build
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.payments.payments import Payment, payment_id
from cambist.domain.payments.states import PaymentState
from cambist.http.callers import Callers
from cambist.http.dispatch import Dispatcher, Mount
from cambist.http.limits import Limits
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import ApiKeyId, IntegrationId, OrderId, PartnerId
from cambist.kernel.money import Asset
from cambist.kernel.rates import Rate
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.queries import OrderView, Page, PaymentView
from tests import orders_made
from tests.dialects.fakes import RecordingBus, StandingClock

KEY = "db41bf-90f909-b34b52-b7c222-fc1e99"
ROUNDING_KEY = "9cb604-d7be11-820606-a0f47e-3b0799"
OTHER_KEY = "000000-111111-222222-333333-444444"
PUBLIC_URL = "https://pay.example"
BASE = "/cryptopayments/api/v1"
INTEGRATION = "1ef65bda-11ad-63ca-8afe-73770edda314"
OTHER_INTEGRATION = "1ef65bda-22ad-63ca-8afe-73770edda314"
ORDER = "1efbb7e3-74e3-68a8-a1ca-8ff1ac166f80"
NEW_ORDER = "1efbb7e3-9999-68a8-a1ca-8ff1ac166f80"
CHOICE_ORDER = "1efbb7e3-aaaa-68a8-a1ca-8ff1ac166f80"
OTHER_ORDER = "1efbb7e3-bbbb-68a8-a1ca-8ff1ac166f80"
DEPOSIT_ADDRESS = "TEX8xhRqrpMp73rHktGV8mUpfkSrbxa6Qt"
DESTINATION = "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe"
HASH = orders_made.HASH
MADE = datetime(2024, 12, 16, 7, 20, 23, 512_000, UTC)
SEEN = datetime(2024, 12, 16, 7, 32, 3, tzinfo=UTC)
DONE = datetime(2024, 12, 16, 7, 34, 4, tzinfo=UTC)
NOW = datetime(2024, 12, 16, 8, 0, 0, tzinfo=UTC)

MERCHANT = PartnerPrincipal(
    PartnerId(UUID(int=1)), ApiKeyId(UUID(int=11)), sandbox=True, rounding_until=None
)
ROUNDING = replace(MERCHANT, key_id=ApiKeyId(UUID(int=12)), rounding_until=date(2024, 12, 16))
OTHER = replace(MERCHANT, partner_id=PartnerId(UUID(int=2)), key_id=ApiKeyId(UUID(int=21)))
PRINCIPALS = {KEY: MERCHANT, ROUNDING_KEY: ROUNDING, OTHER_KEY: OTHER}


def make_integration(number: str, owner: PartnerPrincipal) -> Integration:
    return Integration(
        id=IntegrationId(UUID(number)),
        partner_id=owner.partner_id,
        name="test",
        url="https://shop.example",
        status=IntegrationStatus.ACTIVE,
        fee_ppm=5_000,
    )


def make_order(number: str, owner: PartnerPrincipal, integration: str) -> Order:
    """Make the vendor's sample order, not yet paid."""
    return orders_made.make_order(
        id=OrderId(UUID(number)),
        kind=OrderKind.DEPOSIT,
        partner_id=owner.partner_id,
        integration_id=IntegrationId(UUID(integration)),
        amount=1_000_000,
        rate=270_000_000_000_000_000,
        fee_ppm=5_000,
        address=DEPOSIT_ADDRESS,
        external_id="123",
        expires_at=datetime(2024, 12, 16, 7, 40, 23, 512_000, UTC),
        created_at=MADE,
        updated_at=MADE,
    )


def make_payment(order: Order, number: int, units: int, fee: int, fiat_units: int) -> Payment:
    """Make a confirmed payment of an order."""
    return orders_made.make_payment(
        replace(order, asset=order.asset or "TRX"),
        id=payment_id("tron", HASH, number),
        number=number,
        state=PaymentState.CONFIRMED,
        address=order.address or DEPOSIT_ADDRESS,
        units=units,
        fee=fee,
        fiat_units=fiat_units,
        credits=1,
        created_at=SEEN,
        updated_at=DONE,
    )


def show(order: Order, *payments: Payment, confirmations: int = 19) -> OrderView:
    views = (PaymentView(p, confirmations, order.external_id, order.fiat) for p in payments)
    return OrderView(order, tuple(views))


def sample_views() -> list[OrderView]:
    """Make the merchant's orders (paid, new, asset not chosen), newest first, and a foreign one."""
    new = make_order(NEW_ORDER, MERCHANT, INTEGRATION)
    choice = replace(
        make_order(CHOICE_ORDER, MERCHANT, INTEGRATION),
        state=OrderState.CREATED,
        asset=None,
        amount=None,
        address=None,
        rate=None,
        external_id=None,
        required_confirmations=0,
    )
    paid = replace(
        make_order(ORDER, MERCHANT, INTEGRATION), state=OrderState.COMPLETED, updated_at=DONE
    )
    foreign = make_order(OTHER_ORDER, OTHER, OTHER_INTEGRATION)
    return [
        show(choice),
        show(new),
        show(paid, make_payment(paid, 705, 1_000_000, 5_000, 27)),
        show(foreign, make_payment(foreign, 7, 1_000_000, 5_000, 27)),
    ]


@dataclass
class FakeQueries:
    """Answer like the database, bounded by the principal."""

    views: list[OrderView] = field(default_factory=sample_views)
    shops: list[Integration] = field(
        default_factory=lambda: [
            make_integration(INTEGRATION, MERCHANT),
            make_integration(OTHER_INTEGRATION, OTHER),
        ]
    )
    enabled: tuple[str, ...] = tuple(a.code for a in ASSETS.values() if not a.is_fiat)
    prices: dict[tuple[str, str], str] = field(
        default_factory=lambda: {
            ("USDT_TRC20", "USD"): "0.999540211502708753",
            ("TRX", "USD"): "0.282570009261232573",
            ("TRX", "EUR"): "0.27",
            ("BTC", "USD"): "100000",
            ("ETH", "USD"): "3333.33",
            ("TRX", "CZK"): "6.75",
            ("TRX", "SEK"): "3.1",
            ("TRX", "RON"): "1.34",
        }
    )
    lookups: int = 0

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        self.lookups += 1
        return PRINCIPALS.get(secret)

    async def integrations(
        self, principal: PartnerPrincipal, page: int, quantity: int
    ) -> Page[Integration]:
        own = [shop for shop in self.shops if shop.partner_id == principal.partner_id]
        return Page(tuple(own[(page - 1) * quantity : page * quantity]), len(own))

    async def integration(
        self, principal: PartnerPrincipal, integration_id: IntegrationId
    ) -> Integration | None:
        own = (shop for shop in self.shops if shop.partner_id == principal.partner_id)
        return next((shop for shop in own if shop.id == integration_id), None)

    async def order(self, principal: PartnerPrincipal, order_id: OrderId) -> OrderView | None:
        found = (view for view in self._own(principal) if view.order.id == order_id)
        return next(found, None)

    async def orders(
        self,
        principal: PartnerPrincipal,
        page: int,
        quantity: int,
        integration_id: IntegrationId | None,
    ) -> Page[OrderView]:
        own = [
            view
            for view in self._own(principal)
            if integration_id in (None, view.order.integration_id)
        ]
        return Page(tuple(own[(page - 1) * quantity : page * quantity]), len(own))

    async def payment(self, principal: PartnerPrincipal, number: int) -> PaymentView | None:
        shown = (payment for view in self._own(principal) for payment in view.payments)
        return next((one for one in shown if one.payment.number == number), None)

    async def enabled_assets(self) -> Sequence[str]:
        return self.enabled

    async def rate(self, base: Asset, quote: Asset) -> Rate:
        price = self.prices.get((base.code, quote.code))
        if price is None:
            raise DomainError(ErrorCode.RATE_UNAVAILABLE)
        return Rate.parse(base, quote, price)

    def _own(self, principal: PartnerPrincipal) -> list[OrderView]:
        return [v for v in self.views if v.order.partner_id == principal.partner_id]


class FakeBus(RecordingBus):
    """Answer as the core would."""

    def answer(self, command: object) -> Any:
        order_id = OrderId(UUID(int=len(self.commands) + (7 << 76) + (2 << 62)))
        match command:
            case OpenOrder():
                self._own(command.partner_id, command.integration_id)
                return OpenedOrder(order_id, DEPOSIT_ADDRESS if command.asset else None)
            case RefundOrder():
                if command.partner_id != MERCHANT.partner_id or str(command.order_id) != ORDER:
                    raise DomainError(ErrorCode.NOT_FOUND, field="refundOrderId")
            case Withdraw() | SendCrypto():
                self._own(command.partner_id, command.integration_id)
            case _:
                raise AssertionError(f"no such command: {command}")
        if not _is_address(ASSETS[command.asset], command.destination):
            raise DomainError(ErrorCode.ADDRESS_INVALID, field="destinationAddress")
        return PromisedOrder(order_id, 709)

    def _own(self, partner_id: PartnerId, integration_id: IntegrationId) -> None:
        if partner_id != MERCHANT.partner_id or str(integration_id) != INTEGRATION:
            raise DomainError(ErrorCode.NOT_FOUND, field="integrationId")


def _is_address(asset: Asset, address: str) -> bool:
    return asset.chain == CHAINS["tron"].id and address.startswith("T") and len(address) == 34


@dataclass
class FakeRecorder:
    """Keep what was noted."""

    used: list[ApiKeyId] = field(default_factory=list)
    rounded: list[ApiKeyId] = field(default_factory=list)

    def key_used(self, key_id: ApiKeyId, at: datetime) -> None:
        self.used.append(key_id)

    def amount_rounded(self, key_id: ApiKeyId, at: datetime) -> None:
        self.rounded.append(key_id)


class FakeIds:
    """Count."""

    def __init__(self) -> None:
        self.made = 0

    def new_id(self) -> UUID:
        self.made += 1
        return UUID(int=self.made)


class World:
    """Hold the fakes and the application made from them."""

    def __init__(self, limits: Limits | None = None, public_url: str = PUBLIC_URL) -> None:
        self.clock, self.recorder, self.ids = StandingClock(NOW), FakeRecorder(), FakeIds()
        self.bus, self.queries = FakeBus(), FakeQueries()
        callers = Callers(
            self.queries,
            limits or Limits.build(self.clock.monotonic_ns),
            self.recorder,
            self.clock.now,
            self.clock.monotonic_ns,
        )
        self.services = GatewayServices(
            bus=self.bus,
            now=self.clock.now,
            new_id=self.ids.new_id,
            public_url=public_url,
            callers=callers,
            queries=self.queries,
            assets=self.queries,
            rates=self.queries,
        )
        gateway = build(self.services)
        app: ASGIApp = Dispatcher([Mount(DIALECT.prefix, gateway)], gateway)
        # Clients type applications by the ASGI specification's dictionaries, Litestar by its own.
        self.asgi = cast("Any", app)
