"""Show the whole life of orders through HTTP, on a real database and simulated chains."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from cambist.adapters.db.audit import verify
from cambist.adapters.db.books import fold, seal
from tests.dialects.cryptopayments.live import OUTSIDE, TRX, Stage
from tests.dialects.cryptopayments.test_bad_input import BROKEN
from tests.dialects.problems import JSON_TYPE

SEED = {
    "primaryAmount": {"amount": "1.000000", "currency": "TRX"},
    "secondaryAmount": {"amount": "0.27", "currency": "EUR"},
    "serviceFeeAmount": {"amount": "0.005000", "currency": "TRX"},
    "totalAmount": {"amount": "0.995000", "currency": "TRX"},
}
NO_AMOUNTS: tuple[Any, ...] = (
    "NaN", "Infinity", "1e400", "1e2", "-1", "+1", "1_000", "1,000", "1.", ".5", "01", " 1", "",
    "0", "0.000000", "1.0000000", "\u0661\u0662", "\uff11", "9" * 22, "9" * 5_000,
    1, 1.5, 1e308, True, None, [], {},
)  # fmt: skip


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx2.AsyncClient]:
    """Talk to the gateway as the caller."""
    async with stage.client() as opened:
        yield opened


def order_body(stage: Stage, **more: Any) -> dict[str, Any]:
    """Ask for one TRX."""
    return {"integrationId": str(stage.mine.shop), "amount": "1", "assetId": "TRX", **more}


async def shown(client: httpx2.AsyncClient, order_id: str) -> dict[str, Any]:
    """Show an order."""
    answer = await client.get(f"/orders/{order_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def orders(stage: Stage) -> int:
    """Count everybody's orders."""
    return int(await stage.world.core.pool.fetchval("select count(*) from orders"))


async def test_an_order_is_made_paid_and_shown_with_the_numbers_of_the_seed(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    made = await client.post("/order/payment", json=order_body(stage, externalId="123"))
    assert made.status_code == 201
    order_id, address = made.json()["orderId"], made.json()["paymentAddress"]
    assert (await shown(client, order_id))["status"] == "inProgress"
    txid = await stage.world.pay(address, TRX)
    await stage.world.confirm()
    order = await shown(client, order_id)
    (transaction,) = order["transactions"]
    assert (order["status"], order["externalId"]) == ("completed", "123")
    assert {name: order[name] for name in SEED} == SEED
    assert {name: transaction[name] for name in SEED} == SEED
    assert (transaction["hash"], transaction["receiverAddress"]) == (txid, address)
    alone = (await client.get(f"/transactions/{transaction['id']}")).json()
    assert alone == {**transaction, "orderId": order_id, "externalId": "123"}
    listed = (await client.get("/orders", params={"quantity": 1})).json()
    assert listed["data"] == [order]


async def test_one_key_fifty_times_at_once_is_one_order(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    before = await orders(stage)
    headers = {"Idempotency-Key": "fifty"}
    body = order_body(stage)
    answers = await asyncio.gather(
        *(client.post("/order/payment", json=body, headers=headers) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await orders(stage) == before + 1
    other = await client.post("/order/payment", json={**body, "amount": "2"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")
    assert await orders(stage) == before + 1


async def test_an_external_id_repeated_is_the_same_order_and_with_another_body_a_conflict(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    body = order_body(stage, externalId="order 7")
    first = await client.post("/order/payment", json=body)
    again = await client.post("/order/payment", json=body)
    other = await client.post("/order/payment", json={**body, "amount": "1.5"})
    assert (first.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")


async def test_a_refused_request_does_not_use_its_key_up(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    headers = {"Idempotency-Key": "second try"}
    body = {**order_body(stage), "destinationAddress": OUTSIDE}
    refused = await client.post(
        "/order/withdrawal", json={**body, "amount": "999999"}, headers=headers
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "insufficient-balance")
    assert (await client.post("/order/withdrawal", json=body, headers=headers)).status_code == 200


@pytest.mark.parametrize("operation", ["refund", "withdrawal", "transfer"])
async def test_money_leaves_once_and_the_order_completes(
    operation: str, stage: Stage, client: httpx2.AsyncClient
) -> None:
    world, mine = stage.world, stage.mine
    asked = {"amount": "2", "assetId": "TRX", "destinationAddress": OUTSIDE}
    named = {
        "refund": {"refundOrderId": mine.order},
        "withdrawal": {"integrationId": str(mine.shop)},
        "transfer": {"integrationId": str(mine.shop), "transferAddress": mine.address},
    }[operation]
    await world.pay_out()
    before = await world.standing("TRX", OUTSIDE)
    headers = {"Idempotency-Key": operation}
    answers = await asyncio.gather(
        *(
            client.post(f"/order/{operation}", json={**asked, **named}, headers=headers)
            for _ in range(20)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    promised = answers[0].json()
    assert (await shown(client, promised["orderId"]))["status"] == "inProgress"
    await world.pay_out()
    order = await shown(client, promised["orderId"])
    (transaction,) = order["transactions"]
    assert order["status"] == transaction["status"] == "completed"
    assert transaction["primaryAmount"] == {"amount": "2.000000", "currency": "TRX"}
    assert promised.get("transactionId", transaction["id"]) == transaction["id"]
    assert await world.standing("TRX", OUTSIDE) == before + 2 * TRX


async def test_twenty_refunds_at_once_never_exceed_what_came_in(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    body = {
        "amount": "6", "assetId": "TRX", "destinationAddress": OUTSIDE,
        "refundOrderId": stage.mine.order,
    }  # fmt: skip
    answers = await asyncio.gather(*(client.post("/order/refund", json=body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 19
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 422}
    assert codes <= {"refund-exceeds-received", "insufficient-balance"}


async def test_bad_input_creates_nothing_and_leaves_the_books_balanced(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    pool, mine = stage.world.core.pool, stage.mine
    counted = "select (select count(*) from orders), (select count(*) from withdrawals),"
    counted += " (select count(*) from holds), (select count(*) from idempotency)"
    before = await pool.fetchrow(counted)
    leaving = {**order_body(stage), "destinationAddress": OUTSIDE}
    sending = {**leaving, "transferAddress": mine.address}
    returning = {
        "amount": "1", "assetId": "TRX", "destinationAddress": OUTSIDE,
        "refundOrderId": mine.order,
    }  # fmt: skip
    bodies = {
        "payment": order_body(stage), "withdrawal": leaving, "transfer": sending,
        "refund": returning,
    }  # fmt: skip
    bitcoin = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
    for name, body in bodies.items():
        wrong: list[dict[str, Any]] = [{**body, "amount": amount} for amount in NO_AMOUNTS]
        wrong += [{**body, "assetId": asset} for asset in ("DOGE", "EUR", "trx", "", 1, None)]
        wrong += [{key: value for key, value in body.items() if key != left} for left in body]
        wrong += [{**body, "surplus": 1}, {**body, "externalId": "x" * 1_000_000}]
        if "destinationAddress" in body:
            destinations = (bitcoin, "", OUTSIDE[:-1], OUTSIDE.lower(), "T" * 34, None)
            wrong += [{**body, "destinationAddress": to} for to in destinations]
        for one in wrong:
            await _refused(await client.post(f"/order/{name}", json=one), one)
        for content, _ in BROKEN:
            url = f"/order/{name}"
            await _refused(await client.post(url, content=content, headers=JSON_TYPE), content)
    assert await pool.fetchrow(counted) == before
    while await fold(pool) + await seal(pool):
        pass
    report = await verify(pool)
    assert report.ok, report.lines()
    assert await stage.world.imbalance() == {}


async def _refused(answer: httpx2.Response, sent: object) -> None:
    assert answer.status_code in {400, 413, 422}, (answer.status_code, str(sent)[:200])
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]
