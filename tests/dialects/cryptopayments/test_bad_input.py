"""Show that bad input gets a clear problem, never a 500, and never reaches the bus."""

import json
from typing import Any

import httpx2
import pytest

from tests.dialects import problems
from tests.dialects.cryptopayments.gateway import DESTINATION, INTEGRATION, ORDER, World

PAYMENT: dict[str, Any] = {"integrationId": INTEGRATION, "amount": "1", "assetId": "TRX"}
WITHDRAWAL: dict[str, Any] = {**PAYMENT, "destinationAddress": DESTINATION}
PROBLEM = {"type", "title", "status", "detail", "code"}


async def refused(
    client: httpx2.AsyncClient, world: World, path: str, body: Any, status: int
) -> list[tuple[str, str]]:
    """Post a body, expect a problem and an untouched bus, and return (path, code) of violations."""
    problem = await problems.refused(client, world.bus, path, body, status)
    assert set(problem) - {"violations"} == PROBLEM
    return [(one["propertyPath"], one["code"]) for one in problem.get("violations", [])]


@pytest.mark.parametrize("amount", problems.NO_AMOUNTS)
async def test_text_that_is_no_amount(
    amount: str, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/order/payment", {**PAYMENT, "amount": amount}, 400)
    assert found in ([("amount", "amount-invalid")], [("amount", "string-too-long")])


@pytest.mark.parametrize("amount", [1, 1.5, 1e308, True, False, [], {}, ["1"], 10**30])
async def test_an_amount_must_be_a_string(
    amount: Any, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/order/payment", {**PAYMENT, "amount": amount}, 400)
    assert found == [("amount", "string-type")]


@pytest.mark.parametrize("amount", ["0", "0.0", "0.000000"])
async def test_nothing_is_too_small(amount: str, client: httpx2.AsyncClient, world: World) -> None:
    found = await refused(client, world, "/order/payment", {**PAYMENT, "amount": amount}, 422)
    assert found == [("amount", "amount-too-small")]


@pytest.mark.parametrize(
    ("asset", "amount"), [("TRX", "0.0000001"), ("BTC", "0.000000001"), ("TRX", "1.0000000")]
)
async def test_more_decimals_than_the_asset_has(
    asset: str, amount: str, client: httpx2.AsyncClient, world: World
) -> None:
    body = {**PAYMENT, "assetId": asset, "amount": amount}
    found = await refused(client, world, "/order/payment", body, 400)
    assert found == [("amount", "amount-too-precise")]


@pytest.mark.parametrize("asset", ["DOGE", "EUR", "trx", "TRX ", "T\u0420X"])
async def test_unknown_asset(asset: str, client: httpx2.AsyncClient, world: World) -> None:
    found = await refused(client, world, "/order/payment", {**PAYMENT, "assetId": asset}, 422)
    assert found == [("assetId", "asset-not-supported")]


async def test_an_address_of_another_network_is_refused_by_the_core(
    client: httpx2.AsyncClient, world: World
) -> None:
    response = await client.post("/order/withdrawal", json={**WITHDRAWAL, "assetId": "BTC"})
    assert (response.status_code, response.json()["code"]) == (422, "address-invalid")
    assert len(world.bus.commands) == 1


@pytest.mark.parametrize("address", ["", " ", "a b", "T\x00x", "\u0422" * 34, "x" * 129, 7, None])
async def test_an_address_is_printable_text(
    address: Any, client: httpx2.AsyncClient, world: World
) -> None:
    body = {**WITHDRAWAL, "destinationAddress": address}
    found = await refused(client, world, "/order/withdrawal", body, 400)
    assert [code for _, code in found] in (
        [["string-pattern-mismatch"], ["string-type"], ["json-text"]]
    )


@pytest.mark.parametrize(
    "number",
    ["", "x", "*", INTEGRATION.upper(), INTEGRATION[:-1], INTEGRATION + "\n", 7, True, None, {}],
)
async def test_an_integration_id_has_the_vendors_form(
    number: Any, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/order/deposit", {"integrationId": number}, 400)
    assert [path for path, _ in found] == ["integrationId"]


@pytest.mark.parametrize("reference", ["", "x" * 256, "a\nb", "a\x7f", 5, False, []])
async def test_an_external_id_is_short_text(
    reference: Any, client: httpx2.AsyncClient, world: World
) -> None:
    body = {**PAYMENT, "externalId": reference}
    found = await refused(client, world, "/order/payment", body, 400)
    assert [path for path, _ in found] == ["externalId"]


async def test_unknown_and_missing_and_wrong_fields_are_told_at_once(
    client: httpx2.AsyncClient, world: World
) -> None:
    body = {"integrationId": 1, "amount": None, "surplus": 1, "externalId": "\x01"}
    found = await refused(client, world, "/order/payment", body, 400)
    assert {path for path, _ in found} == {
        "integrationId",
        "amount",
        "assetId",
        "externalId",
        "surplus",
    }


async def test_an_amount_without_asset_is_refused(client: httpx2.AsyncClient, world: World) -> None:
    for body in (
        {"integrationId": INTEGRATION, "amount": "1"},
        {"integrationId": INTEGRATION, "amount": "1", "assetId": None},
    ):
        found = await refused(client, world, "/order/deposit", body, 400)
        assert found == [("amount", "asset-missing")]


NESTED = b'{"a":' * 20 + b"1" + b"}" * 20
BROKEN = [
    (b"{", "json-syntax"),
    (b"{'a':1}", "json-syntax"),
    (b'{"a":1,}', "json-syntax"),
    (b'{"a":NaN}', "json-syntax"),
    (b'{"a":-Infinity}', "json-syntax"),
    (b'{"a":1e400}', "json-syntax"),
    (b'{"a":1}{"b":2}', "json-syntax"),
    (b'\xef\xbb\xbf{"a":1}', "json-syntax"),
    (b'{"a":"\xff"}', "json-syntax"),
    ('{"a":1}'.encode("utf-16"), "json-syntax"),
    (b'{"a":' + b"9" * 5000 + b"}", "json-syntax"),
    (b"[" * 30_000, "json-syntax"),
    (b"null", "json-object-expected"),
    (b"[]", "json-object-expected"),
    (b'"text"', "json-object-expected"),
    (b"1", "json-object-expected"),
    (NESTED, "json-too-deep"),
    (b'{"amount":"1","amount":"2"}', "json-duplicate-key"),
    (b'{"a":{"b":1,"b":1}}', "json-duplicate-key"),
    (b'{"a":"\\u0000"}', "json-text"),
    (b'{"a":"\\ud800"}', "json-text"),
    (b"", "missing"),
]


@pytest.mark.parametrize(("body", "code"), BROKEN)
async def test_a_body_that_is_no_plain_json_object(
    body: bytes, code: str, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/order/payment", body, 400)
    assert [one for _, one in found] == [code]


async def test_a_large_body_is_refused(client: httpx2.AsyncClient, world: World) -> None:
    body = json.dumps({**PAYMENT, "externalId": "x" * 1_000_000}).encode()
    await refused(client, world, "/order/payment", body, 413)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "application/json; charset=utf-16", "json"]
)
async def test_a_body_must_be_declared_as_json(
    kind: str, client: httpx2.AsyncClient, world: World
) -> None:
    content = json.dumps(PAYMENT).encode()
    response = await client.post("/order/payment", content=content, headers={"content-type": kind})
    assert (response.status_code, response.json()["code"]) == (415, "media-type-unsupported")
    assert world.bus.commands == []


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "Application/JSON"])
async def test_json_may_be_declared_in_other_ways(kind: str, client: httpx2.AsyncClient) -> None:
    content = json.dumps(PAYMENT).encode()
    headers = {"content-type": kind}
    response = await client.post("/order/payment", content=content, headers=headers)
    assert response.status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "page=1.5",
        "page=",
        "page=9999999999999999999999",
        "quantity=0",
        "quantity=101",
        "integrationId=x",
        "integrationId=",
        f"integrationId={ORDER.upper()}",
        f"integrationId={ORDER}%0A",
    ],
)
async def test_wrong_values_of_a_list_query(query: str, client: httpx2.AsyncClient) -> None:
    response = await client.get(f"/orders?{query}")
    violations = response.json()["violations"]
    assert response.status_code == 400
    assert [one["propertyPath"] for one in violations] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "query",
    [
        "amount=0",
        "amount=-1",
        "amount=NaN",
        "amount=1e2",
        "amount=0.001",
        "amount=%D9%A1",
        "amount=1%0A",
        "amount=" + "9" * 30,
        "currency=XXX",
        "currency=eur",
        "currency=TRX",
        "currency=",
    ],
)
async def test_wrong_values_of_a_rate_query(query: str, client: httpx2.AsyncClient) -> None:
    response = await client.get(f"/exchange-rates?{query}")
    violations = response.json()["violations"]
    assert response.status_code == 400
    assert [one["propertyPath"] for one in violations] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "path",
    [
        "/orders/x",
        "/orders/" + ORDER.upper(),
        "/orders/%00",
        "/orders/%F0%9F%92%A9",
        "/orders/..%2F..%2Fetc",
        "/transactions/0",
        "/transactions/-1",
        "/transactions/1.0",
        "/transactions/" + "9" * 400,
        "/transactions/%D9%A7",
        "/nothing",
        "/order",
    ],
)
async def test_a_path_that_names_nothing_is_not_found(
    path: str, client: httpx2.AsyncClient
) -> None:
    response = await client.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not-found")


async def test_an_unknown_method_names_the_known_ones(client: httpx2.AsyncClient) -> None:
    response = await client.delete("/order/payment")
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]
    assert response.json()["code"] == "method-not-allowed"


async def test_a_failure_of_ours_tells_an_id_and_nothing_else(
    client: httpx2.AsyncClient, world: World
) -> None:
    world.bus.refusal = AssertionError("secret detail")
    response = await client.post("/order/payment", json=PAYMENT)
    assert response.status_code == 500
    assert set(response.json()) == {"type", "title", "status", "id"}
    assert "secret" not in response.text
