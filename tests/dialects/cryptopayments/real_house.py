"""Decide what a whole house looks like through the gateway: web, core, database, chains."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx2

from cambist.app.partners.register_partner import RegisterPartner
from cambist.bootstrap.access import DemoAccess, write_access
from cambist.bootstrap.onboarding import issue_secret
from cambist.bootstrap.web import open_web
from cambist.domain.partners.partners import KeyMode, PartnerKind
from cambist.kernel.ids import ApiKeyId, PartnerId
from tests.dialects.cryptopayments.gateway import BASE
from tests.dialects.talking import pricing, talk
from tests.world import World, open_world

TRX = 1_000_000


@dataclass
class House:
    """Hold a merchant's client, a stranger's client, and the world behind them."""

    world: World
    app: Any
    merchant: httpx2.AsyncClient
    stranger: httpx2.AsyncClient
    key_id: ApiKeyId
    secret: str

    @property
    def shop(self) -> str:
        """Give the merchant's integration as it is written on the wire."""
        return str(self.world.shop)

    async def deposit(self, amount: str = "1", asset: str = "TRX") -> dict[str, str]:
        """Open a deposit order over the wire."""
        body = {"integrationId": self.shop, "amount": amount, "assetId": asset}
        response = await self.merchant.post("/order/deposit", json=body)
        assert response.status_code == 201, response.text
        opened: dict[str, str] = response.json()
        return opened

    async def paid(self, units: int = TRX) -> dict[str, str]:
        """Open a deposit order, pay it on the chain and let it be confirmed."""
        opened = await self.deposit()
        await self.world.pay(opened["paymentAddress"], units)
        await self.world.confirm()
        return opened

    async def show(self, order_id: str) -> dict[str, Any]:
        """Get an order over the wire."""
        response = await self.merchant.get(f"/orders/{order_id}")
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown


@asynccontextmanager
async def open_house(database_url: str, folder: Path) -> AsyncIterator[House]:
    """Open a house with one merchant that has a shop, and a stranger with a key of its own."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(database_url, folder))
        register = RegisterPartner(PartnerKind.MERCHANT, "Stranger")
        stranger: PartnerId = await world.core.bus.execute(register)
        key_id, secret = await issue_secret(world.core, world.partner, KeyMode.SANDBOX)
        _, foreign = await issue_secret(world.core, stranger, KeyMode.SANDBOX)
        settings = world.core.settings
        access = DemoAccess(settings.base_url, "token", secret, str(world.shop), foreign)
        write_access(settings, access)
        app = cast("Any", await stack.enter_async_context(open_web(world.core)))
        merchant, outsider = [
            await stack.enter_async_context(talk(app, f"http://gateway.example{BASE}", key))
            for key in (secret, foreign)
        ]
        merchant.event_hooks = pricing(world)
        yield House(world, app, merchant, outsider, key_id, secret)
