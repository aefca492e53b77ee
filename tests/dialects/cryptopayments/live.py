"""Decide what the gateway stands on in live tests: a real core, two merchants, the wire."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from litestar.types import ASGIApp

from cambist.adapters.db.usage import KeyUsage
from cambist.app.orders.open_order import OpenOrder
from cambist.app.orders.withdraw import Withdraw
from cambist.app.partners.revoke_key import RevokeKey
from cambist.bootstrap.onboarding import issue_secret
from cambist.dialects.cryptopayments import DIALECT, GatewayServices, build
from cambist.domain.orders.states import OrderKind
from cambist.domain.partners.partners import KeyMode, PartnerKind
from cambist.http.callers import Callers
from cambist.http.dispatch import Dispatcher, Mount
from cambist.http.limits import Limits, RateLimit
from cambist.http.services import Commands
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.ports.queries import PartnerQueries
from tests.dialects.talking import pricing, talk
from tests.partners_made import take_on
from tests.world import FEE_PPM, World, open_world

TRX = 1_000_000
PAID = 10 * TRX
OUTSIDE = "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe"
CANARY = "canary-of-the-other"
"""Long enough to stand in no random text, of which answers are full."""
MANY = RateLimit(100_000, 1_000_000)


@dataclass(frozen=True)
class Merchant:
    """Hold a merchant and one paid order of its; `number` is that of its newest transaction."""

    partner: PartnerId
    shop: IntegrationId
    key: str
    order: str
    address: str
    txid: str
    number: int


@dataclass(frozen=True)
class Stage:
    """Hold a core with the gateway on it; `mine` calls, `theirs` must not be touched."""

    world: World
    mine: Merchant
    theirs: Merchant
    revoked: str

    def app(self, queries: PartnerQueries | None = None, bus: Commands | None = None) -> ASGIApp:
        """Build the gateway, on other queries or another bus if they are given."""
        core = self.world.core
        limits = Limits.build(time.monotonic_ns, MANY, MANY, MANY)
        asked = queries or core.queries
        services = GatewayServices(
            bus=bus or core.bus,
            now=core.clock.now,
            new_id=core.entropy.new_id,
            public_url="https://pay.example",
            callers=Callers(asked, limits, KeyUsage(core.pool), core.clock.now, time.monotonic_ns),
            queries=asked,
            assets=core.queries,
            rates=core.queries,
        )
        gateway = build(services)
        return Dispatcher([Mount(DIALECT.prefix, gateway)], fallback=gateway)

    @asynccontextmanager
    async def client(
        self, queries: PartnerQueries | None = None, bus: Commands | None = None
    ) -> AsyncIterator[httpx2.AsyncClient]:
        """Talk to the gateway with the caller's key."""
        address = f"http://gateway.example{DIALECT.prefix}{DIALECT.base}"
        async with talk(self.app(queries, bus), address, self.mine.key) as client:
            client.event_hooks = pricing(self.world)
            yield client


@asynccontextmanager
async def open_stage(url: str, folder: Path) -> AsyncIterator[Stage]:
    """Open a core with two merchants; everything the other one has carries a canary."""
    async with open_world(url, folder) as world:
        await world.fund_hot("TRX", 1_000 * TRX)
        mine = await _merchant(world, "Mine", 1)
        theirs = await _merchant(world, CANARY, 3)
        key_id, revoked = await issue_secret(world.core, mine.partner, KeyMode.LIVE)
        await world.core.bus.execute(RevokeKey(key_id))
        await world.core.bus.execute(Withdraw(theirs.partner, theirs.shop, "TRX", TRX, OUTSIDE))
        yield Stage(world, mine, theirs, revoked)


async def _merchant(world: World, name: str, orders: int) -> Merchant:
    """Make a merchant with so many paid orders."""
    partner, shop = await take_on(world.core, PartnerKind.MERCHANT, name, fee_ppm=FEE_PPM)
    _, key = await issue_secret(world.core, partner, KeyMode.LIVE)
    order, address, txid = "", "", ""
    for _ in range(orders):
        order, address = await _order(world, partner, shop, name)
        txid = await world.pay(address, PAID)
        await world.confirm()
    return Merchant(partner, shop, key, order, address, txid, orders)


async def _order(
    world: World, partner: PartnerId, shop: IntegrationId, name: str
) -> tuple[str, str]:
    command = OpenOrder(partner, shop, OrderKind.PAYMENT, "TRX", PAID, name, f"{name}-customer")
    opened = await world.core.bus.execute(command)
    return str(opened.order_id), opened.address or ""
