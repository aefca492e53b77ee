"""Set the stage for pay pages: orders in every state, fakes behind the ports."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from cambist.app.orders.choose_asset import ChooseAsset
from cambist.bus.bus import Bus
from cambist.domain.market.assets import ASSETS, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import Label, OrderKind, OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.payments.payments import payment_id
from cambist.domain.payments.states import PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.kernel.rates import RATE_SCALE
from cambist.pages.pay import pay_app
from cambist.ports.queries import OrderView, PaymentView, PayPageView
from tests.orders_made import make_order, make_payment

START = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
NOW = START + timedelta(minutes=5)
EXPIRY = START + timedelta(minutes=20)
SHOP = IntegrationId(UUID("0195a1d2-3b4c-7d5e-8f60-718293a4b5c6"))
ORDER = OrderId(UUID("0195a1d2-7777-7abc-9def-0123456789ab"))
PARTNER = PartnerId(UUID("0195a1d2-0000-7000-8000-000000000001"))
TRON = "TEX8xhRqrpMp73rHktGV8mUpfkSrbxa6Qt"
BITCOIN = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
LITECOIN = "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"
ETHEREUM = "0x52908400098527886E0F7030069857D2E4169EE7"
ADDRESSES = {"tron": TRON, "bitcoin": BITCOIN, "litecoin": LITECOIN, "ethereum": ETHEREUM}
ASKED = 12_500_000
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
IDS = {"integrationId": str(SHOP), "orderId": str(ORDER)}


def integration(**changes: Any) -> Integration:
    """Build the shop."""
    shop = Integration(
        id=SHOP,
        partner_id=PARTNER,
        name="Kaffe & Korn",
        url="https://kaffe-korn.example/orders/1",
        status=IntegrationStatus.ACTIVE,
        fee_ppm=5_000,
        embed_origins=("https://kaffe-korn.example",),
    )
    return replace(shop, **changes)


def order(**changes: Any) -> Order:
    """Build an order of 12.50 USDT on Tron that waits for its payment."""
    asset = ASSETS[changes.get("asset") or "USDT_TRC20"]
    chain = chain_of(asset)
    waiting = {
        "id": ORDER,
        "partner_id": PARTNER,
        "integration_id": SHOP,
        "asset": asset.code,
        "amount": ASKED,
        "rate": 9 * 10 ** (RATE_SCALE - 1),
        "fee_ppm": 5_000,
        "address": ADDRESSES[chain.id],
        "required_confirmations": chain.confirmations,
        "external_id": "merchant-secret-7",
        "customer": "payer-secret-8",
        "expires_at": EXPIRY,
        "created_at": START,
        "updated_at": START,
    }
    return make_order(**{**waiting, **changes})


def payment(units: int = ASKED, confirmations: int = 0, **changes: Any) -> PaymentView:
    """Build a payment seen three minutes after the order was opened."""
    asset = ASSETS[changes.get("asset") or "USDT_TRC20"]
    chain = chain_of(asset)
    txid = changes.pop("txid", "5f" * 31 + f"{units % 256:02x}")
    at = changes.pop("created_at", START + timedelta(minutes=3))
    enough = confirmations >= chain.confirmations
    seen = {
        "id": payment_id(chain.id, txid, 0),
        "state": PaymentState.CONFIRMED if enough else PaymentState.PENDING,
        "txid": txid,
        "sender": "TSenderSecret9",
        "units": units,
        "height": 100 if confirmations else None,
        "block_hash": None,
        "created_at": at,
        "updated_at": at,
    }
    made = make_payment(order(asset=asset.code), **{**seen, **changes})
    return PaymentView(made, confirmations, "merchant-secret-7", "EUR")


def view(
    of: Order | None = None,
    payments: Sequence[PaymentView] = (),
    shop: Integration | None = None,
    now: datetime = NOW,
) -> PayPageView:
    """Put a view together."""
    return PayPageView(OrderView(of or order(), tuple(payments)), shop or integration(), now)


def paid_order(**changes: Any) -> Order:
    """Build an order that is paid, unless told otherwise."""
    facts = {"state": OrderState.COMPLETED, "received": ASKED, "confirmed": ASKED}
    return order(**{**facts, **changes})


def scenes() -> dict[str, PayPageView]:
    """Build a view for each thing a page can say."""
    seen = OrderState.PAYMENT_SEEN
    later = EXPIRY + timedelta(minutes=4)
    late_at = EXPIRY + timedelta(minutes=2)
    deposit = {"kind": OrderKind.DEPOSIT, "amount": None}
    unchosen = order(
        **deposit, state=OrderState.CREATED, asset=None, address=None, required_confirmations=0
    )
    over = frozenset({Label.OVER})
    dropped = payment(state=PaymentState.DROPPED)
    first = payment(4_000_000, 19)
    return {
        "choose": view(replace(unchosen, asset=None)),
        "waiting": view(),
        "waiting-any": view(order(**deposit, asset="TRX")),
        "waiting-bitcoin": view(order(asset="BTC", amount=123_456)),
        "waiting-ether": view(order(asset="ETH", amount=12_345_678_901_234_567)),
        "partly-paid": view(
            order(state=seen, received=4_000_000, labels=frozenset({Label.UNDER})), [first]
        ),
        "confirming": view(order(state=seen, received=ASKED), [payment(ASKED, 7)]),
        "confirming-over": view(
            order(state=seen, received=15_000_000, labels=over), [payment(15_000_000, 7)]
        ),
        "paid": view(paid_order(), [payment(ASKED, 19)]),
        "paid-in-two": view(
            paid_order(labels=frozenset({Label.REPLACED})),
            [dropped, first, payment(8_500_000, 19)],
        ),
        "overpaid": view(
            paid_order(received=15_000_000, confirmed=15_000_000, labels=over),
            [payment(15_000_000, 19)],
        ),
        "expired": view(order(state=OrderState.EXPIRED), now=later),
        "underpaid": view(
            order(state=OrderState.EXPIRED, received=4_000_000, labels=frozenset({Label.UNDER})),
            [first],
            now=later,
        ),
        "late": view(
            order(state=OrderState.EXPIRED, received=ASKED, labels=frozenset({Label.LATE})),
            [payment(ASKED, 3, created_at=late_at)],
            now=later,
        ),
        "refunded": view(paid_order(refunded=ASKED), [payment(ASKED, 19)]),
        "replaced": view(order(labels=frozenset({Label.REPLACED})), [dropped]),
        "reorged": view(
            order(state=seen, received=ASKED, labels=frozenset({Label.REORGED})), [payment()]
        ),
        "other-asset": view(
            order(), [payment(3_000_000, 5, asset="TRX", matched=False, txid="ab" * 32)]
        ),
    }


@dataclass
class FakeQueries:
    """Answer from memory."""

    shown: PayPageView | None = None
    assets: Sequence[str] = ("USDT_TRC20", "TRX", "BTC", "LTC", "ETH", "USDC_ERC20")
    asked: int = 0
    fault: Exception | None = None

    async def pay_page(
        self, integration_id: IntegrationId, order_id: OrderId
    ) -> PayPageView | None:
        """Find the one order there is."""
        self.asked += 1
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault
        own = (integration_id, order_id) == (SHOP, ORDER)
        return self.shown if own else None

    async def enabled_assets(self) -> Sequence[str]:
        """List the assets."""
        return self.assets


@dataclass
class FakeBus:
    """Choose the asset of the order behind the queries."""

    queries: FakeQueries
    refusal: ErrorCode | None = None
    commands: list[object] = field(default_factory=list)

    async def execute(self, command: object, gate: object = None) -> str:
        """Run the one command there is."""
        self.commands.append(command)
        if self.refusal is not None:
            raise DomainError(self.refusal)
        assert isinstance(command, ChooseAsset)
        assert self.queries.shown is not None
        chain = chain_of(ASSETS[command.asset])
        before = self.queries.shown.view.order
        after = before.accept(command.asset, ADDRESSES[chain.id], 10**18, chain.confirmations)
        self.queries.shown = view(after)
        return after.address or ""

    @property
    def as_bus(self) -> Bus:
        """Stand in for the bus."""
        return cast(Bus, self)


@dataclass
class FakeSimulator:
    """Write down what was played."""

    played: list[tuple[str, int]] = field(default_factory=list)
    refusal: ErrorCode | None = None

    async def pay(self, order: Order, units: int) -> None:
        """Pay."""
        self._play("pay", units)

    async def replace(self, order: Order) -> None:
        """Replace."""
        self._play("replace", 0)

    async def mine(self, order: Order, blocks: int) -> None:
        """Mine."""
        self._play("mine", blocks)

    def _play(self, what: str, how_much: int) -> None:
        if self.refusal is not None:
            raise DomainError(self.refusal)
        self.played.append((what, how_much))


@dataclass
class Stage:
    """Hold a client and the fakes behind it."""

    client: TestClient[Litestar]
    queries: FakeQueries
    bus: FakeBus
    simulator: FakeSimulator

    def get(self, path: str = "/payment-page", **params: str) -> Response:
        """Ask for a page of the order."""
        return self.client.get(path, params={**IDS, **params})

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Response:
        """Send a form of the order's page."""
        return self.client.post(
            path, data={**IDS, **fields}, headers=headers or SAME_ORIGIN, follow_redirects=False
        )


@contextmanager
def staged() -> Iterator[Stage]:
    """Run a sandbox's application with an order that waits for its payment."""
    queries, simulator = FakeQueries(view()), FakeSimulator()
    bus = FakeBus(queries)
    app = pay_app(queries, bus.as_bus, simulator, "https://pay.example")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Stage(client, queries, bus, simulator)
