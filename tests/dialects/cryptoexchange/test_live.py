"""Show whole lives of orders through HTTP, on a real database and simulated chains."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2
import pytest

from cambist.adapters.db.audit import verify as audit
from cambist.dialects.cryptoexchange import render_order
from cambist.kernel.ids import OrderId
from tests.dialects.cryptoexchange.live import (
    CUSTOMER,
    GERMAN_IBAN,
    PERSON,
    PUBLIC_URL,
    Stage,
    buy,
    sell,
    talk,
    verify,
)
from tests.trades.desk import LTC, OUTSIDE

JANA = "jana"
KEY_LIKE = re.compile(
    r"[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{40}|\b[5KL9c6T][1-9A-HJ-NP-Za-km-z]{50,51}\b|\b[0-9a-fA-F]{64}\b|mnemonic|private"
)
"""What a private key looks like: extended, WIF, or 32 bytes in hex.

The four letters of an extended one stand in one address of thousands, whose text is too short.
"""
EXTENDED = (
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRB"
    "eJgk33yuGBxrMPHi"
)
"""The first of BIP 32's test vectors."""


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx2.AsyncClient]:
    """Talk to the exchange as the caller."""
    async with stage.client() as opened:
        yield opened


def code(answer: httpx2.Response) -> tuple[int, str]:
    """Give an answer's status and, of a refusal, its code."""
    return answer.status_code, answer.json().get("code", "")


async def placed(client: httpx2.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """Place an order."""
    answer = await client.post("/orders", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def shown(client: httpx2.AsyncClient, order_id: str) -> dict[str, Any]:
    """Show an order."""
    answer = await client.get(f"/orders/{order_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(client: httpx2.AsyncClient, customer: str, **query: Any) -> dict[str, Any]:
    """List a customer's orders."""
    answer = await client.get(f"/customers/{quote(customer, safe='')}/orders", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def pay(stage: Stage, order: dict[str, Any]) -> None:
    """Let the bank report what a buyer was told to pay."""
    told = order["payment"]
    units = int(told["amount"].replace(".", ""))
    changes = {"account": GERMAN_IBAN, "method": "sepa", "currency": told["currency"]}
    await stage.mine.desk.transfer(units, [told["message"]], **changes)


async def test_a_buy_goes_from_its_address_to_crypto_sent_and_is_listed(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    assert await listed(client, JANA) == {"items": [], "next": None}
    made = await client.post("/addresses", json={"crypto": "LTC", "customerId": JANA})
    address = made.json()["address"]
    rates = (await client.get("/rates?fiat=EUR&crypto=LTC&fiatAmount=100")).json()["rates"]
    order = await placed(client, buy(customerId=JANA, address=address, externalId="A1", **PERSON))
    assert order["cryptoAmount"] == rates[0]["estimate"]["crypto"]
    assert (order["fiatAmount"], order["fee"]) == ("100.00", rates[0]["estimate"]["fee"])
    await stage.mine.desk.carry()
    order = await shown(client, order["id"])
    assert (order["status"], order["payment"]) == ("AWAITING_VERIFICATION", None)
    await verify(stage.mine.desk, order["id"])
    order = await shown(client, order["id"])
    assert order["status"] == "AWAITING_PAYMENT"
    assert (order["payment"]["method"], order["payment"]["qrKind"]) == ("sepa", "EPC")
    await pay(stage, order)
    assert (await shown(client, order["id"]))["status"] == "SENDING"
    for _ in range(4):
        await stage.world.payouts["litecoin"].run_once()
    await stage.mine.desk.carry()
    sent = await shown(client, order["id"])
    assert (sent["status"], sent["transaction"]["confirmations"]) == ("SENT", 0)
    await stage.world.pay_out("LTC")
    await stage.mine.desk.carry()
    done = await shown(client, order["id"])
    transaction = done["transaction"]
    assert (done["status"], done["payment"], done["labels"]) == ("COMPLETED", None, [])
    assert transaction["hash"] == sent["transaction"]["hash"]
    assert transaction["confirmations"] >= transaction["requiredConfirmations"] == 6
    await stage.world.watch("LTC")
    balance = await client.get(f"/addresses/{address}/balance?crypto=LTC")
    assert balance.json()["confirmed"] == done["cryptoAmount"]
    assert await listed(client, JANA) == {"items": [done], "next": None}
    assert await stage.world.imbalance() == {}


async def test_a_sell_tells_where_to_send_and_is_paid_out_by_the_bank(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    order = await placed(client, sell(**PERSON))
    assert (order["cryptoAmount"], order["side"]) == ("0.50000000", "sell")
    await verify(stage.mine.desk, order["id"])
    order = await shown(client, order["id"])
    payment = order["payment"]
    assert payment["address"] == order["address"]
    assert payment["uri"] == f"litecoin:{order['address']}?amount=0.50000000"
    await stage.world.pay(order["address"], LTC // 2, "LTC")
    seen = await shown(client, order["id"])
    assert seen["status"] == "AWAITING_PAYMENT"
    assert seen["transaction"]["confirmations"] < seen["transaction"]["requiredConfirmations"]
    await stage.world.confirm("LTC")
    assert (await shown(client, order["id"]))["status"] == "PAYMENT_RECEIVED"
    await stage.mine.desk.carry()
    assert (await shown(client, order["id"]))["status"] == "SENDING"
    view = await stage.mine.desk.view(OrderId(UUID(order["id"])))
    assert [payout.units for payout in view.payouts] == [view.trade.fiat_units]
    assert GERMAN_IBAN not in str(await shown(client, order["id"]))


async def test_a_quote_makes_one_order_of_fifty_confirmations(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    asked = {"crypto": "LTC", "fiat": "EUR", "cryptoAmount": "1"}
    offered = (await client.post("/quotes", json=asked)).json()
    body = buy(quoteId=offered["id"], fiatAmount=None)
    answers = await asyncio.gather(*(client.post("/orders", json=body) for _ in range(50)))
    codes = sorted(code(answer) for answer in answers)
    assert codes == [(201, "")] + [(409, "quote-used")] * 49
    (order,) = (answer.json() for answer in answers if answer.status_code == 201)
    for name in ("rate", "cryptoAmount", "fiatAmount", "fee", "networkFee"):
        assert order[name] == offered[name]


async def test_a_quote_is_the_clients_own_and_expires(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    asked = {"crypto": "LTC", "fiat": "EUR", "fiatAmount": "100"}
    offered = (await client.post("/quotes", json=asked)).json()
    body = buy(quoteId=offered["id"], fiatAmount=None)
    async with talk(stage.app(), stage.theirs.key) as other:
        assert code(await other.post("/orders", json=body)) == (404, "not-found")
    swapped = sell(quoteId=offered["id"], cryptoAmount=None)
    assert code(await client.post("/orders", json=swapped)) == (422, "field-refused")
    await stage.world.advance(901)
    assert code(await client.post("/orders", json=body)) == (409, "quote-expired")


async def test_twenty_equal_requests_with_a_key_make_one_order(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "twenty"}
    body = buy(customerId="twenty")
    answers = await asyncio.gather(
        *(client.post("/orders", json=body, headers=headers) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await listed(client, "twenty"))["items"]) == 1
    other = await client.post("/orders", json={**body, "fiatAmount": "200"}, headers=headers)
    assert code(other) == (409, "idempotency-conflict")


async def test_an_external_id_names_one_order_of_a_customer(client: httpx2.AsyncClient) -> None:
    body = buy(customerId="one", externalId="cart 7")
    first, again = await placed(client, body), await placed(client, body)
    other = await placed(client, {**body, "customerId": "two"})
    assert first["id"] == again["id"] != other["id"]
    changed = await client.post("/orders", json={**body, "fiatAmount": "200"})
    assert code(changed) == (409, "idempotency-conflict")


async def test_a_repeat_shows_the_order_as_it_is_by_then(client: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "later"}
    first = (await client.post("/orders", json=buy(), headers=headers)).json()
    await client.post(f"/orders/{first['id']}/cancel")
    again = await client.post("/orders", json=buy(), headers=headers)
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert again.json()["status"] == "CANCELLED"


async def test_the_first_contact_of_a_customer_stays(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    first, second = "first@shop.example", "second@shop.example"
    await placed(client, buy(customerId="contact", email=first))
    order = await placed(client, buy(customerId="contact", email=second))
    view = await stage.mine.desk.view(OrderId(UUID(order["id"])))
    assert view.email == first


async def test_an_order_is_cancelled_once(stage: Stage, client: httpx2.AsyncClient) -> None:
    order = await placed(client, buy())
    cancelled = await client.post(f"/orders/{order['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
    assert code(await client.post(f"/orders/{order['id']}/cancel")) == (409, "invalid-state")


async def test_limits_tell_what_is_left(stage: Stage, client: httpx2.AsyncClient) -> None:
    desk = stage.mine.desk
    await stage.world.begin_hour()
    rule = desk.limit(fiat="EUR", per_order_max=50_000, per_day=25_000)
    await desk.add_rules(rule)
    limits = (await client.get("/configuration")).json()["limits"]
    assert limits["perOrder"]["EUR"] == {"minimum": "0.00", "maximum": "500.00"}
    assert (limits["perDay"]["EUR"], limits["perMonth"]["EUR"]) == ("250.00", None)
    body = buy(customerId="limited")
    answers = await asyncio.gather(*(client.post("/orders", json=body) for _ in range(10)))
    assert sorted(code(a) for a in answers) == [(201, "")] * 2 + [(422, "limit-exceeded")] * 8
    refused = next(answer.json() for answer in answers if answer.status_code == 422)
    told = (refused["limit"], refused["left"], refused["window"])
    assert told == ("250.00", "50.00", "day")
    too_large = await client.post("/orders", json={**body, "fiatAmount": "500.01"})
    assert code(too_large) == (422, "amount-too-large")
    assert too_large.json()["limit"] == "500.00"


async def test_a_customer_has_one_address_in_our_custody(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    body = {"crypto": "LTC", "customerId": "vault"}
    answers = await asyncio.gather(*(client.post("/addresses", json=body) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    address = answers[0].json()["address"]
    path = f"/addresses/{address}/balance?crypto=LTC"
    await stage.world.pay(address, LTC, "LTC", mine=1)
    waiting = (await client.get(path)).json()
    assert (waiting["confirmed"], waiting["unconfirmed"]) == ("0.00000000", "1.00000000")
    await stage.world.confirm("LTC")
    there = (await client.get(path)).json()
    assert (there["confirmed"], there["unconfirmed"]) == ("1.00000000", "0.00000000")
    async with talk(stage.app(), stage.theirs.key) as other:
        assert code(await other.get(path)) == (404, "not-found")
        theirs = await other.post("/addresses", json=body)
        assert theirs.json()["address"] != address


async def test_no_node_hears_of_addresses_asked_about(
    stage: Stage, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    for port in stage.world.core.chains.values():
        for name in ("balance", "transaction", "block", "tip", "mempool"):
            monkeypatch.setattr(port, name, lambda *_, at=name: calls.append(at))
    for address in (OUTSIDE, stage.theirs.address, stage.mine.address, "x" * 100, "1"):
        for crypto in ("LTC", "BTC", "ETH", "USDT_TRC20"):
            await client.get(f"/addresses/{address}/balance?crypto={crypto}")
            await client.post("/addresses/validate", json={"crypto": crypto, "address": address})
    assert calls == []


async def test_no_answer_holds_anything_like_a_private_key(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    made = await client.post("/addresses", json={"crypto": "BTC", "customerId": "keys"})
    assert set(made.json()) == {"address", "crypto", "chain", "custody", "createdAt"}
    told = [made.text]
    for path in ("/configuration", "/rates?fiat=EUR", f"/orders/{stage.mine.order}"):
        told.append((await client.get(path)).text)
    order = await placed(client, sell())
    told += [str(order), str(await listed(client, CUSTOMER))]
    assert [KEY_LIKE.search(text) for text in told] == [None] * len(told)
    assert KEY_LIKE.search(f"k={EXTENDED}") is not None
    assert KEY_LIKE.search(EXTENDED[: len(EXTENDED) // 2]) is not None
    assert KEY_LIKE.search("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ") is not None


async def test_equal_ids_of_customers_of_two_clients_are_two_customers(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    mine = await placed(client, buy())
    async with talk(stage.app(), stage.theirs.key) as other:
        theirs = await placed(other, buy())
        seen = {order["id"] for order in (await listed(other, CUSTOMER))["items"]}
        assert code(await other.get(f"/orders/{mine['id']}")) == (404, "not-found")
    own = {order["id"] for order in (await listed(client, CUSTOMER))["items"]}
    assert (mine["id"] in own, theirs["id"] in seen) == (True, True)
    assert not own & seen


@pytest.mark.parametrize("customer", ["a/b", "%2F", " blank ", "č ž", "x" * 191, "a//b", "q?a#b"])
async def test_ids_of_customers_survive_the_path(customer: str, client: httpx2.AsyncClient) -> None:
    order = await placed(client, buy(customerId=customer))
    found = (await listed(client, customer))["items"]
    assert [(one["id"], one["customerId"]) for one in found] == [(order["id"], customer)]


async def test_lists_are_cut_into_pages_and_chosen(client: httpx2.AsyncClient) -> None:
    made = [(await placed(client, buy(customerId="pages")))["id"] for _ in range(5)]
    first = await listed(client, "pages", limit=2)
    second = await listed(client, "pages", limit=2, cursor=first["next"])
    third = await listed(client, "pages", limit=2, cursor=second["next"])
    found = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert (found, third["next"]) == (made[::-1], None)
    await client.post(f"/orders/{made[0]}/cancel")
    gone = await listed(client, "pages", status="CANCELLED")
    assert [one["id"] for one in gone["items"]] == [made[0]]
    assert (await listed(client, "pages", crypto="BTC"))["items"] == []
    assert len((await listed(client, "pages", crypto="LTC"))["items"]) == 5
    since = gone["items"][0]["createdAt"]
    assert len((await listed(client, "pages", **{"from": since}))["items"]) == 5
    assert (await listed(client, "pages", to="2026-01-01T00:00:00+01:00"))["items"] == []


async def test_a_callback_tells_what_get_answers(stage: Stage, client: httpx2.AsyncClient) -> None:
    order = await placed(client, buy())
    view = await stage.mine.desk.view(OrderId(UUID(order["id"])))
    answer = await client.get(f"/orders/{order['id']}")
    assert render_order(view, PUBLIC_URL).encode() == answer.content


async def test_keys_of_other_kinds_of_partners_open_nothing(stage: Stage) -> None:
    async with talk(stage.app(), stage.merchant_key) as merchant:
        answer = await merchant.get("/configuration")
    assert code(answer) == (401, "credential-invalid")
    assert "X-API-Key" in answer.headers["www-authenticate"]


async def test_the_books_balance_after_all_of_it(stage: Stage) -> None:
    assert await stage.world.imbalance() == {}
    report = await audit(stage.world.core.pool)
    assert report.ok, report.lines()
