"""Show that the OpenAPI document and its page are complete, exact and self-contained."""

import json
from typing import Any

import httpx2
import pytest

from cambist.dialects.cryptopayments import DIALECT, wire
from cambist.dialects.cryptopayments.tables import ASSET_ROWS, ERRORS
from cambist.http.dialect import describe
from tests.dialects.documents import allowance, foreign_links, mislabelled, operations, referred

DOCUMENT = describe(DIALECT)
OPERATIONS = operations(DOCUMENT)


def test_all_operations_are_described() -> None:
    assert {(method, path.removeprefix("/api/v1")) for method, path, _ in OPERATIONS} == {
        ("get", "/integrations"),
        ("get", "/assets"),
        ("get", "/exchange-rates"),
        ("post", "/order/deposit"),
        ("post", "/order/payment"),
        ("get", "/orders"),
        ("get", "/orders/{order_id}"),
        ("get", "/transactions/{number}"),
        ("post", "/order/refund"),
        ("post", "/order/withdrawal"),
        ("post", "/order/transfer"),
    }
    assert DOCUMENT["servers"] == [{"url": "/cryptopayments"}]
    assert len({operation["operationId"] for _, _, operation in OPERATIONS}) == 11


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_each_operation_tells_its_refusals(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    statuses = set(operation["responses"])
    assert {"401", "429", "500", "503"} <= statuses
    assert operation["summary"]
    assert operation["description"]
    if method == "post":
        assert {"400", "404", "409", "413", "415", "422"} <= statuses
        assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
    assert mislabelled(operation) == {}


def test_refusals_of_the_core_have_described_statuses() -> None:
    described = {int(s) for _, _, operation in OPERATIONS for s in operation["responses"]}
    assert {status for status, _ in ERRORS.values()} <= described


def test_the_key_is_the_way_in() -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["apiKey"]
    assert (scheme["type"], scheme["name"], scheme["in"]) == ("apiKey", "X-API-Key", "header")
    assert DOCUMENT["security"] == [{"apiKey": []}]


def test_every_reference_leads_somewhere() -> None:
    names = referred(DOCUMENT)
    assert names <= set(DOCUMENT["components"]["schemas"])
    assert "Order" in names


@pytest.mark.parametrize(
    "model", [wire.Deposit, wire.Payment, wire.Refund, wire.Withdrawal, wire.Transfer]
)
def test_requests_are_closed_and_their_examples_are_valid(model: type[wire.Ask]) -> None:
    schema = DOCUMENT["components"]["schemas"][model.__name__]
    assert schema["additionalProperties"] is False
    assert schema["examples"]
    for example in schema["examples"]:
        model.model_validate(example)
    for name, described in schema["properties"].items():
        if name == "assetId":
            assert list(ASSET_ROWS) in (described.get("enum"), _first(described).get("enum"))


def _first(described: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = described.get("anyOf", [{}])[0]
    return found


def test_the_callback_is_described_with_the_order_as_its_body() -> None:
    callback = DOCUMENT["webhooks"]["orderStatusChanged"]["post"]
    assert callback["parameters"][0]["name"] == "api-notification-sign"
    body = callback["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Order"}


async def test_the_page_is_static_and_asks_nobody(client: httpx2.AsyncClient) -> None:
    del client.headers["X-API-Key"]
    page = await client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert foreign_links(page.text) == []
    assert allowance("style", page.text) in page.headers["content-security-policy"]
    for _, path, _ in OPERATIONS:
        assert path in page.text


async def test_the_document_is_served_without_a_key(client: httpx2.AsyncClient) -> None:
    del client.headers["X-API-Key"]
    assert (await client.get("/openapi.json")).json() == json.loads(json.dumps(DOCUMENT))
