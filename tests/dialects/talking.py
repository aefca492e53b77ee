"""Decide how tests talk to an application in this process: over its ASGI, with a key."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httpx2
from litestar.types import ASGIApp

from tests.world import World

Hooks = dict[str, list[Callable[[httpx2.Request], Awaitable[None]]]]


def talk(app: ASGIApp, address: str, key: str) -> httpx2.AsyncClient:
    """Make a client of an application at an address, to be entered; it sends the key always."""
    # Clients type applications by the ASGI specification's dictionaries, Litestar by its own.
    transport = httpx2.ASGITransport(cast("Any", app))
    return httpx2.AsyncClient(transport=transport, base_url=address, headers={"X-API-Key": key})


def pricing(world: World) -> Hooks:
    """Make what a client does before each request: price anew what grew old on a slow machine."""
    turn = asyncio.Lock()

    async def before(_: httpx2.Request) -> None:
        async with turn:
            await world.keep_prices()

    return {"request": [before]}
