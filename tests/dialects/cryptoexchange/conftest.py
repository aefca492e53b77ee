"""Decide what wire tests start from: a fresh fake world and a client of it."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.dialects.cryptoexchange.exchange import BASE, KEY, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(world.asgi)
    address = f"http://exchange.example{BASE}"
    headers = {"X-API-Key": KEY}
    async with httpx2.AsyncClient(transport=transport, base_url=address, headers=headers) as one:
        yield one
