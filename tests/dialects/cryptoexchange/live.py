"""Decide what the exchange stands on in live tests: a real core, two clients, the wire."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx2
from litestar.types import ASGIApp

from cambist.adapters.db.queries import PostgresKeys
from cambist.adapters.db.usage import KeyUsage
from cambist.app.cases.confirm_code import ConfirmCode
from cambist.app.cases.send_code import SendCode
from cambist.app.partners.revoke_key import RevokeKey
from cambist.bootstrap.onboarding import issue_secret
from cambist.dialects.cryptoexchange import DIALECT, ExchangeServices, build
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Purpose
from cambist.domain.partners.partners import KeyMode, PartnerKind
from cambist.http.callers import Callers
from cambist.http.dispatch import Dispatcher, Mount
from cambist.http.limits import Limits, RateLimit
from cambist.http.services import Commands
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.trades import TradeQueries, VaultQueries
from tests.dialects import talking
from tests.partners_made import put_terms, take_on
from tests.trades.desk import LTC, OUTSIDE, Desk
from tests.world import World, open_world

PUBLIC_URL = "https://exchange.example"
MANY = RateLimit(100_000, 1_000_000)
CUSTOMER = "shared customer / 7"
"""Both clients call one of their customers so."""
CANARY = "canary-of-the-other"
"""Long enough to stand in no random text, of which answers are full."""
GERMAN_IBAN = "DE89370400440532013000"
PERSON = {"email": "jana@shop.example", "phone": "+420601123456"}


@dataclass(frozen=True)
class Seat:
    """Hold a client with its customer's order and address."""

    desk: Desk
    key: str
    customer: str
    order: str
    address: str

    @property
    def partner(self) -> PartnerId:
        """Name the client."""
        return self.desk.partner


@dataclass(frozen=True)
class Stage:
    """Hold a core with the exchange on it; `mine` calls, `theirs` must not be touched."""

    world: World
    mine: Seat
    theirs: Seat
    revoked: str
    merchant_key: str

    def app(
        self,
        trades: TradeQueries | None = None,
        bus: Commands | None = None,
        vault: VaultQueries | None = None,
    ) -> ASGIApp:
        """Build the exchange, on other queries or another bus if they are given."""
        return app_of(self.world, trades, bus, vault)

    @asynccontextmanager
    async def client(
        self,
        trades: TradeQueries | None = None,
        bus: Commands | None = None,
        vault: VaultQueries | None = None,
    ) -> AsyncIterator[httpx2.AsyncClient]:
        """Talk to the exchange with the caller's key."""
        async with talk(self.app(trades, bus, vault), self.mine.key) as opened:
            opened.event_hooks = talking.pricing(self.world)
            yield opened


def app_of(
    world: World,
    trades: TradeQueries | None = None,
    bus: Commands | None = None,
    vault: VaultQueries | None = None,
) -> ASGIApp:
    """Build the exchange on a world as bootstrap does."""
    core = world.core
    limits = Limits.build(time.monotonic_ns, MANY, MANY, MANY)
    keys = PostgresKeys(core.pool, PartnerKind.API_CLIENT)
    services = ExchangeServices(
        bus=bus or core.bus,
        now=core.clock.now,
        new_id=core.entropy.new_id,
        public_url=PUBLIC_URL,
        callers=Callers(keys, limits, KeyUsage(core.pool), core.clock.now, time.monotonic_ns),
        clients=core.queries,
        trades=trades or core.trades,
        market=core.market,
        vault=vault or core.market,
        addresses=core.book,
        assets=core.queries,
        sandbox_key=None,
    )
    exchange = build(services)
    return Dispatcher([Mount(DIALECT.prefix, exchange)], fallback=exchange)


def talk(app: ASGIApp, key: str) -> httpx2.AsyncClient:
    """Talk to an exchange with a key."""
    return talking.talk(app, f"http://exchange.example{DIALECT.prefix}{DIALECT.base}", key)


def buy(**changes: Any) -> dict[str, Any]:
    """Ask to buy for 100 euros."""
    asked = {
        "customerId": CUSTOMER,
        "crypto": "LTC",
        "fiat": "EUR",
        "fiatAmount": "100.00",
        "address": OUTSIDE,
    }
    return {**asked, **changes}


def sell(**changes: Any) -> dict[str, Any]:
    """Ask to sell half a litecoin."""
    asked = {
        "customerId": CUSTOMER,
        "crypto": "LTC",
        "fiat": "EUR",
        "side": "sell",
        "cryptoAmount": "0.5",
        "bankAccount": GERMAN_IBAN,
    }
    return {**asked, **changes}


@asynccontextmanager
async def open_stage(url: str, folder: Path) -> AsyncIterator[Stage]:
    """Open a core with two clients; everything the other one has carries a canary."""
    async with open_world(url, folder) as world:
        await world.fund_hot("LTC", 1_000 * LTC)
        mine = await seat(world, "Mine", "mine")
        theirs = await seat(world, CANARY, f"{CANARY}@customers.example")
        key_id, revoked = await issue_secret(world.core, mine.partner, KeyMode.LIVE)
        await world.core.bus.execute(RevokeKey(key_id))
        _, merchant_key = await issue_secret(world.core, world.partner, KeyMode.LIVE)
        yield Stage(world, mine, theirs, revoked, merchant_key)


async def seat(world: World, name: str, customer: str) -> Seat:
    """Take a client on, with an order and an address of a customer of its own."""
    desk = await register(world, name)
    _, key = await issue_secret(world.core, desk.partner, KeyMode.LIVE)
    async with talk(app_of(world), key) as client:
        body = buy(customerId=customer, externalId=f"{name}-1", email=f"{name}@shop.example")
        order = await client.post("/orders", json=body)
        assert order.status_code == 201, order.text
        body = {"crypto": "LTC", "customerId": customer}
        address = await client.post("/addresses", json=body)
        assert address.status_code == 201, address.text
    await desk.carry()
    return Seat(desk, key, customer, order.json()["id"], address.json()["address"])


async def register(world: World, name: str) -> Desk:
    """Register a client with a channel and 2 % commission, orders from 10 euros."""
    partner, channel = await take_on(world.core, PartnerKind.API_CLIENT, name)
    await put_terms(
        world.core,
        partner_id=partner,
        dialect=DIALECT.name,
        commission_ppm=20_000,
        minimum_fee_units=100,
        network_fee_units=10_000,
        minimum_units=1_000,
        maximum_units=1_000_000,
    )
    return Desk(world, partner, channel)


async def verify(desk: Desk, order: str) -> None:
    """Let the customer of an order pass what is asked of him: identity, then phone."""
    order_id = OrderId(UUID(order))
    view = await desk.view(order_id)
    opened = _Opened(order_id)
    if await desk.open_case(cast("Any", opened)) is CaseKind.IDENTITY:
        await desk.identify(cast("Any", opened))
    if await desk.open_case(cast("Any", opened)) is CaseKind.PHONE:
        await desk.do(SendCode(order_id, desk.partner, CaseKind.PHONE, "192.0.2.1"))
        code = await desk.code(Purpose.PHONE, cast("Any", opened))
        await desk.do(ConfirmCode(order_id, desk.partner, CaseKind.PHONE, code))
        await desk.carry()
    assert (await desk.view(order_id)).held_by is None, view.cases


@dataclass(frozen=True)
class _Opened:
    """Name an order to the desk, which knows orders by what opened them."""

    order_id: OrderId
