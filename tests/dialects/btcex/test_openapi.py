"""Show that the OpenAPI document is complete and exact."""

import json
import re
from typing import Any

import pytest

from cambist.dialects.btcex import DIALECT
from cambist.dialects.btcex.auth import KEY, NONCE, PUBLIC, SIGNATURE
from cambist.dialects.btcex.tables import ERRORS, CaseName
from cambist.http.dialect import describe
from tests.dialects.btcex.broker import Broker
from tests.dialects.documents import operations, referred

DOCUMENT = describe(DIALECT)
OPERATIONS = operations(DOCUMENT)
OPEN = {"getPrice", "validateAddress", "followToBuy", "followToSell"}


def test_all_operations_are_described() -> None:
    cases = {(method, f"/order/{{order_id}}/{case.value}") for case in CaseName
             for method in ("get", "post")}  # fmt: skip
    assert {(method, path) for method, path, _ in OPERATIONS} == cases | {
        ("get", "/"),
        ("get", "/price"),
        ("get", "/btc-address-validation/{address}"),
        ("get", "/order/buy"),
        ("post", "/order/buy"),
        ("get", "/order/sell"),
        ("post", "/order/sell"),
        ("get", "/order/{order_id}"),
        ("post", "/order/{order_id}/cancel"),
        ("get", "/orders"),
    }
    assert DOCUMENT["servers"] == [{"url": "/btcex"}]


def test_a_signature_is_all_three_headers_and_asked_for_but_where_everybody_may() -> None:
    assert DOCUMENT["security"] == [{"key": [], "nonce": [], "signature": []}]
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert {one["name"] for one in schemes.values()} == {KEY, NONCE, SIGNATURE}
    open_ones = {one["operationId"] for _, _, one in OPERATIONS if one.get("security") == []}
    assert open_ones == OPEN
    public = {one.operation_id for one in DIALECT.handlers if one.opt.get(PUBLIC)}
    assert public == OPEN


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_each_operation_tells_its_refusals(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    statuses = set(operation["responses"])
    assert {"400", "401", "429", "500", "503"} <= statuses
    assert operation["summary"]
    assert operation["description"]
    if "{order_id}" in path:
        assert "404" in statuses
    if any(path.endswith(case.value) for case in CaseName):
        assert "409" in statuses
    for status, response in operation["responses"].items():
        kind = "application/json" if int(status) < 300 else "application/problem+json"
        assert list(response.get("content", {kind: None})) == [kind]


def test_refusals_of_the_core_have_described_statuses() -> None:
    described = {int(s) for _, _, operation in OPERATIONS for s in operation["responses"]}
    assert {row.status for row in ERRORS.values()} <= described


def test_every_reference_leads_somewhere() -> None:
    names = referred(DOCUMENT)
    assert names <= set(DOCUMENT["components"]["schemas"])
    assert {"Order", "VerifyIdentity", "PostalAddress"} <= names


def test_requests_are_closed() -> None:
    for name in ("Buy", "Sell", "VerifyIdentity", "AmlCz", "CodeAnswer", "Change", "Return"):
        assert DOCUMENT["components"]["schemas"][name]["additionalProperties"] is False


def test_an_identity_is_told_as_json_and_shown_in_pictures() -> None:
    body = DOCUMENT["paths"]["/order/{order_id}/verify-identity"]["post"]["requestBody"]
    assert set(body["content"]) == {"application/json", "multipart/form-data"}


async def test_the_document_and_its_page_are_served_without_a_signature() -> None:
    broker = Broker()
    assert (await broker.http.get("/openapi.json")).json() == json.loads(json.dumps(DOCUMENT))
    page = await broker.http.get("/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    for _, path, _ in OPERATIONS:
        assert path in page.text


@pytest.mark.parametrize("path", ["/order/buy", "/order/1001/change", "/orders"])
async def test_a_path_tells_all_its_methods(path: str) -> None:
    answer = await Broker().ask("OPTIONS", path)
    known = re.sub("[0-9]+", "{order_id}", path)
    methods = {method.upper() for method, one, _ in OPERATIONS if one == known}
    assert answer.status_code == 204
    assert set(answer.headers["allow"].split(", ")) == methods | {"OPTIONS"}
