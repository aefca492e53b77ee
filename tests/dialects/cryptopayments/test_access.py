"""Show who gets in, what others' things look like, and how often one may ask."""

import httpx2
import pytest

from cambist.http.callers import KNOWN_FOR_S
from cambist.http.limits import Limits, RateLimit
from tests.dialects.cryptopayments.gateway import (
    BASE,
    DESTINATION,
    INTEGRATION,
    KEY,
    MERCHANT,
    NOW,
    ORDER,
    OTHER_KEY,
    World,
)
from tests.dialects.fakes import StandingClock
from tests.dialects.talking import talk

NS = 1_000_000_000
BODY = {"integrationId": INTEGRATION}
PAYOUT = {"amount": "1", "assetId": "TRX", "destinationAddress": DESTINATION}
GUARDED = [
    ("GET", "/integrations"),
    ("GET", "/assets"),
    ("GET", "/exchange-rates"),
    ("POST", "/order/deposit"),
    ("POST", "/order/payment"),
    ("GET", "/orders"),
    ("GET", f"/orders/{ORDER}"),
    ("GET", "/transactions/705"),
    ("POST", "/order/refund"),
    ("POST", "/order/withdrawal"),
    ("POST", "/order/transfer"),
]


@pytest.mark.parametrize("secret", [None, "", "wrong", KEY.upper(), KEY + "x", "x" * 5_000])
@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_nobody_gets_in_without_a_live_key(
    method: str, path: str, secret: str | None, client: httpx2.AsyncClient, world: World
) -> None:
    del client.headers["X-API-Key"]
    headers = {} if secret is None else {"X-API-Key": secret}
    response = await client.request(method, path, headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "credential-invalid")
    assert response.headers["www-authenticate"].startswith("ApiKey")
    assert world.bus.commands == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/orders/{ORDER}", None),
        ("GET", "/transactions/705", None),
        ("GET", f"/orders?integrationId={INTEGRATION}", None),
        ("POST", "/order/deposit", BODY),
        ("POST", "/order/payment", {**BODY, "amount": "1", "assetId": "TRX"}),
        ("POST", "/order/refund", {**PAYOUT, "refundOrderId": ORDER}),
        ("POST", "/order/withdrawal", {**PAYOUT, **BODY}),
        ("POST", "/order/transfer", {**PAYOUT, **BODY, "transferAddress": DESTINATION}),
    ],
)
async def test_another_merchants_things_are_not_found(
    method: str, path: str, body: object, client: httpx2.AsyncClient
) -> None:
    own = await client.request(method, path, json=body)
    assert own.status_code < 300
    foreign = await client.request(method, path, json=body, headers={"X-API-Key": OTHER_KEY})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not-found")


async def test_lists_hold_the_callers_own_only(client: httpx2.AsyncClient) -> None:
    for path in ("/orders", "/integrations"):
        own = {one["id"] for one in (await client.get(path)).json()["data"]}
        foreign = await client.get(path, headers={"X-API-Key": OTHER_KEY})
        assert own.isdisjoint(one["id"] for one in foreign.json()["data"])


async def test_a_key_is_looked_up_once_for_some_seconds(
    client: httpx2.AsyncClient, world: World
) -> None:
    for _ in range(3):
        await client.get("/assets")
    assert world.queries.lookups == 1
    world.clock.ns += KNOWN_FOR_S * NS
    await client.get("/assets")
    assert world.queries.lookups == 2
    assert world.recorder.used == [MERCHANT.key_id] * 2


async def test_a_key_asks_as_often_as_its_limit_allows() -> None:
    clock = StandingClock(NOW)
    limits = Limits.build(clock.monotonic_ns, by_key=RateLimit(per_second=1, burst=3))
    world = World(limits)
    async with _client(world) as client:
        statuses = [(await client.get("/assets")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        refused = await client.get("/assets")
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["code"] == "rate-limited"
        other = await client.get("/assets", headers={"X-API-Key": OTHER_KEY})
        assert other.status_code == 200
        clock.ns += NS
        assert (await client.get("/assets")).status_code == 200


async def test_an_address_asks_as_often_as_its_limit_allows() -> None:
    clock = StandingClock(NOW)
    limits = Limits.build(clock.monotonic_ns, by_address=RateLimit(per_second=1, burst=2))
    async with _client(World(limits)) as client:
        statuses = [
            (await client.get("/assets", headers={"X-API-Key": key})).status_code
            for key in (KEY, OTHER_KEY, KEY)
        ]
    assert statuses == [200, 200, 429]


async def test_guessing_keys_ends_in_a_limit_before_the_database() -> None:
    clock = StandingClock(NOW)
    limits = Limits.build(clock.monotonic_ns, failures=RateLimit(per_second=1, burst=5))
    world = World(limits)
    async with _client(world) as client:
        statuses = [
            (await client.get("/assets", headers={"X-API-Key": f"guess-{n}"})).status_code
            for n in range(8)
        ]
    assert statuses == [401] * 5 + [429] * 3
    assert world.queries.lookups == 5


async def test_every_answer_carries_the_security_headers(client: httpx2.AsyncClient) -> None:
    for path in ("/assets", "/nothing", "/orders/x", "/openapi.json", "/docs"):
        headers = (await client.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "strict-transport-security" in headers


async def test_plain_http_promises_no_transport_security() -> None:
    async with _client(World(public_url="http://127.0.0.1:8000")) as client:
        assert "strict-transport-security" not in (await client.get("/assets")).headers


async def test_rounding_ends_with_its_day(client: httpx2.AsyncClient, world: World) -> None:
    body = {"integrationId": INTEGRATION, "amount": "1.2345678", "assetId": "TRX"}
    assert (await client.post("/order/payment", json=body)).status_code == 400
    headers = {"X-API-Key": "9cb604-d7be11-820606-a0f47e-3b0799"}
    rounded = await client.post("/order/payment", json=body, headers=headers)
    assert rounded.status_code == 201
    assert world.bus.commands[-1][0].amount == 1_234_567
    exact = await client.post("/order/payment", json={**body, "amount": "1.2"}, headers=headers)
    assert exact.status_code == 201
    assert len(world.recorder.rounded) == 1
    world.clock.moment = NOW.replace(day=17)
    late = await client.post("/order/payment", json=body, headers=headers)
    assert (late.status_code, late.json()["code"]) == (400, "amount-too-precise")


def _client(world: World) -> httpx2.AsyncClient:
    return talk(world.asgi, f"http://gateway.example{BASE}", KEY)
