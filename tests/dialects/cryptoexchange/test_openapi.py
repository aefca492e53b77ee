"""Show that the OpenAPI document and its page are complete, exact and self-contained."""

import json
import re
from html import unescape
from typing import Any

import httpx2
import pytest

from cambist.dialects.cryptoexchange import DIALECT, wire
from cambist.dialects.cryptoexchange.tables import CRYPTO_CODES, ERRORS, FIAT_CODES
from cambist.http.dialect import describe
from tests.dialects.cryptoexchange.exchange import BASE, KEY, SANDBOX_KEY, World
from tests.dialects.documents import allowance, foreign_links, mislabelled, operations, referred

DOCUMENT = describe(DIALECT)
OPERATIONS = operations(DOCUMENT)


async def page_of(world: World) -> httpx2.Response:
    transport = httpx2.ASGITransport(world.asgi)
    async with httpx2.AsyncClient(transport=transport) as client:
        return await client.get(f"http://exchange.example{BASE}/docs")


def test_all_operations_are_described() -> None:
    assert {(method, path.removeprefix("/v1")) for method, path, _ in OPERATIONS} == {
        ("get", "/configuration"),
        ("get", "/rates"),
        ("post", "/quotes"),
        ("post", "/addresses"),
        ("post", "/addresses/validate"),
        ("get", "/addresses/{address}/balance"),
        ("post", "/orders"),
        ("get", "/orders/{order_id}"),
        ("post", "/orders/{order_id}/cancel"),
        ("post", "/orders/{order_id}/link"),
        ("get", "/customers/{customer_id}/orders"),
    }
    assert DOCUMENT["servers"] == [{"url": "/cryptoexchange"}]
    assert len({operation["operationId"] for _, _, operation in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_each_operation_tells_its_refusals(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    statuses = set(operation["responses"])
    assert {"400", "401", "429", "500", "503"} <= statuses
    assert operation["summary"]
    assert operation["description"]
    if method == "post":
        assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
    if "requestBody" in operation:
        assert {"413", "415", "422"} <= statuses
    assert mislabelled(operation) == {}


def test_the_key_is_the_way_in() -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["apiKey"]
    assert (scheme["type"], scheme["name"], scheme["in"]) == ("apiKey", "X-API-Key", "header")
    assert DOCUMENT["security"] == [{"apiKey": []}]


def test_refusals_have_a_stable_code() -> None:
    problem = DOCUMENT["components"]["schemas"]["CodedProblemDetails"]
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(problem["required"])
    assert all(re.fullmatch(r"[a-z-]+", row.code) for row in ERRORS.values())


def test_every_reference_leads_somewhere() -> None:
    names = referred(DOCUMENT)
    assert names <= set(DOCUMENT["components"]["schemas"])
    assert "Order" in names


@pytest.mark.parametrize(
    "model", [wire.PlaceOrder, wire.PlaceQuote, wire.CreateAddress, wire.ValidateAddress]
)
def test_requests_are_closed_and_their_examples_are_valid(model: type[wire.Ask]) -> None:
    schema = DOCUMENT["components"]["schemas"][model.__name__]
    assert schema["additionalProperties"] is False
    assert schema["examples"]
    for example in schema["examples"]:
        model.model_validate(example)
    assert schema["properties"]["crypto"]["enum"] == list(CRYPTO_CODES)
    if "fiat" in schema["properties"]:
        assert schema["properties"]["fiat"]["enum"] == list(FIAT_CODES)


async def test_without_a_sandbox_the_page_is_static_and_shows_no_key(world: World) -> None:
    page = await page_of(world)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<form" not in page.text
    assert KEY not in page.text


async def test_in_a_sandbox_the_page_makes_calls_with_the_key_filled_in() -> None:
    page = await page_of(World(SANDBOX_KEY))
    filled = re.search(r'<input id="key" name="X-API-Key" value="([^"]*)"', page.text)
    assert filled is not None
    assert unescape(filled[1]) == SANDBOX_KEY
    assert page.text.count("<form ") == len(OPERATIONS)
    policy = page.headers["content-security-policy"]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        assert f"{directive} {allowance(tag, page.text)}" in policy
    assert {"default-src 'none'", "connect-src 'self'"} <= set(policy.split("; "))
    assert foreign_links(page.text) == []


async def test_the_key_is_on_the_page_only(client: httpx2.AsyncClient) -> None:
    del client.headers["X-API-Key"]
    document = await client.get("/openapi.json")
    assert document.json() == json.loads(json.dumps(DOCUMENT))
    assert SANDBOX_KEY not in document.text
