"""Show which repeats are one request: by header, else by the caller's own reference."""

from typing import Any

import httpx2
import pytest

from cambist.bus.bus import Gate
from tests.dialects.cryptopayments.gateway import DESTINATION, INTEGRATION, MERCHANT, ORDER, World

TENANT = str(MERCHANT.partner_id)
OPEN: dict[str, Any] = {"integrationId": INTEGRATION, "amount": "1", "assetId": "TRX"}
PAYOUT: dict[str, Any] = {"amount": "1", "assetId": "TRX", "destinationAddress": DESTINATION}
POSTS: list[tuple[str, str, dict[str, Any]]] = [
    ("/order/deposit", "deposit", OPEN),
    ("/order/payment", "payment", OPEN),
    ("/order/refund", "refund", {**PAYOUT, "refundOrderId": ORDER}),
    ("/order/withdrawal", "withdrawal", {**PAYOUT, "integrationId": INTEGRATION}),
    (
        "/order/transfer",
        "transfer",
        {**PAYOUT, "integrationId": INTEGRATION, "transferAddress": DESTINATION},
    ),
]
REFERRED = [post for post in POSTS if post[1] in ("deposit", "payment", "transfer")]


@pytest.mark.parametrize(("path", "operation", "body"), POSTS)
async def test_the_header_gates_every_post(
    path: str, operation: str, body: dict[str, Any], client: httpx2.AsyncClient, world: World
) -> None:
    headers = {"Idempotency-Key": "k 1~"}
    first = await client.post(path, json=body, headers=headers)
    again = await client.post(path, json=dict(reversed(body.items())), headers=headers)
    other = await client.post(path, json={**body, "amount": "2"}, headers=headers)
    assert first.status_code < 300
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")
    gate = Gate(TENANT, f"cryptopayments:{operation}", "k 1~")
    assert [used for _, used in world.bus.commands] == [gate] * 3


@pytest.mark.parametrize(("path", "operation", "body"), REFERRED)
async def test_the_external_id_gates_where_there_is_no_header(
    path: str, operation: str, body: dict[str, Any], client: httpx2.AsyncClient, world: World
) -> None:
    named = {**body, "externalId": "123"}
    first = await client.post(path, json=named)
    again = await client.post(path, json=named)
    other = await client.post(path, json={**named, "amount": "2"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert other.status_code == 409
    scope = f"cryptopayments:{operation}:external:{INTEGRATION}:TRX"
    assert [used for _, used in world.bus.commands] == [Gate(TENANT, scope, "123")] * 3


async def test_an_external_id_is_its_own_in_each_asset(
    client: httpx2.AsyncClient, world: World
) -> None:
    first = await client.post("/order/payment", json={**OPEN, "externalId": "1"})
    body = {**OPEN, "externalId": "1", "assetId": "USDT_TRC20"}
    second = await client.post("/order/payment", json=body)
    assert first.json()["orderId"] != second.json()["orderId"]


async def test_the_header_wins_over_the_external_id(
    client: httpx2.AsyncClient, world: World
) -> None:
    body = {**OPEN, "externalId": "123"}
    await client.post("/order/payment", json=body, headers={"Idempotency-Key": "a"})
    await client.post("/order/payment", json=body, headers={"Idempotency-Key": "b"})
    gates = [gate for _, gate in world.bus.commands]
    assert [gate.key for gate in gates if gate is not None] == ["a", "b"]


async def test_without_either_every_request_is_new(
    client: httpx2.AsyncClient, world: World
) -> None:
    first = await client.post("/order/payment", json=OPEN)
    second = await client.post("/order/payment", json=OPEN)
    assert first.json()["orderId"] != second.json()["orderId"]
    assert [gate for _, gate in world.bus.commands] == [None, None]


@pytest.mark.parametrize("key", [b"", b"x" * 256, b"a\tb", b"\xc3\xa9"])
async def test_a_malformed_key_is_refused(
    key: bytes, client: httpx2.AsyncClient, world: World
) -> None:
    response = await client.post("/order/payment", json=OPEN, headers=[(b"Idempotency-Key", key)])
    assert response.status_code == 400
    assert [one["propertyPath"] for one in response.json()["violations"]] == ["Idempotency-Key"]
    assert world.bus.commands == []


async def test_a_refused_request_does_not_burn_its_key(
    client: httpx2.AsyncClient, world: World
) -> None:
    headers = {"Idempotency-Key": "once"}
    wrong = await client.post("/order/payment", json={**OPEN, "amount": "x"}, headers=headers)
    right = await client.post("/order/payment", json=OPEN, headers=headers)
    assert (wrong.status_code, right.status_code) == (400, 201)
