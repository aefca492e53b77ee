"""Decide what sandbox tests stand on: a seeded core, its control pages, watchers that follow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from cambist.adapters.keys import prepare_signing_keys
from cambist.app.orders.open_order import OpenedOrder, OpenOrder
from cambist.app.orders.withdraw import Withdraw
from cambist.app.paying import PromisedOrder
from cambist.bootstrap.access import DemoAccess, read_access
from cambist.bootstrap.core import Core, open_core
from cambist.bootstrap.prices import price_worker
from cambist.bootstrap.sandbox import sandbox_services
from cambist.bootstrap.seed import seed_sandbox
from cambist.domain.market.assets import CHAINS
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind
from cambist.http.dispatch import Dispatcher, Mount
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.pages.sandbox import SandboxServices, sandbox_app
from cambist.pages.sandbox.app import PREFIX
from cambist.settings import Settings
from cambist.workers.chainwatch import ChainWatch

WATCH_EVERY_S = 0.02


def settings_for(url: str, folder: Path, **chosen: Any) -> Settings:
    """Set up a sandbox in a folder, its keys made."""
    settings = Settings(database_url=url, var_dir=folder, **chosen)
    setups = [node.setup(chain) for chain, node in settings.chains.items()]
    prepare_signing_keys(settings.keys_dir, setups)
    return settings


@dataclass
class Rig:
    """Hold a running sandbox: `client` carries the token, `stranger` nothing."""

    core: Core
    access: DemoAccess
    partner: PartnerId
    services: SandboxServices
    client: httpx2.AsyncClient
    stranger: httpx2.AsyncClient

    async def open(self, units: int = 1_000_000, asset: str = "TRX") -> OpenedOrder:
        """Open a payment order of the demo shop, at prices of now."""
        await self.services.refresh()
        shop = IntegrationId(UUID(self.access.integration_id))
        command = OpenOrder(self.partner, shop, OrderKind.PAYMENT, asset, units, None, None)
        opened: OpenedOrder = await self.core.bus.execute(command)
        return opened

    async def withdraw(self, units: int, asset: str, destination: str) -> PromisedOrder:
        """Ask for a withdrawal of the demo shop."""
        shop = IntegrationId(UUID(self.access.integration_id))
        command = Withdraw(self.partner, shop, asset, units, destination)
        promised: PromisedOrder = await self.core.bus.execute(command)
        return promised

    async def order(self, order_id: OrderId) -> Order:
        """Read an order."""
        found = await self.core.queries.order_of_event(order_id)
        assert found is not None
        return found[0].order

    async def post(self, path: str, expected: int = 200, **body: Any) -> Any:
        """Post a body to an operation and read its answer of an expected status."""
        answer = await self.client.post(path, json=body)
        assert answer.status_code == expected, answer.text
        return answer.json()

    async def get(self, path: str, status: int = 200) -> Any:
        """Read an operation's answer of a status."""
        answer = await self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()


def violations(problem: dict[str, Any]) -> set[str]:
    """List the fields a problem names."""
    return {violation["propertyPath"] for violation in problem.get("violations", [])}


def watches_of(core: Core) -> list[ChainWatch]:
    """Make a watcher for each chain."""
    return [
        ChainWatch(CHAINS[chain], port, core.bus, core.work, "rig", core.hot_address(chain))
        for chain, port in core.chains.items()
    ]


@asynccontextmanager
async def following(core: Core) -> AsyncIterator[None]:
    """Let every chain be watched while the block runs."""

    async def follow(watch: ChainWatch) -> None:
        while not stop.is_set():
            await watch.run_once()
            await asyncio.sleep(WATCH_EVERY_S)
        await watch.release()

    stop = asyncio.Event()
    tasks = [asyncio.create_task(follow(watch)) for watch in watches_of(core)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def open_rig(
    url: str, folder: Path, *, is_watched: bool = True, **changed: Any
) -> AsyncIterator[Rig]:
    """Seed a sandbox where it is not, and open its pages; `changed` are services to put in."""
    settings = settings_for(url, folder)
    await seed_sandbox(settings)
    access = read_access(settings)
    assert access is not None
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings))
        services = replace(sandbox_services(core, access, price_worker(core)), **changed)
        await services.refresh()
        if is_watched:
            await stack.enter_async_context(following(core))
        app = sandbox_app(services)
        root: Any = Dispatcher([Mount(PREFIX, app)], app)
        transport = httpx2.ASGITransport(root)
        base = f"{settings.base_url}{PREFIX}/v1"
        token = {"Authorization": f"Bearer {access.token}"}
        client = httpx2.AsyncClient(transport=transport, base_url=base, headers=token)
        stranger = httpx2.AsyncClient(transport=transport, base_url=base)
        principal = await core.queries.partner_of_key(access.api_key)
        assert principal is not None
        yield Rig(
            core,
            access,
            principal.partner_id,
            services,
            await stack.enter_async_context(client),
            await stack.enter_async_context(stranger),
        )
