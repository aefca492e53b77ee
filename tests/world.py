"""Decide what a whole core in one process looks like to a test: real database, simulated chains."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.feeds.fixed import FixedFeed
from cambist.adapters.keys import SEED_FILE, prepare_signing_keys
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import OnceLog
from cambist.adapters.signing.rules import SigningPolicy
from cambist.adapters.signing.signer import Signer
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.app.orders.open_order import OpenedOrder, OpenOrder
from cambist.app.partners.register_partner import RegisterPartner
from cambist.bootstrap.core import Core, open_core
from cambist.bus.bus import Gate
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind
from cambist.domain.partners.partners import PartnerKind
from cambist.domain.pricing.guards import GuardLimits
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.ports.queries import OrderView
from cambist.ports.signer import SignedTransfer, SpendIntent
from cambist.settings import NodeSettings, Settings
from cambist.workers.chainwatch import ChainWatch
from cambist.workers.clockwork import Clockwork
from cambist.workers.payouts import PayoutWorker
from cambist.workers.prices import PriceWorker
from tests.partners_made import open_channel

FEE_PPM = 5_000
REFRESH_S = 5
HOUR = timedelta(hours=1)


class LocalSigner:
    """Reach the real signer without a process in between."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    async def sign(self, intent: SpendIntent) -> SignedTransfer:
        """Sign an intent."""
        return self._signer.sign(intent)


@dataclass
class World:
    """Hold a core with its watchers and hands, moved step by step by the test."""

    core: Core
    signer: LocalSigner
    partner: PartnerId
    shop: IntegrationId
    watches: dict[str, ChainWatch] = field(default_factory=dict)
    payouts: dict[str, PayoutWorker] = field(default_factory=dict)
    priced_at: float = 0.0

    def chain(self, asset: str) -> Any:
        """Give the hand that moves an asset's chain."""
        return self.core.controls[ASSETS[asset].chain or ""]

    async def standing(self, asset: str, address: str) -> int:
        """Ask the chain itself what an address holds."""
        return await self.core.chains[ASSETS[asset].chain or ""].balance(asset, address)

    async def do(self, command: object, key: str = "") -> Any:
        """Run a command, once for a key."""
        await self.keep_prices()
        gate = Gate(str(self.partner), type(command).__name__, key) if key else None
        return await self.core.bus.execute(command, gate)

    async def open(
        self, units: int | None, asset: str = "TRX", shop: IntegrationId | None = None
    ) -> OpenedOrder:
        """Open a payment order, or a deposit when no units are asked."""
        kind = OrderKind.DEPOSIT if units is None else OrderKind.PAYMENT
        command = OpenOrder(self.partner, shop or self.shop, kind, asset, units, None, None)
        opened: OpenedOrder = await self.do(command)
        return opened

    async def add_shop(self, **terms: Any) -> IntegrationId:
        """Add an integration with terms of its own."""
        told = {"name": "Shop", "fee_ppm": FEE_PPM, **terms}
        return await open_channel(self.core, self.partner, **told)

    async def watch(self, asset: str = "TRX") -> None:
        """Let the watcher of an asset's chain catch up."""
        watch = self.watches[ASSETS[asset].chain or ""]
        while await watch.run_once():
            pass

    async def pay(self, address: str | None, units: int, asset: str = "TRX", mine: int = 0) -> str:
        """Pay an address from outside, mine, and let the watcher see it."""
        txid: str = await self.chain(asset).pay(address or "", asset, units)
        await self.watch(asset)
        if mine:
            await self.mine(mine, asset)
        return txid

    async def mine(self, blocks: int, asset: str = "TRX") -> None:
        """Mine blocks and let the watcher see them."""
        await self.chain(asset).mine(blocks)
        await self.watch(asset)

    async def confirm(self, asset: str = "TRX") -> None:
        """Mine as many blocks as make money real."""
        await self.mine(CHAINS[ASSETS[asset].chain or ""].confirmations, asset)

    async def fund_hot(self, asset: str, units: int) -> None:
        """Give the house money of its own on the hot address."""
        await self.pay(self.core.hot_address(ASSETS[asset].chain or ""), units, asset)
        await self.confirm(asset)

    async def pay_out(self, asset: str = "TRX") -> None:
        """Take every open withdrawal of a chain to its end, mining as needed."""
        worker = self.payouts[ASSETS[asset].chain or ""]
        for _ in range(6):
            await worker.run_once()
            await self.confirm(asset)
        await worker.run_once()

    async def advance(self, seconds: int) -> None:
        """Let time pass for the core, and what time brings about happen."""
        await self.core.pool.execute(
            "insert into sandbox_clock values (1, $1) on conflict (id) do update"
            " set seconds = sandbox_clock.seconds + $1",
            seconds,
        )
        await self.refresh()
        await Clockwork(self.core.bus, self.core.work).run_once()

    async def begin_hour(self) -> None:
        """Go on to the next full hour of the core, so that no window of time ends meanwhile."""
        now = await self.core.queries.now()
        await self.advance((HOUR - (now - datetime.min.replace(tzinfo=UTC)) % HOUR).seconds + 1)

    async def keep_prices(self) -> None:
        """Price anew where the machine is so slow that prices would grow old within a test.

        Only prices that are there: a test may have taken them away.
        """
        if time.monotonic() - self.priced_at < REFRESH_S:
            return
        if await self.core.pool.fetchval("select exists (select from price_current)"):
            await self._price()

    async def _price(self) -> None:
        await price_worker(self.core).run_round()
        self.core.quotes.forget()
        self.priced_at = time.monotonic()

    async def refresh(self) -> None:
        """Bring prices and watchers up to the core's time."""
        await self.core.clock.refresh()
        await self._price()
        for watch in self.watches.values():
            await watch.run_once()

    async def view(self, order_id: OrderId) -> OrderView:
        """Show an order."""
        found = await self.core.queries.order_of_event(order_id)
        assert found is not None
        return found[0]

    async def order(self, order_id: OrderId) -> Order:
        """Show an order's own fields."""
        return (await self.view(order_id)).order

    async def balance(self, owner: str, asset: str = "TRX") -> int:
        """Sum the entries of an account, the only truth about a balance."""
        total = await self.core.pool.fetchval(
            "select coalesce(sum(units), 0) from entries e join accounts a on a.id = e.account_id"
            " where a.owner = $1 and a.asset = $2",
            owner,
            asset,
        )
        return int(total)

    async def merchant(self, asset: str = "TRX") -> int:
        """Give what the merchant is owed."""
        return await self.balance(f"partner:{self.partner}", asset)

    async def imbalance(self) -> dict[str, int]:
        """List the assets whose entries do not sum to zero."""
        rows = await self.core.pool.fetch(
            "select asset, sum(units) from entries group by asset having sum(units) <> 0"
        )
        return {row[0]: int(row[1]) for row in rows}


def price_worker(core: Core) -> PriceWorker:
    """Price everything at the demo mids from two sources."""
    now = core.clock.now
    limits = GuardLimits(max_jump_ppm=None, bands={})
    return PriceWorker([FixedFeed("one", now), FixedFeed("two", now)], core.prices, now, limits)


@asynccontextmanager
async def open_world(
    url: str, folder: Path, nodes: Mapping[str, NodeSettings] | None = None, **settings: Any
) -> AsyncIterator[World]:
    """Open a core on a migrated database, with one merchant and one shop."""
    chains = {**{chain: NodeSettings() for chain in CHAINS}, **(nodes or {})}
    chosen = Settings(database_url=url, var_dir=folder, chains=chains, **settings)
    setups = [node.setup(chain) for chain, node in chosen.chains.items()]
    prepare_signing_keys(chosen.keys_dir, setups)
    owner = await open_pool(url, size=2, role=None)
    await SimulatedChain.install(owner)
    await close_pool(owner)
    keystore = KeyStore.load(chosen.keys_dir / SEED_FILE, setups)
    log = OnceLog(folder / "signer.log")
    signer = LocalSigner(Signer(keystore, log, SigningPolicy()))
    async with open_core(chosen) as core:
        partner = await core.bus.execute(RegisterPartner(PartnerKind.MERCHANT, "Merchant"))
        world = World(core, signer, partner, IntegrationId(core.entropy.new_id()))
        parts = (core.bus, core.work, "test")
        for chain, port in core.chains.items():
            hot = core.hot_address(chain)
            world.watches[chain] = ChainWatch(CHAINS[chain], port, *parts, hot)
            world.payouts[chain] = PayoutWorker(CHAINS[chain], port, signer, *parts, hot)
        await world.refresh()
        world.shop = await world.add_shop()
        yield world
    log.close()


@asynccontextmanager
async def kept_fresh(world: World) -> AsyncIterator[None]:
    """Keep prices and watchers up to real time while somebody calls for as long as it takes."""

    async def refresh() -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            await world.refresh()

    task = asyncio.create_task(refresh())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
