"""Show that bad input gets a clear problem, never a 500, and never reaches the bus."""

import re
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cambist.dialects.cryptoexchange import mapping
from cambist.domain.market.assets import ASSETS
from cambist.domain.pricing.terms import Given, Side
from cambist.http.refusals import RefusedError
from cambist.kernel.errors import DomainError
from cambist.kernel.money import format_units
from tests.dialects import problems
from tests.dialects.cryptoexchange.exchange import BASE, KEY, World
from tests.dialects.cryptoexchange.views import CUSTOMER, IBAN, OUTSIDE

BUY: dict[str, Any] = {
    "customerId": CUSTOMER,
    "crypto": "LTC",
    "fiat": "EUR",
    "fiatAmount": "100",
    "address": OUTSIDE,
}
QUOTE: dict[str, Any] = {"crypto": "LTC", "fiat": "EUR", "cryptoAmount": "1"}
PROBLEM = {"type", "title", "status", "detail", "instance", "code"}
ADDED = {"errors", "limit", "currency", "left", "window"}

BROKEN: list[tuple[bytes, str]] = [
    (b"", "missing"),
    (b"{", "json-syntax"),
    (b"[]", "json-object-expected"),
    (b'"x"', "json-object-expected"),
    (b'{"fiat":NaN}', "json-syntax"),
    (b'{"fiat":"EUR","fiat":"CZK"}', "json-duplicate-key"),
    (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "json-too-deep"),
    (b'{"fiat":"\\u0000"}', "json-text"),
    (b'{"fiat":"\\ud800"}', "json-text"),
    (b'\xef\xbb\xbf{"fiat":"EUR"}', "json-syntax"),
    (b"\xff\xfe{}", "json-syntax"),
]


async def refused(
    client: httpx2.AsyncClient, world: World, path: str, body: Any, status: int
) -> list[tuple[str, str]]:
    """Post a body, expect a problem and an untouched bus, and return (field, code) of errors."""
    problem = await problems.refused(client, world.bus, path, body, status)
    assert set(problem) - ADDED == PROBLEM
    assert problem["type"] == f"/problems/{problem['code']}"
    return [(one["field"], one["code"]) for one in problem.get("errors", [])]


@pytest.mark.parametrize("field", ["fiatAmount", "cryptoAmount"])
@pytest.mark.parametrize("amount", problems.NO_AMOUNTS)
async def test_text_that_is_no_amount(
    amount: str, field: str, client: httpx2.AsyncClient, world: World
) -> None:
    body = {key: value for key, value in BUY.items() if key != "fiatAmount"}
    found = await refused(client, world, "/orders", {**body, field: amount}, 400)
    assert found in ([(field, "amount-invalid")], [(field, "string-too-long")])


@pytest.mark.parametrize("amount", [1, 1.5, 1e308, True, [], {}, ["1"], 10**30])
async def test_an_amount_must_be_a_string(
    amount: Any, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/quotes", {**QUOTE, "cryptoAmount": amount}, 400)
    assert found == [("cryptoAmount", "string-type")]


@pytest.mark.parametrize(
    ("crypto", "amount"),
    [("LTC", "0.000000001"), ("TRX", "0.0000001"), ("USDT_ERC20", "1.0000000")],
)
async def test_more_decimals_than_the_currency_has(
    crypto: str, amount: str, client: httpx2.AsyncClient, world: World
) -> None:
    body = {**QUOTE, "crypto": crypto, "cryptoAmount": amount}
    found = await refused(client, world, "/quotes", body, 422)
    assert found == [("cryptoAmount", "amount-too-precise")]


@pytest.mark.parametrize("amount", ["0", "0.0", "0.00000000"])
async def test_nothing_is_too_small(amount: str, client: httpx2.AsyncClient, world: World) -> None:
    found = await refused(client, world, "/quotes", {**QUOTE, "cryptoAmount": amount}, 422)
    assert found == [("cryptoAmount", "amount-too-small")]


@pytest.mark.parametrize("path", ["/orders", "/quotes", "/addresses", "/addresses/validate"])
@pytest.mark.parametrize(("content", "code"), BROKEN)
async def test_bodies_that_can_be_understood_differently_are_refused(
    path: str, content: bytes, code: str, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, path, content, 400)
    assert [one for _, one in found] == [code]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/orders", BUY),
        ("/quotes", QUOTE),
        ("/addresses", {"crypto": "LTC", "customerId": CUSTOMER}),
        ("/addresses/validate", {"crypto": "LTC", "address": OUTSIDE}),
    ],
)
async def test_unknown_and_missing_fields_are_named(
    path: str, body: dict[str, Any], client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, path, {**body, "partnerId": "1"}, 400)
    assert found == [("partnerId", "extra-forbidden")]
    found = await refused(client, world, path, {}, 400)
    assert {code for _, code in found} == {"missing"}
    assert {field for field, _ in found} <= set(body)


@pytest.mark.parametrize("customer", ["", "x" * 192, "a\nb", "\x7f", None, 1, {}])
async def test_ids_of_customers_have_1_to_191_characters(
    customer: Any, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/orders", {**BUY, "customerId": customer}, 400)
    assert [field for field, _ in found] == ["customerId"]


@pytest.mark.parametrize("customer", ["x" * 191, "%2F/%", "č ž", " ", "..", "a?b#c", "\U0001f600"])
async def test_any_text_can_be_the_id_of_a_customer(
    customer: str, client: httpx2.AsyncClient, world: World
) -> None:
    await client.post("/orders", json={**BUY, "customerId": customer})
    ((command, _),) = world.bus.commands
    assert command.client.external_id == customer


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a@b"),
        ("phone", "601123456"),
        ("language", "xx"),
        ("side", "swap"),
        ("quoteId", "1"),
        ("externalId", ""),
        ("externalId", "x" * 256),
        ("address", "žluťoučký"),
        ("address", "x" * 129),
        ("bankAccount", "x" * 43),
    ],
)
async def test_malformed_fields_are_named(
    field: str, value: str, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/orders", {**BUY, field: value}, 400)
    assert [one for one, _ in found] == [field]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("email", "jana@shop", "email-invalid"),
        ("email", "jana\r\nBcc: x@shop.example", "email-invalid"),
        ("phone", "+420", "phone-invalid"),
        ("phone", "+420601", "phone-invalid"),
    ],
)
async def test_contacts_that_cannot_exist_are_refused_without_echo(
    field: str, value: str, reason: str, client: httpx2.AsyncClient, world: World
) -> None:
    found = await refused(client, world, "/orders", {**BUY, field: value}, 422)
    assert found == [(field, reason)]


async def test_neither_end_takes_the_others(client: httpx2.AsyncClient, world: World) -> None:
    found = await refused(client, world, "/orders", {**BUY, "bankAccount": IBAN}, 422)
    assert found == [("bankAccount", "not-for-buy")]


@pytest.mark.parametrize(
    "query",
    [
        "fiat=EUR&fiat=CZK",
        "fiat=EUR&surplus=1",
        "fiat=EUR&fiatAmount=1e3",
        "fiat=EUR&side=swap",
        "fiat=",
        "fiat=EUR&crypto=" + "x" * 41,
    ],
)
async def test_queries_are_read_strictly(query: str, client: httpx2.AsyncClient) -> None:
    response = await client.get(f"/rates?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "field-invalid")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 400),
        ("limit=-1", 400),
        ("limit=1.0", 400),
        ("limit=%D9%A1", 400),
        ("cursor=x", 400),
        ("cursor=" + "x" * 23, 400),
        ("from=yesterday", 400),
        ("from=2026-11-21", 400),
        ("to=2026-11-21T25:00:00Z", 422),
        ("to=0001-01-01T00:00:00%2B23:59", 422),
        ("status=DONE", 422),
        ("crypto=DOGE", 422),
    ],
)
async def test_lists_are_chosen_strictly(
    query: str, status: int, client: httpx2.AsyncClient
) -> None:
    response = await client.get(f"/customers/shared%20customer%20%2F%207/orders?{query}")
    assert response.status_code == status, response.text


@pytest.mark.parametrize("written", ["%FF", "x" * 192, "a%0Ab", "%00"])
async def test_what_cannot_be_a_customer_is_not_found(
    written: str, client: httpx2.AsyncClient
) -> None:
    assert (await client.get(f"/customers/{written}/orders")).status_code == 404


async def test_a_failure_of_ours_tells_an_id_and_nothing_else(
    client: httpx2.AsyncClient, world: World
) -> None:
    world.bus.refusal = RuntimeError("the password is hunter2")
    response = await client.post("/orders", json=BUY)
    assert response.status_code == 500
    assert "hunter2" not in response.text
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", response.json()["instance"])


async def test_a_client_without_channel_is_told_so(
    client: httpx2.AsyncClient, world: World
) -> None:
    world.trades.channels.clear()
    response = await client.post("/orders", json=BUY)
    assert (response.status_code, response.json()["code"]) == (422, "setting-invalid")


async def test_a_large_body_is_refused(client: httpx2.AsyncClient, world: World) -> None:
    await refused(client, world, "/orders", {**BUY, "externalId": "x" * 70_000}, 413)


async def test_other_media_types_are_refused(client: httpx2.AsyncClient) -> None:
    response = await client.post("/orders", data={"customerId": "1"})
    assert (response.status_code, response.json()["code"]) == (415, "media-type-unsupported")


@pytest.mark.parametrize("key", ["", "x" * 256, "\t"])
async def test_idempotency_keys_are_plain(
    key: str, client: httpx2.AsyncClient, world: World
) -> None:
    for path, body in (
        ("/orders", BUY),
        ("/addresses/validate", {"crypto": "LTC", "address": "x"}),
    ):
        response = await client.post(path, json=body, headers={"Idempotency-Key": key})
        assert response.status_code == 400
    assert world.bus.commands == []


@given(
    code=st.sampled_from(["LTC", "BTC", "ETH", "TRX", "USDT_TRC20"]),
    side=st.sampled_from([Side.BUY, Side.SELL]),
    units=st.integers(1, 10**27),
)
def test_amounts_are_read_exactly(code: str, side: Side, units: int) -> None:
    crypto, euro = ASSETS[code], ASSETS["EUR"]
    text = format_units(units, crypto.scale)
    if len(text.partition(".")[0]) <= 21:
        wanted = Given.TO if side is Side.BUY else Given.FROM
        assert mapping.amount_of(side, crypto, euro, text, None) == (wanted, units)
    cents = format_units(units, 2)
    if len(cents.partition(".")[0]) <= 21:
        wanted = Given.FROM if side is Side.BUY else Given.TO
        assert mapping.amount_of(side, crypto, euro, None, cents) == (wanted, units)


@given(text=st.text(max_size=50))
def test_no_text_but_a_plain_decimal_is_an_amount(text: str) -> None:
    try:
        _, units = mapping.amount_of(Side.BUY, ASSETS["LTC"], ASSETS["EUR"], text, None)
    except (DomainError, RefusedError):
        return
    assert re.fullmatch(r"[0-9]+(\.[0-9]{1,8})?", text, re.ASCII)
    assert units > 0


@given(body=st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(sorted({*BUY, "quoteId", "side", "email"})), inner),
    max_leaves=8,
))  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_is_a_failure_of_ours(body: Any) -> None:
    world = World()
    transport = httpx2.ASGITransport(world.asgi)
    async with httpx2.AsyncClient(transport=transport, headers={"X-API-Key": KEY}) as client:
        answer = await client.post(f"http://exchange.example{BASE}/orders", json=body)
    assert answer.status_code in (201, 400, 422)
