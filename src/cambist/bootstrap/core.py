"""Decide what every process shares: database, bus, keys, chains."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from cambist.adapters.chain_families.core_rpc import CoreParams, CoreRpcChain
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from cambist.adapters.chain_families.keys import DerivedAddressBook
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.chains import bitcoin, litecoin
from cambist.adapters.clock import CoreClock
from cambist.adapters.db.answers import answerers
from cambist.adapters.db.health import PostgresHealth
from cambist.adapters.db.pool import Pool, close_pool, open_pool
from cambist.adapters.db.prices import CachedPrices, PostgresPrices
from cambist.adapters.db.queries import PostgresQueries
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.db.work import PostgresWork
from cambist.adapters.keys import PUBLIC_FILE, open_vault
from cambist.adapters.meters import BusMeter
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.adapters.simulators.core_regtest import RegtestControl
from cambist.adapters.simulators.world import SimulatedWorld
from cambist.adapters.vault.entropy import SystemEntropy
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.app.custody.allot_coins import allot_coins
from cambist.app.custody.confirm_payment import confirm_payment
from cambist.app.custody.drop_payment import drop_payment
from cambist.app.custody.give_up import give_up
from cambist.app.custody.mark_broadcast import mark_broadcast
from cambist.app.custody.observe_block import observe_block
from cambist.app.custody.observe_mempool import observe_mempool
from cambist.app.custody.plan_sweep import plan_sweep
from cambist.app.custody.register_hot import register_hot
from cambist.app.custody.roll_back import roll_back
from cambist.app.custody.settle_withdrawal import settle_withdrawal
from cambist.app.custody.store_signed import store_signed
from cambist.app.custody.take_lease import take_lease
from cambist.app.orders.choose_asset import choose_asset
from cambist.app.orders.expire_order import expire_order
from cambist.app.orders.open_order import open_order
from cambist.app.orders.refund_order import refund_order
from cambist.app.orders.return_excess import return_excess
from cambist.app.orders.send_crypto import send_crypto
from cambist.app.orders.withdraw import withdraw
from cambist.app.partners.issue_key import issue_key
from cambist.app.partners.put_integration import put_integration
from cambist.app.partners.register_partner import register_partner
from cambist.app.partners.revoke_key import revoke_key
from cambist.app.webhooks.defer_callback import defer_callback
from cambist.app.webhooks.enqueue_callback import enqueue_callback
from cambist.app.webhooks.record_attempt import record_attempt
from cambist.app.webhooks.redeliver_callback import redeliver_callback
from cambist.bus.answers import register
from cambist.bus.bus import Bus
from cambist.domain.market.assets import CHAINS
from cambist.ports.chain import ChainControl, ChainPort
from cambist.ports.signer import Branch, KeyPath
from cambist.settings import NodeKind, NodeSettings, Settings

USE_CASES = (
    allot_coins,
    choose_asset,
    confirm_payment,
    defer_callback,
    drop_payment,
    enqueue_callback,
    expire_order,
    give_up,
    issue_key,
    mark_broadcast,
    observe_block,
    observe_mempool,
    open_order,
    plan_sweep,
    put_integration,
    record_attempt,
    redeliver_callback,
    refund_order,
    register_hot,
    register_partner,
    return_excess,
    revoke_key,
    roll_back,
    send_crypto,
    settle_withdrawal,
    store_signed,
    take_lease,
    withdraw,
)

CORE_RPC: Mapping[str, CoreParams] = {
    "bitcoin": bitcoin.PARAMS,
    "litecoin": litecoin.PARAMS,
}


@dataclass(frozen=True)
class Core:
    """Hold the parts every process shares."""

    settings: Settings
    pool: Pool
    book: DerivedAddressBook
    entropy: SystemEntropy
    vault: AesGcmVault
    clock: CoreClock
    prices: PostgresPrices
    quotes: CachedPrices
    queries: PostgresQueries
    work: PostgresWork
    bus: Bus
    chains: Mapping[str, ChainPort]
    controls: Mapping[str, ChainControl]
    world: SimulatedWorld
    health: PostgresHealth
    registry: CollectorRegistry

    async def beat(self, name: str) -> None:
        """Note that a worker lives and works."""
        await self.health.beat(name)

    def hot_address(self, chain: str) -> str:
        """Give our hot address on a chain."""
        return self.book.derive(chain, KeyPath(Branch.HOT, 0))


@asynccontextmanager
async def open_core(settings: Settings) -> AsyncIterator[Core]:
    """Connect everything a process needs, and release it in the end."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.database_url, size=settings.pool_size)
        stack.push_async_callback(close_pool, pool)
        book = DerivedAddressBook.from_file(settings.keys_dir / PUBLIC_FILE)
        entropy = SystemEntropy()
        prices = PostgresPrices(pool)
        cached = CachedPrices(prices, time.monotonic)
        store = PostgresStore(pool, answerers(book, cached))
        registry = CollectorRegistry()
        meter, lanes = BusMeter(registry), settings.bus_lanes
        bus = Bus(store, register(USE_CASES), entropy, book, lanes=lanes, observer=meter)
        stack.push_async_callback(bus.close)
        clock = CoreClock(pool)
        await clock.refresh()
        chains: dict[str, ChainPort] = {}
        controls: dict[str, ChainControl] = {}
        for chain, node in settings.chains.items():
            chains[chain], control = await _node(pool, chain, node, book)
            stack.push_async_callback(chains[chain].close)
            if control is not None:
                controls[chain] = control
        yield Core(
            settings=settings,
            pool=pool,
            book=book,
            entropy=entropy,
            vault=open_vault(settings.vault_keys.get_secret_value(), settings.keys_dir),
            clock=clock,
            prices=prices,
            quotes=cached,
            queries=PostgresQueries(pool, cached),
            work=PostgresWork(pool),
            bus=bus,
            chains=chains,
            controls=controls,
            world=SimulatedWorld(pool),
            health=PostgresHealth(pool),
            registry=registry,
        )


async def _node(
    pool: Pool, chain: str, node: NodeSettings, book: DerivedAddressBook
) -> tuple[ChainPort, ChainControl | None]:
    """Build what stands behind a chain, and the hand that moves it where it is ours alone."""
    if node.kind is NodeKind.SIMULATED:
        hot = book.derive(chain, KeyPath(Branch.HOT, 0))
        simulated = SimulatedChain(pool, CHAINS[chain], node.network, token_fee_account=hot)
        return simulated, simulated
    client = CoreRpcClient(node.url, node.user, node.password.get_secret_value())
    port = CoreRpcChain(CORE_RPC[chain], node.network, client)
    if node.network is not Network.REGTEST:
        return port, None
    return port, RegtestControl(chain, client)
