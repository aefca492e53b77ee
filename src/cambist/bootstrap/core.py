"""Decide what every process shares: database, bus, keys, chains."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from cambist.adapters.chain_families.core_rpc import CoreParams, CoreRpcChain
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from cambist.adapters.chain_families.keys import DerivedAddressBook
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.chains import bitcoin, litecoin
from cambist.adapters.clock import CoreClock
from cambist.adapters.db.answers import Rules, answerers
from cambist.adapters.db.desk_queries import PostgresDesk
from cambist.adapters.db.health import PostgresHealth
from cambist.adapters.db.market_queries import PostgresMarket
from cambist.adapters.db.pool import Pool, close_pool, open_pool
from cambist.adapters.db.prices import CachedPrices, PostgresPrices
from cambist.adapters.db.queries import PostgresQueries
from cambist.adapters.db.secrets import PostgresSecrets
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.db.trade_queries import PostgresTrades
from cambist.adapters.db.work import PostgresWork
from cambist.adapters.keys import PUBLIC_FILE, open_index_key, open_vault
from cambist.adapters.meters import BusMeter
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.adapters.simulators.core_regtest import RegtestControl
from cambist.adapters.simulators.world import SimulatedWorld
from cambist.adapters.vault.entropy import SystemEntropy
from cambist.adapters.vault.privacy import VaultPrivacy
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.bootstrap.rails import RAILS, SANDBOX_ACCOUNTS, PayingIn
from cambist.bootstrap.use_cases import USE_CASES
from cambist.bus.answers import register
from cambist.bus.bus import Bus
from cambist.bus.scope import Tools
from cambist.domain.market.assets import CHAINS
from cambist.ports.chain import ChainControl, ChainPort
from cambist.ports.rails import HouseAccount
from cambist.ports.signer import Branch, KeyPath
from cambist.settings import Mode, NodeKind, NodeSettings, Settings

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
    privacy: VaultPrivacy
    rules: Rules
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
    paying_in: PayingIn
    trades: PostgresTrades
    market: PostgresMarket
    desk: PostgresDesk
    secrets: PostgresSecrets
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
        rules = Rules(settings.risk, time.monotonic)
        store = PostgresStore(pool, answerers(book, cached, rules))
        vault = open_vault(settings.vault_keys.get_secret_value(), settings.keys_dir)
        index_key = open_index_key(settings.index_key.get_secret_value(), settings.keys_dir)
        privacy = VaultPrivacy(vault, index_key)
        registry = CollectorRegistry()
        meter, lanes = BusMeter(registry), settings.bus_lanes
        use_cases = register(USE_CASES)
        tools = Tools(entropy, book, privacy, RAILS)
        bus = Bus(store, use_cases, tools, lanes=lanes, observer=meter)
        stack.push_async_callback(bus.close)
        clock = CoreClock(pool)
        await clock.refresh()
        paying_in = PayingIn(settings.bank_accounts or _sandbox_accounts(settings))
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
            vault=vault,
            privacy=privacy,
            rules=rules,
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
            paying_in=paying_in,
            trades=PostgresTrades(pool, privacy, paying_in),
            market=PostgresMarket(pool, cached, rules, clock.now),
            desk=PostgresDesk(pool, privacy),
            secrets=PostgresSecrets(pool),
            registry=registry,
        )


def _sandbox_accounts(settings: Settings) -> Sequence[HouseAccount]:
    """Give a sandbox accounts to be paid to; a live house has its own or none."""
    return SANDBOX_ACCOUNTS if settings.mode is Mode.SANDBOX else ()


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
