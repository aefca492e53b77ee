"""Show the vendor's sample numbers: 1 TRX paid, 0.5 % fee, worth 0.27 EUR."""

from dataclasses import replace
from typing import Any

import httpx2

from cambist.domain.market.assets import ASSETS
from cambist.domain.orders.states import OrderState
from cambist.kernel.money import Money, share_half_up
from cambist.kernel.rates import Rate, Rounding
from tests.dialects.cryptopayments.gateway import (
    DEPOSIT_ADDRESS,
    DONE,
    HASH,
    INTEGRATION,
    MERCHANT,
    ORDER,
    PUBLIC_URL,
    World,
    make_order,
    make_payment,
    show,
)

AMOUNTS = {
    "primaryAmount": {"amount": "1.000000", "currency": "TRX"},
    "secondaryAmount": {"amount": "0.27", "currency": "EUR"},
    "serviceFeeAmount": {"amount": "0.005000", "currency": "TRX"},
    "totalAmount": {"amount": "0.995000", "currency": "TRX"},
}
TRANSACTION = {
    "id": "705",
    "hash": HASH,
    "status": "completed",
    "createdAt": "2024-12-16T07:32:03+00:00",
    "updatedAt": "2024-12-16T07:34:04+00:00",
    "receiverAddress": DEPOSIT_ADDRESS,
    **AMOUNTS,
}
PAID = {
    "id": ORDER,
    "status": "completed",
    "createdAt": "2024-12-16T07:20:23+00:00",
    "updatedAt": "2024-12-16T07:34:04+00:00",
    "transactions": [TRANSACTION],
    **AMOUNTS,
    "externalId": "123",
}


def without_additions(answer: dict[str, Any]) -> dict[str, Any]:
    """Leave out what we add, so that the vendor's own fields remain, in their order."""
    ours = {"labels", "confirmations", "requiredConfirmations", "expiresAt"}
    kept = {name: value for name, value in answer.items() if name not in ours}
    if "transactions" in kept:
        kept["transactions"] = [without_additions(one) for one in kept["transactions"]]
    return kept


async def test_sample_payment_shows_the_seeds_numbers(
    client: httpx2.AsyncClient, world: World
) -> None:
    trx, paid = ASSETS["TRX"], Money(1_000_000, ASSETS["TRX"])
    fee = share_half_up(paid.units, 5_000)
    worth = Rate.parse(trx, ASSETS["EUR"], "0.27").convert(paid, Rounding.HALF_UP)
    order = replace(
        make_order(ORDER, MERCHANT, INTEGRATION), state=OrderState.COMPLETED, updated_at=DONE
    )
    world.queries.views = [show(order, make_payment(order, 705, paid.units, fee, worth.units))]
    answer = (await client.get(f"/orders/{ORDER}")).json()
    assert without_additions(answer) == PAID
    assert list(without_additions(answer)) == list(PAID)
    assert list(without_additions(answer)["transactions"][0]) == list(TRANSACTION)


async def test_single_transaction_adds_its_order(client: httpx2.AsyncClient) -> None:
    answer = without_additions((await client.get("/transactions/705")).json())
    assert answer == {**TRANSACTION, "orderId": ORDER, "externalId": "123"}
    assert list(answer)[:3] == ["id", "orderId", "status"]
    assert list(answer)[-2:] == ["hash", "externalId"]


async def test_new_order_shows_zeros_and_no_transactions(client: httpx2.AsyncClient) -> None:
    body = {"integrationId": INTEGRATION, "amount": "1", "assetId": "TRX", "externalId": "123"}
    opened = (await client.post("/order/deposit", json=body)).json()
    assert list(opened) == ["orderId", "paymentLink", "widgetCode", "paymentAddress"]
    query = f"integrationId={INTEGRATION}&orderId={opened['orderId']}"
    assert opened["paymentLink"] == f"{PUBLIC_URL}/payment-page?{query}"
    assert opened["widgetCode"] == (
        f'<iframe src={PUBLIC_URL}/iframe?{query} width="100%" height="800px" '
        'allow="clipboard-write *" ></iframe>'
    )
    assert opened["paymentAddress"] == DEPOSIT_ADDRESS


async def test_sample_rates_follow_from_the_price(client: httpx2.AsyncClient) -> None:
    rates = (await client.get("/exchange-rates?amount=1&currency=USD")).json()["rates"]
    shown = {rate["assetId"]: (rate["rate"], rate["crypto"]["amount"]) for rate in rates}
    assert shown["USDT_TRC20"] == ("1.000460", "1.000460")
    assert shown["TRX"] == ("3.538946", "3.538946")
