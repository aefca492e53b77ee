"""Show that bad input gets a clear problem, never a failure of ours, and changes nothing."""

import hashlib
from datetime import UTC, timedelta
from typing import Any

import pytest

from tests.dialects.btcex.live import AML, IDENTITY, OUTSIDE, Client, Stage, mailbox
from tests.dialects.btcex.test_rehearsals import state
from tests.documents import papers
from tests.documents.pictures import PAYLOAD, flood_png, png

BUY: dict[str, Any] = {"pennies": 200_000, "email": "jana@shop.example", "btc_address": OUTSIDE}
SELL: dict[str, Any] = {
    "satoshi": 500_000,
    "email": "jana@shop.example",
    "bank_account": "19-2000145399/0800",
}
WRONG_ADDRESSES = {
    "p2pkh with a wrong checksum": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
    "p2sh with a wrong checksum": "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz",
    "p2wpkh with a wrong checksum": "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv",
    "p2wsh with a wrong checksum": (
        "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv4"
    ),
    "p2tr with a wrong checksum": "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcs",
    "p2tr encoded as bech32": "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "testnet p2pkh": "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
    "testnet p2wpkh": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
    "regtest p2wpkh": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
    "litecoin": "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez",
    "mixed case": "bc1QCR8te4kr609gcawutmrza0j4xv80jy8z306fyu",
    "ethereum": "0xde709f2102306220921060314715629080e2fb77",
    "nonsense": "x",
}


async def refused(
    me: Client, stage: Stage, path: str, body: Any, status: int = 400
) -> list[tuple[str, str]]:
    """Post a body, expect a problem and nothing changed; list (field, code) of what is wrong."""
    before = await state(stage)
    content = body if isinstance(body, bytes) else None
    if content is None:
        answer = await me.send("POST", path, body)
    else:
        headers = {**me.signer.over([]), "content-type": "application/json"}
        answer = await me.http.post(path, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(problem)
    assert await state(stage) == before
    return [(one["field"], one["code"]) for one in problem.get("errors", [])]


@pytest.mark.parametrize("name", WRONG_ADDRESSES)
async def test_bitcoin_is_sent_to_no_address_that_is_none(
    me: Client, stage: Stage, name: str
) -> None:
    address = WRONG_ADDRESSES[name]
    wrong = await refused(me, stage, "/order/buy", {**BUY, "btc_address": address}, 422)
    assert wrong == [("btc_address", "address-invalid")]
    shown = await me.ask("GET", f"/btc-address-validation/{address}", status=200)
    assert shown["valid"] is False
    assert shown["reason"]


async def test_any_text_is_judged_as_an_address(me: Client) -> None:
    for text in ("%00", "%0a", "a%20b", "%F0%9F%92%B8", "x" * 4_000, "%25", "%C3%28"):
        answer = await me.http.get(f"/btc-address-validation/{text}")
        assert answer.status_code in (200, 404), text
        if answer.status_code == 200:
            assert answer.json()["valid"] is False


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        ("/order/buy", {**BUY, "satoshi": 1}, [("pennies", "amount-either")]),
        ("/order/buy", {**BUY, "pennies": 1.5}, [("pennies", "integer-expected")]),
        ("/order/buy", {**BUY, "pennies": "1"}, [("pennies", "integer-expected")]),
        ("/order/buy", {**BUY, "pennies": 0}, [("pennies", "integer-expected")]),
        ("/order/buy", {**BUY, "pennies": -1}, [("pennies", "integer-expected")]),
        ("/order/buy", {**BUY, "pennies": True}, [("pennies", "integer-expected")]),
        ("/order/buy", {**BUY, "pennies": 10**40}, [("pennies", "integer-expected")]),
        ("/order/buy", {**BUY, "btc_address": None}, [("deposit_phone", "destination-missing")]),
        ("/order/buy", {**BUY, "email": "jana"}, [("email", "string-too-short")]),
        ("/order/buy", {**BUY, "email": "jana@shop.example\n"}, [("email", "email-invalid")]),
        ("/order/buy", {**BUY, "status": "COMPLETED"}, [("status", "extra-forbidden")]),
        ("/order/buy", {**BUY, "affiliate": "other.example"}, [("affiliate", "affiliate-other")]),
        ("/order/buy", {**BUY, "ip_address": "999.1.1.1"}, [("ip_address", "ip-address-invalid")]),
        ("/order/sell", {**SELL, "bank_account": "19-2000145398/0800"},
         [("bank_account", "bank-account-invalid")]),
        ("/order/sell", {**SELL, "bank_account": "CZ6608000000192000145399"},
         [("bank_account", "bank-account-invalid")]),
        ("/order/sell", {**SELL, "bank_account": "DE89370400440532013001"},
         [("bank_account", "bank-account-invalid")]),
        ("/order/sell", {**SELL, "bank_account": "DE89370400440532013000"},
         [("bank_account", "country")]),
        ("/order/sell", {**SELL, "bank_account": None}, [("bank_account", "string-type")]),
    ],
)  # fmt: skip
async def test_each_wrong_field_of_an_order_is_named(
    me: Client, stage: Stage, path: str, body: Any, wrong: list[tuple[str, str]]
) -> None:
    assert await refused(me, stage, path, body) == wrong


async def test_nobody_is_born_tomorrow(me: Client, stage: Stage) -> None:
    order = await me.buy()
    path = f"/order/{order['id']}/verify-identity"
    now = await stage.world.core.queries.now()
    for days, code in (
        (2, "birth-date-future"),
        (-3_650, "age-too-low"),
        (-50_000, "age-too-high"),
    ):
        born = (now.astimezone(UTC) + timedelta(days=days)).date().isoformat()
        assert await refused(me, stage, path, {**IDENTITY, "birth_date": born}) == [
            ("birth_date", code)
        ]
    for text in ("1971-02-30", "19710319", "1971-03-19T00:00:00Z", 19710319, None):
        wrong = await refused(me, stage, path, {**IDENTITY, "birth_date": text})
        assert wrong == [("birth_date", "date-invalid")]
    many = {**IDENTITY, "nationality": "XX", "address": {}, "phone": "1", "level": 9}
    assert {field for field, _ in await refused(me, stage, path, many)} == {
        "nationality", "phone", "level", "address.street", "address.city", "address.postal_code",
        "address.country",
    }  # fmt: skip


async def test_a_declaration_is_complete(me: Client, stage: Stage) -> None:
    order = await me.buy(pennies=3_100_000)
    await me.pass_identity(order)
    path = f"/order/{order['id']}/aml-cz"
    for body, wrong in (
        ({**AML, "declaration": False}, [("declaration", "declaration-missing")]),
        ({**AML, "pep": "no"}, [("pep", "flag-expected")]),
        ({**AML, "funds_origin": "other"}, [("funds_origin_detail", "detail-missing")]),
        ({**AML, "funds_origin": "lottery"}, [("funds_origin", "literal-error")]),
    ):
        assert await refused(me, stage, path, body) == wrong


@pytest.mark.parametrize(
    "body",
    [
        b'{"pennies":200000,"pennies":1,"email":"a@b.cz"}',
        b'{"pennies":NaN}',
        b'{"pennies":1',
        b"\xff\xfe{}",
        b'[{"pennies":1}]',
        b'"text"',
        b'{"email":"a\\u0000@b.cz"}',
        b'{"email":"\\ud800@b.cz"}',
        b'{"a":' * 40 + b"1" + b"}" * 40,
    ],
)
async def test_a_body_that_can_be_read_in_two_ways_is_not_read(
    me: Client, stage: Stage, body: bytes
) -> None:
    found = await refused(me, stage, "/order/buy", body)
    assert len(found) == 1
    assert found[0][1].startswith("json-")


async def test_a_body_is_small_and_of_its_type(me: Client, stage: Stage) -> None:
    assert await refused(me, stage, "/order/buy", b"{" + b" " * 70_000 + b"}", 413) == []
    order = await me.buy()
    path = f"/order/{order['id']}/verify-identity"
    assert await refused(me, stage, path, b"{" + b" " * 70_000 + b"}", 413) == []
    headers = {**me.signer.headers(b"{}"), "content-type": "text/plain"}
    for where in ("/order/buy", path):
        answer = await me.http.post(where, content=b"{}", headers=headers)
        assert answer.status_code == 415
        headers = {**me.signer.headers(b"{}"), "content-type": "text/plain"}


PICTURES: dict[str, tuple[bytes, str, str]] = {
    "20 KB that unpack to gigabytes": (flood_png(13_000), "front.png", "too-many-pixels"),
    "a page behind a picture's name": (b"<html>" + PAYLOAD, "front.png", "type-unknown"),
    "a picture called a paper": (png(), "front.pdf", "type-mismatch"),
    "a paper with scripts": (next(iter(papers.HOSTILE.values())), "front.pdf", "too-complex"),
    "nothing": (b"", "front.png", "empty"),
    "half a picture": (png()[:60], "front.png", "broken"),
}


@pytest.mark.parametrize("name", PICTURES)
async def test_a_hostile_picture_is_refused(me: Client, stage: Stage, name: str) -> None:
    content, called, code = PICTURES[name]
    order = await me.buy()
    before = await state(stage)
    answer = await me.upload(order["id"], content, called)
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problems/document-invalid"
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("file", code)]
    assert await state(stage) == before


async def test_of_a_polyglot_only_the_picture_is_kept(me: Client, stage: Stage) -> None:
    order = await me.buy()
    polyglot = png() + PAYLOAD + b"PK\x03\x04"
    assert (await me.upload(order["id"], polyglot)).status_code == 200
    rows = await stage.world.core.pool.fetch(
        "select size, sha256 from documents where order_id = $1", (await me.opened(order)).order_id
    )
    assert len(rows) == 1
    assert rows[0]["sha256"] != hashlib.sha256(polyglot).hexdigest()


async def test_a_form_is_one_file_and_what_it_shows(me: Client, stage: Stage) -> None:
    order = await me.buy()
    before = await state(stage)
    path = f"/order/{order['id']}/verify-identity"
    for fields, wrong in (
        ({"kind": "fingerprint"}, "kind"),
        ({"sha256": "0" * 64}, "sha256"),
        ({"owner": "me"}, "owner"),
    ):
        answer = await me.upload(order["id"], fields=fields)
        assert answer.status_code == 400
        assert [one["field"] for one in answer.json()["errors"]] == [wrong]
    told = {"kind": "selfie", "sha256": "0" * 64}
    boundary = "b0undary"
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in told.items()
    )
    headers = {
        **me.signer.over(told),
        "content-type": f"multipart/form-data; boundary={boundary}",
    }
    answer = await me.http.post(path, content=f"{body}--{boundary}--\r\n", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "file")
    assert await state(stage) == before


@pytest.mark.parametrize("number", ["0", "-1", "1.0", "01", "x", "9" * 17, "%31", "1%0A", "*"])
async def test_what_cannot_be_an_order_is_not_found(me: Client, number: str) -> None:
    for path in (f"/order/{number}", f"/order/{number}/change"):
        assert (await me.ask("GET", path, status=404))["type"] == "/problems/not-found"


@pytest.mark.parametrize(
    "query",
    [
        "type=buy",
        "type=buy&satoshi=1&pennies=1",
        "type=swap&satoshi=1",
        "satoshi=1",
        "type=buy&satoshi=01",
        "type=buy&satoshi=1e3",
        "type=buy&satoshi=1&satoshi=2",
        "type=buy&satoshi=1&currency=EUR",
        "type=buy&satoshi=1&affiliate=" + "x" * 101,
    ],
)
async def test_a_price_is_asked_for_in_one_way(me: Client, query: str) -> None:
    answer = await me.http.get(f"/price?{query}")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/field-invalid")


async def test_a_price_out_of_bounds_names_the_bound(me: Client) -> None:
    small = await me.http.get("/price?type=buy&pennies=9999")
    problem = small.json()
    assert (small.status_code, problem["limit_pennies"]) == (422, 10_000)
    assert [(one["field"], one["code"]) for one in problem["errors"]] == [
        ("pennies", "amount-too-small")
    ]


async def test_nothing_personal_stands_in_a_refusal(me: Client, stage: Stage) -> None:
    order = await me.buy(email=mailbox())
    answer = await me.send(
        "POST", f"/order/{order['id']}/verify-identity", {**IDENTITY, "phone": "Hunter2", "x": "y"}
    )
    assert answer.status_code == 400
    for told in ("Hunter2", "Jana", "Dlouhá", order["email"]):
        assert told not in answer.text
