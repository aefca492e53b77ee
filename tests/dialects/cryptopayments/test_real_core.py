"""Show the gateway on the real bus and database: flows, races, isolation, bad input."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from cambist.app.partners.revoke_key import RevokeKey
from cambist.dialects.cryptopayments import render_order
from cambist.kernel.ids import OrderId
from tests.dialects.cryptopayments.real_house import TRX, House, open_house

OUTSIDE = "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe"
BITCOIN = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
NOWHERE = "1efbb7e3-74e3-68a8-a1ca-8ff1ac166f80"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for the module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture
async def house(database_url: str, folder: Path) -> AsyncIterator[House]:
    async with open_house(database_url, folder) as opened:
        yield opened


def code(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


async def test_paid_deposit_shows_the_numbers_of_the_seed(house: House) -> None:
    opened = await house.deposit()
    new = await house.show(opened["orderId"])
    assert (new["status"], new["transactions"]) == ("inProgress", [])
    assert new["primaryAmount"] == {"amount": "0.000000", "currency": "TRX"}
    assert new["secondaryAmount"] == {"amount": "0.00", "currency": "EUR"}
    await house.world.pay(opened["paymentAddress"], TRX)
    await house.world.mine(18)
    seen = await house.show(opened["orderId"])
    assert (seen["status"], seen["confirmations"]) == ("inProgress", 18)
    await house.world.mine(1)
    paid = await house.show(opened["orderId"])
    assert (paid["status"], paid["confirmations"], paid["labels"]) == ("completed", 19, [])
    for shown in (paid, paid["transactions"][0]):
        assert shown["primaryAmount"] == {"amount": "1.000000", "currency": "TRX"}
        assert shown["serviceFeeAmount"] == {"amount": "0.005000", "currency": "TRX"}
        assert shown["totalAmount"] == {"amount": "0.995000", "currency": "TRX"}
        assert shown["secondaryAmount"] == {"amount": "0.27", "currency": "EUR"}
    number = paid["transactions"][0]["id"]
    single = (await house.merchant.get(f"/transactions/{number}")).json()
    assert (single["orderId"], single["hash"]) == (
        opened["orderId"],
        paid["transactions"][0]["hash"],
    )


async def test_callback_body_is_what_get_answers(house: House) -> None:
    opened = await house.paid()
    view = await house.world.view(OrderId(UUID(opened["orderId"])))
    answer = await house.merchant.get(f"/orders/{opened['orderId']}")
    assert render_order(view).encode() == answer.content


async def test_fifty_equal_requests_at_once_make_one_order(house: House) -> None:
    body = {"integrationId": house.shop, "amount": "1", "assetId": "TRX"}
    headers = {"Idempotency-Key": "fifty"}
    answers = await asyncio.gather(
        *(house.merchant.post("/order/payment", json=body, headers=headers) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert (await house.merchant.get("/orders")).json()["pagination"]["totalQuantity"] == 1
    other = {**body, "amount": "2"}
    again = await house.merchant.post("/order/payment", json=other, headers=headers)
    assert code(again) == (409, "idempotency-conflict")


async def test_external_id_names_one_order(house: House) -> None:
    body = {"integrationId": house.shop, "amount": "1", "assetId": "TRX", "externalId": "č 1"}
    first = await house.merchant.post("/order/deposit", json=body)
    again = await house.merchant.post("/order/deposit", json=body)
    other = await house.merchant.post("/order/deposit", json={**body, "amount": "2"})
    assert first.content == again.content
    assert code(other) == (409, "idempotency-conflict")
    assert (await house.show(first.json()["orderId"]))["externalId"] == "č 1"


async def test_twenty_refunds_at_once_never_exceed_what_was_received(house: House) -> None:
    order = await house.paid()
    await house.paid(3 * TRX)
    body = {
        "amount": "0.1",
        "assetId": "TRX",
        "destinationAddress": OUTSIDE,
        "refundOrderId": order["orderId"],
    }
    answers = await asyncio.gather(
        *(house.merchant.post("/order/refund", json=body) for _ in range(20))
    )
    assert (
        sorted(code(answer) for answer in answers)
        == [(200, "")] * 10 + [(422, "refund-exceeds-received")] * 10
    )
    shown = await house.show(answers[0].json().get("orderId") or order["orderId"])
    assert shown["status"] in ("inProgress", "completed")
    assert await house.world.imbalance() == {}


async def test_withdrawals_at_once_never_exceed_the_balance(house: House) -> None:
    await house.paid()
    body = {
        "amount": "0.5",
        "assetId": "TRX",
        "destinationAddress": OUTSIDE,
        "integrationId": house.shop,
    }
    answers = await asyncio.gather(
        *(house.merchant.post("/order/withdrawal", json=body) for _ in range(8))
    )
    assert (
        sorted(code(answer) for answer in answers)
        == [(200, "")] + [(422, "insufficient-balance")] * 7
    )
    done = next(answer.json()["orderId"] for answer in answers if answer.status_code == 200)
    await house.world.fund_hot("TRX", 10 * TRX)
    await house.world.pay_out()
    shown = await house.show(done)
    assert shown["status"] == "completed"
    assert shown["primaryAmount"] == {"amount": "0.500000", "currency": "TRX"}
    assert shown["transactions"][0]["receiverAddress"] == OUTSIDE
    assert shown["transactions"][0]["hash"]


async def test_transfer_sends_from_a_managed_address(house: House) -> None:
    opened = await house.paid(2 * TRX)
    body = {
        "amount": "1.20",
        "assetId": "TRX",
        "transferAddress": opened["paymentAddress"],
        "destinationAddress": OUTSIDE,
        "integrationId": house.shop,
        "externalId": "123",
    }
    answer = await house.merchant.post("/order/transfer", json=body)
    assert answer.status_code == 200
    sent = answer.json()
    single = (await house.merchant.get(f"/transactions/{sent['transactionId']}")).json()
    assert (single["orderId"], single["externalId"]) == (sent["orderId"], "123")
    foreign = {**body, "transferAddress": OUTSIDE, "externalId": "124"}
    assert code(await house.merchant.post("/order/transfer", json=foreign)) == (404, "not-found")


async def test_a_strangers_requests_find_nothing_and_change_nothing(house: House) -> None:
    order = await house.paid()
    number = (await house.show(order["orderId"]))["transactions"][0]["id"]
    payout = {"amount": "0.1", "assetId": "TRX", "destinationAddress": OUTSIDE}
    shop = {"integrationId": house.shop}
    attempts: list[tuple[str, str, Any]] = [
        ("GET", f"/orders/{order['orderId']}", None),
        ("GET", f"/transactions/{number}", None),
        ("GET", f"/orders?integrationId={house.shop}", None),
        ("POST", "/order/deposit", shop),
        ("POST", "/order/payment", {**shop, "amount": "1", "assetId": "TRX"}),
        ("POST", "/order/refund", {**payout, "refundOrderId": order["orderId"]}),
        ("POST", "/order/withdrawal", {**payout, **shop}),
        (
            "POST",
            "/order/transfer",
            {**payout, **shop, "transferAddress": order["paymentAddress"]},
        ),
    ]
    before = await _counts(house)
    for method, path, body in attempts:
        answer = await house.stranger.request(method, path, json=body)
        assert code(answer) == (404, "not-found"), path
    assert await _counts(house) == before
    assert (await house.stranger.get("/orders")).json()["data"] == []
    assert (await house.stranger.get("/integrations")).json()["data"] == []


BAD: list[tuple[str, dict[str, str], int, str]] = [
    ("/order/payment", {"amount": "NaN", "assetId": "TRX"}, 400, "field-invalid"),
    ("/order/payment", {"amount": "1e400", "assetId": "TRX"}, 400, "field-invalid"),
    ("/order/payment", {"amount": "-1", "assetId": "TRX"}, 400, "field-invalid"),
    ("/order/payment", {"amount": "0", "assetId": "TRX"}, 422, "amount-too-small"),
    ("/order/payment", {"amount": "1_000", "assetId": "TRX"}, 400, "field-invalid"),
    ("/order/payment", {"amount": "\u0661", "assetId": "TRX"}, 400, "field-invalid"),
    ("/order/payment", {"amount": "1.0000001", "assetId": "TRX"}, 400, "amount-too-precise"),
    ("/order/payment", {"amount": "1", "assetId": "DOGE"}, 422, "asset-not-supported"),
    ("/order/payment", {"amount": "9" * 21, "assetId": "ETH"}, 201, ""),
    (
        "/order/withdrawal",
        {"amount": "1", "assetId": "TRX", "destinationAddress": BITCOIN},
        422,
        "address-invalid",
    ),
    (
        "/order/withdrawal",
        {"amount": "9" * 21, "assetId": "TRX", "destinationAddress": OUTSIDE},
        422,
        "insufficient-balance",
    ),
]


async def test_bad_input_is_refused_clearly_and_leaves_the_books_balanced(house: House) -> None:
    for path, body, status, refusal in BAD:
        answer = await house.merchant.post(path, json={"integrationId": house.shop, **body})
        assert code(answer) == (status, refusal), body
    assert await house.world.imbalance() == {}


async def test_only_a_completed_incoming_order_is_refunded(house: House) -> None:
    await house.paid(3 * TRX)
    body = {"amount": "1", "assetId": "TRX", "destinationAddress": OUTSIDE}
    open_order = (await house.deposit())["orderId"]
    for order_id, expected in (
        (open_order, (422, "order-not-refundable")),
        (NOWHERE, (404, "not-found")),
    ):
        asked = {**body, "refundOrderId": order_id}
        assert code(await house.merchant.post("/order/refund", json=asked)) == expected


async def test_lists_are_cut_into_pages(house: House) -> None:
    made = [(await house.deposit())["orderId"] for _ in range(3)]
    first = (await house.merchant.get("/orders?quantity=2")).json()
    second = (
        await house.merchant.get(f"/orders?page=2&quantity=2&integrationId={house.shop}")
    ).json()
    assert [one["id"] for one in first["data"] + second["data"]] == made[::-1]
    assert second["pagination"] == {
        "quantity": 1,
        "totalQuantity": 3,
        "currentPage": 2,
        "pages": 2,
    }


async def test_assets_and_rates_come_from_the_core(house: House) -> None:
    assets = {one["id"] for one in (await house.merchant.get("/assets")).json()["assets"]}
    rates = (await house.merchant.get("/exchange-rates?amount=10&currency=EUR")).json()["rates"]
    assert "TRX" in assets
    assert {one["assetId"] for one in rates} <= assets
    trx = next(one for one in rates if one["assetId"] == "TRX")
    assert trx["rate"] == "3.703704"
    assert trx["crypto"] == {"amount": "37.037040", "currency": "TRX"}


async def test_a_deposit_may_leave_the_asset_to_the_payer(house: House) -> None:
    answer = await house.merchant.post("/order/deposit", json={"integrationId": house.shop})
    assert answer.json()["paymentAddress"] is None
    shown = await house.show(answer.json()["orderId"])
    assert (shown["primaryAmount"], shown["totalAmount"]) == (None, None)
    assert shown["secondaryAmount"] == {"amount": "0.00", "currency": "EUR"}


async def test_a_revoked_key_is_forgotten(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cambist.http.callers.KNOWN_FOR_S", 0)
    assert (await house.merchant.get("/assets")).status_code == 200
    await house.world.do(RevokeKey(house.key_id))
    assert code(await house.merchant.get("/assets")) == (401, "credential-invalid")


async def test_use_of_a_key_is_written_down(house: House) -> None:
    await house.merchant.get("/assets")
    query = "select last_used_at is not null from api_key_uses where api_key_id = $1"
    async with asyncio.timeout(120):
        while True:
            if await house.world.core.pool.fetchval(query, house.key_id):
                break
            await asyncio.sleep(0.1)


COUNTS = """select (select count(*) from orders), (select count(*) from payments),
  (select count(*) from withdrawals), (select count(*) from addresses),
  (select count(*) from entries), (select count(*) from holds), (select count(*) from outbox)"""


async def _counts(house: House) -> tuple[int, ...]:
    """Count what a request may leave behind."""
    row = await house.world.core.pool.fetchrow(COUNTS)
    assert row is not None
    return tuple(row)
