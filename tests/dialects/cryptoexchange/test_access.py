"""Show who gets in, what is asked of the database for it, and what is never told."""

from datetime import timedelta

import httpx2
import pytest

from tests.dialects.cryptoexchange.exchange import BASE, KEY, OTHER_KEY, World
from tests.dialects.cryptoexchange.views import BUY, CUSTODY, FOREIGN, IBAN, SELL

PRICE = "/rates?fiat=EUR&crypto=LTC&fiatAmount=100"


@pytest.mark.parametrize("key", ["", "unknown", "x" * 5_000, KEY.upper()])
async def test_without_a_live_key_nothing_is_told(
    key: str, client: httpx2.AsyncClient, world: World
) -> None:
    client.headers["X-API-Key"] = key
    for path in ("/configuration", PRICE, f"/orders/{BUY}", f"/addresses/{CUSTODY}/balance"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "credential-invalid")
        assert answer.headers["www-authenticate"].startswith('ApiKey realm="cryptoexchange"')
    assert world.market.asked == []


async def test_prices_ask_the_database_for_nothing_but_a_new_key(
    client: httpx2.AsyncClient, world: World
) -> None:
    for _ in range(20):
        assert (await client.get(PRICE)).status_code == 200
    assert (world.clients.lookups, world.assets.asked) == (1, 1)
    assert len(world.market.asked) == 20


async def test_what_is_enabled_is_asked_again_after_a_while(
    client: httpx2.AsyncClient, world: World
) -> None:
    await client.get(PRICE)
    world.assets.enabled = ("BTC",)
    assert (await client.get(PRICE)).status_code == 200
    world.clock.moment += timedelta(seconds=6)
    assert (await client.get(PRICE)).json()["code"] == "asset-not-supported"


async def test_another_clients_things_are_not_found(client: httpx2.AsyncClient) -> None:
    client.headers["X-API-Key"] = OTHER_KEY
    for path in (f"/orders/{BUY}", f"/addresses/{CUSTODY}/balance?crypto=LTC"):
        assert (await client.get(path)).status_code == 404
    assert (await client.post(f"/orders/{SELL}/cancel")).status_code == 404
    own = await client.get("/customers/shared%20customer%20%2F%207/orders")
    assert [order["id"] for order in own.json()["items"]] == [FOREIGN]


async def test_an_order_tells_nothing_about_the_person(client: httpx2.AsyncClient) -> None:
    text = (await client.get(f"/orders/{SELL}")).text
    for secret in ("jana@shop.example", "+420601123456", "Jana", IBAN):
        assert secret not in text


async def test_addresses_are_judged_by_computation_alone(
    client: httpx2.AsyncClient, world: World
) -> None:
    body = {"crypto": "USDT_TRC20", "address": "anything at all"}
    assert (await client.post("/addresses/validate", json=body)).status_code == 200
    assert world.book.inspected == [("tron", "anything at all")]
    assert world.bus.commands == []


async def test_the_key_of_a_request_is_the_clients_own(world: World) -> None:
    transport = httpx2.ASGITransport(world.asgi)
    headers = {"Idempotency-Key": "same"}
    body = {"crypto": "LTC", "customerId": "one"}
    for key in (KEY, OTHER_KEY):
        async with httpx2.AsyncClient(transport=transport, headers={"X-API-Key": key}) as client:
            url = f"http://exchange.example{BASE}/addresses"
            assert (await client.post(url, json=body, headers=headers)).status_code == 201
    assert len({gate.tenant for _, gate in world.bus.commands if gate is not None}) == 2
