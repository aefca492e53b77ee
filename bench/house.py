"""Decide what house is measured: a merchant, an API client, parts as operators run them."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.children import BenchError, last_words, part
from bench.stand import Stand
from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.keys import prepare_signing_keys
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.adapters.simulators.world import SimulatedWorld
from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.register_partner import RegisterPartner
from cambist.bootstrap.access import DemoAccess, write_access
from cambist.bootstrap.brokers import (
    CLIENT,
    PUBLISHED_KEY,
    PUBLISHED_PRIVATE,
    seat,
    seed_terms,
)
from cambist.bootstrap.core import Core, open_core
from cambist.bootstrap.onboarding import issue_secret
from cambist.bootstrap.prices import price_worker
from cambist.bootstrap.processes import SUPERVISED
from cambist.domain.market.assets import CHAINS
from cambist.domain.partners.partners import Integration, KeyMode, PartnerKind
from cambist.domain.partners.rules import OPEN_ORDERS_MAX
from cambist.domain.partners.states import IntegrationStatus
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.settings import Settings
from cambist.workers.chainwatch import ChainWatch

HOST = "127.0.0.1"
FEE_PPM = 5_000
FRESHEN_INTERVAL_S = 5.0
READY_TIMEOUT_S = 60
READY_POLL_S = 0.05
RATE_LIMIT = 1_000_000
TOKEN_BYTES = 32
LISTENING = "0A"
"""The state of a listening socket in the kernel's table."""


@dataclass(frozen=True, slots=True)
class Api:
    """Hold where api processes listen."""

    port: int
    processes: tuple[asyncio.subprocess.Process, ...]


@dataclass(frozen=True)
class House:
    """Hold a core with a merchant and an API client, and the settings its processes share."""

    core: Core
    folder: Path
    url: str
    partner: PartnerId
    shop: IntegrationId
    secret: str
    client_key: str

    def settings(self, **extra: object) -> dict[str, str]:
        """Write the settings of a part: the sandbox's own, and limits nobody meets."""
        return {
            "CAMBIST_DATABASE_URL": self.url,
            "CAMBIST_VAR_DIR": str(self.folder),
            "CAMBIST_RATE_PER_ADDRESS": str(RATE_LIMIT),
            "CAMBIST_RATE_PER_KEY": str(RATE_LIMIT),
            SUPERVISED: "1",
            **{f"CAMBIST_{name}": str(value) for name, value in extra.items()},
        }

    async def count(self, query: str, *arguments: Any) -> int:
        """Ask the database for a number."""
        return int(await self.core.pool.fetchval(query, *arguments))

    @asynccontextmanager
    async def api(self, processes: int) -> AsyncIterator[Api]:
        """Run api processes on one port of their own until the block ends."""
        port = free_port()
        env = self.settings(PORT=port, API_PROCESSES=processes)
        log = self.folder / f"api-{port}.log"
        async with AsyncExitStack() as stack:
            command = ("cambist.cli", "api")
            running = [
                await stack.enter_async_context(part(command, env, log)) for _ in range(processes)
            ]
            await listening(port, processes, running, log)
            yield Api(port, tuple(running))

    @asynccontextmanager
    async def part(self, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run another part until the block ends."""
        log = self.folder / f"{name}.log"
        async with part(("cambist.cli", name), self.settings(), log) as process:
            yield process
            if process.returncode is not None:
                raise BenchError(f"{name} ended by itself: {last_words(log)}")

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Keep prices and chains fresh from this process, every FRESHEN_INTERVAL_S."""
        core = self.core
        holder = str(core.entropy.new_id())
        watches = [
            ChainWatch(CHAINS[chain], port, core.bus, core.work, holder, core.hot_address(chain))
            for chain, port in core.chains.items()
        ]
        prices = price_worker(core)

        async def freshen() -> None:
            await core.clock.refresh()
            await prices.run_round()
            for watch in watches:
                await watch.run_once()

        async def forever() -> None:
            for _ in itertools.count():
                await asyncio.sleep(FRESHEN_INTERVAL_S)
                await freshen()

        await freshen()
        task = asyncio.create_task(forever())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            for watch in watches:
                await watch.release()
            await prices.close()


@asynccontextmanager
async def open_house(stand: Stand, name: str) -> AsyncIterator[House]:
    """Make a house on a fresh database: keys, simulated chains, terms, merchant, API client."""
    async with stand.database(name) as url:
        folder = stand.folder / name
        folder.mkdir()
        settings = Settings(database_url=url, var_dir=folder)
        setups = [node.setup(chain) for chain, node in settings.chains.items()]
        prepare_signing_keys(settings.keys_dir, setups)
        owner = await open_pool(url, size=2, role=None)
        await SimulatedChain.install(owner)
        await SimulatedWorld.install(owner)
        await close_pool(owner)
        async with open_core(settings) as core:
            merchant = RegisterPartner(PartnerKind.MERCHANT, "Merchant")
            partner: PartnerId = await core.bus.execute(merchant)
            shop = IntegrationId(core.entropy.new_id())
            active = IntegrationStatus.ACTIVE
            terms = Integration(
                id=shop,
                partner_id=partner,
                name="Shop",
                url="https://shop.example",
                status=active,
                fee_ppm=FEE_PPM,
                max_open_orders=OPEN_ORDERS_MAX,
            )
            await core.bus.execute(PutIntegration(terms))
            _, secret = await issue_secret(core, partner, KeyMode.SANDBOX)
            await seed_terms(core)
            _, client_key = await issue_secret(core, await seat(core, CLIENT), KeyMode.SANDBOX)
            access = DemoAccess(
                base_url=settings.base_url,
                token=core.entropy.token(TOKEN_BYTES),
                api_key=secret,
                integration_id=str(shop),
                other_api_key=secret,
                affiliate=(PUBLISHED_KEY, PUBLISHED_PRIVATE),
                other_affiliate=(PUBLISHED_KEY, PUBLISHED_PRIVATE),
                client_key=client_key,
                other_client_key=client_key,
            )
            write_access(settings, access)
            yield House(core, folder, url, partner, shop, secret, client_key)


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def listening(
    port: int, sockets: int, running: list[asyncio.subprocess.Process], log: Path
) -> None:
    """Wait until so many processes listen on a port.

    Raises:
        BenchError: a process ended, or it took too long.
    """
    for _ in range(round(READY_TIMEOUT_S / READY_POLL_S)):
        if any(process.returncode is not None for process in running):
            raise BenchError(f"did not start: {last_words(log)}")
        if _listeners(port) >= sockets:
            return
        await asyncio.sleep(READY_POLL_S)
    raise BenchError(f"nobody listens after {READY_TIMEOUT_S} s: {last_words(log)}")


def _listeners(port: int) -> int:
    """Count who listens on a port, by the kernel's own table."""
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    fields = [row.split() for row in rows]
    wanted = f":{port:04X}"
    return sum(row[1].endswith(wanted) and row[3] == LISTENING for row in fields)
