"""Prove that the sandbox's hand moves the world as told, refuses strangers, names wrong fields."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cambist.adapters.simulators.payer import SimulatedPayer
from cambist.domain.market.assets import ASSETS
from cambist.domain.orders.orders import Order
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.rates import Rate
from cambist.pages.sandbox.settling import MINED_BY_CLOCK_MAX
from tests.sandbox.rig import Rig, open_rig, violations

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASH = "ab" * 32
LOOKS_MAX = 5_000
OPERATIONS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/chains/tron/pay", {"address": "T", "amount": "1", "asset": "TRX"}),
    ("POST", "/chains/tron/mine", {"blocks": 1}),
    ("POST", "/chains/tron/replace", {"hash": HASH}),
    ("POST", "/chains/tron/reorg", {"depth": 1}),
    ("GET", f"/chains/tron/transactions/{HASH}", None),
    ("POST", "/bank/transfer", {"amount": "1", "currency": "EUR"}),
    ("GET", "/bank/payouts", None),
    ("POST", "/bank/payouts/01a1fc0d-f0f8-7431-87e9-afbc5ae80d2c/return", {}),
    ("GET", "/bank/batches/01a1fc0d-f0f8-7431-87e9-afbc5ae80d2c", None),
    ("POST", "/prices/TRX_EUR", {"down": True}),
    ("POST", "/clock/advance", {"seconds": 3600}),
    ("GET", "/sink/demo/received", None),
    ("POST", "/sink/demo/behave", {"status": 500, "times": 1}),
    ("GET", "/mail?to=a", None),
    ("GET", "/sms?to=1", None),
    ("GET", "/ledger/check", None),
    ("GET", "/orders/01a1fc0d-f0f8-7431-87e9-afbc5ae80d2c", None),
]
WRONG_AMOUNTS = ("NaN", "1e400", "-1", "0", "1_000", "\u0661", "1.1234567", "", " 1", "01", 1, 0.5)
WRONG_COUNTS = (-1, 1001, True, 1.5, "1", None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("var")
    async with open_rig(database_url, folder) as opened:
        yield opened


async def rate_of(rig: Rig, pair: str) -> str:
    base, quote = (ASSETS[code] for code in pair.split("_"))
    found: Rate = await rig.core.queries.rate(base, quote)
    return str(found)


async def until(rig: Rig, order_id: Any, holds: Callable[[Order], bool]) -> None:
    for _ in range(LOOKS_MAX):
        if holds(await rig.order(order_id)):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to pass")


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer wrong", "Basic {}", "{}"])
@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
async def test_without_the_token_nothing_moves(
    rig: Rig, method: str, path: str, body: dict[str, Any] | None, authorization: str | None
) -> None:
    before = await rig.core.work.now(), await rig.core.chains["tron"].tip()
    headers = {}
    if authorization is not None:
        headers = {"Authorization": authorization.format(rig.access.token)}
    answer = await rig.stranger.request(method, path, json=body, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "credential-invalid"
    after = await rig.core.work.now(), await rig.core.chains["tron"].tip()
    assert after[1] == before[1]
    assert after[0] - before[0] < timedelta(seconds=3_600)


async def test_a_token_in_the_address_opens_nothing(rig: Rig) -> None:
    answer = await rig.stranger.get(f"/ledger/check?token={rig.access.token}")
    assert answer.status_code == 401


async def test_a_payment_waits_in_the_mempool_until_somebody_mines(rig: Rig) -> None:
    opened = await rig.open()
    paid = await rig.post(
        "/chains/tron/pay", address=opened.address, amount="1.000000", asset="TRX"
    )
    where = f"/chains/tron/transactions/{paid['hash']}"
    assert await rig.get(where) == {"hash": paid["hash"], "confirmations": 0, "block": None}
    await until(rig, opened.order_id, lambda order: order.received > 0)
    assert await rig.get(where) == {"hash": paid["hash"], "confirmations": 0, "block": None}
    tip = await rig.post("/chains/tron/mine", blocks=3)
    found = await rig.get(where)
    assert found["confirmations"] == 3
    assert found["block"]["height"] == tip["height"] - 2


async def test_a_payment_may_come_with_its_confirmations(rig: Rig) -> None:
    opened = await rig.open()
    paid = await rig.post(
        "/chains/tron/pay", address=opened.address, amount="1", asset="TRX", confirmations=2
    )
    assert (await rig.get(f"/chains/tron/transactions/{paid['hash']}"))["confirmations"] == 2


@pytest.mark.parametrize("amount", WRONG_AMOUNTS)
async def test_a_wrong_amount_is_named(rig: Rig, amount: Any) -> None:
    hot = rig.core.hot_address("tron")
    answer = await rig.client.post(
        "/chains/tron/pay", json={"address": hot, "amount": amount, "asset": "TRX"}
    )
    assert answer.status_code in (400, 422)
    assert violations(answer.json()) == {"amount"}
    assert await rig.core.chains["tron"].mempool() == ()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"asset": "DOGE"}, 422, "asset"),
        ({"asset": "BTC"}, 422, "asset"),
        ({"asset": "EUR"}, 422, "asset"),
        ({"asset": None}, 400, "asset"),
        ({"address": "nowhere"}, 422, "address"),
        ({"address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}, 422, "address"),
        ({"address": ""}, 400, "address"),
        ({"address": "T" * 5_000}, 400, "address"),
        ({"memo": "x"}, 400, "memo"),
        *(({"confirmations": count}, 400, "confirmations") for count in WRONG_COUNTS),
    ],
)
async def test_whatever_else_is_wrong_with_a_payment_is_named(
    rig: Rig, change: dict[str, Any], status: int, field: str
) -> None:
    hot = rig.core.hot_address("tron")
    body = {"address": hot, "amount": "1", "asset": "TRX", **change}
    answer = await rig.client.post("/chains/tron/pay", json=body)
    assert (answer.status_code, violations(answer.json())) == (status, {field})


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/chains/tron/mine", "blocks"),
        ("/chains/tron/reorg", "depth"),
        ("/clock/advance", "seconds"),
    ],
)
@pytest.mark.parametrize("count", [0, 10**12, "1", True, 1.5, None])
async def test_a_wrong_count_is_named(rig: Rig, path: str, field: str, count: Any) -> None:
    answer = await rig.client.post(path, json={field: count})
    assert (answer.status_code, violations(answer.json())) == (400, {field})


@pytest.mark.parametrize("chain", ["dogecoin", "polygon", "TRON", "%00"])
async def test_an_unknown_chain_is_not_found(rig: Rig, chain: str) -> None:
    answer = await rig.client.post(f"/chains/{chain}/mine", json={"blocks": 1})
    assert (answer.status_code, violations(answer.json())) == (404, {"chain"})


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"blocks":1,"blocks":2}', b'{"blocks":NaN}'])
async def test_a_body_that_is_no_plain_object_is_refused(rig: Rig, body: bytes) -> None:
    kind = {"content-type": "application/json"}
    answer = await rig.client.post("/chains/tron/mine", content=body, headers=kind)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/bank"), ("POST", "/cards/1/authorize"), ("GET", "/"), ("GET", "/orders")],
)
async def test_what_is_not_here_yet_is_not_found(rig: Rig, method: str, path: str) -> None:
    answer = await rig.client.request(method, path, json=None if method == "GET" else {})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_is_told(rig: Rig) -> None:
    assert (await rig.client.get("/clock/advance")).status_code == 405


async def test_a_replaced_transaction_is_gone(rig: Rig) -> None:
    opened = await rig.open()
    first = await rig.post("/chains/tron/pay", address=opened.address, amount="1", asset="TRX")
    second = await rig.post("/chains/tron/replace", hash=first["hash"])
    assert second["hash"] != first["hash"]
    await rig.get(f"/chains/tron/transactions/{first['hash']}", 404)
    assert (await rig.get(f"/chains/tron/transactions/{second['hash']}"))["confirmations"] == 0


@pytest.mark.parametrize("txid", [HASH, "nonsense", "AB" * 32])
async def test_what_is_not_in_the_mempool_cannot_be_replaced(rig: Rig, txid: str) -> None:
    problem = await rig.post("/chains/tron/replace", 404, hash=txid)
    assert violations(problem) == {"hash"}


async def test_a_reorg_lets_transactions_wait_again(rig: Rig) -> None:
    opened = await rig.open()
    paid = await rig.post(
        "/chains/tron/pay", address=opened.address, amount="1", asset="TRX", confirmations=2
    )
    before = await rig.core.chains["tron"].tip()
    tip = await rig.post("/chains/tron/reorg", depth=2)
    assert tip["height"] == before.height + 1
    assert (await rig.get(f"/chains/tron/transactions/{paid['hash']}"))["block"] is None


async def test_a_reorg_deeper_than_the_chain_is_refused(rig: Rig) -> None:
    assert violations(await rig.post("/chains/bitcoin/reorg", 422, depth=1_000)) == {"depth"}


async def test_a_pinned_price_is_current_when_the_call_returns(rig: Rig) -> None:
    said = await rig.post("/prices/TRX_EUR", mid="0.31")
    assert said == {"pair": "TRX_EUR", "mid": "0.31", "down": False}
    assert await rate_of(rig, "TRX_EUR") == "0.31"
    assert await rate_of(rig, "TRX_CZK") == "7.75"
    opened = await rig.open()
    assert (await rig.get(f"/orders/{opened.order_id}"))["rate"] == "0.31"
    await rig.post("/prices/TRX_EUR", down=False)
    assert await rate_of(rig, "TRX_EUR") == "0.27"


async def test_a_pair_that_is_down_has_no_price_until_it_is_released(rig: Rig) -> None:
    await rig.post("/prices/TRX_EUR", down=True)
    with pytest.raises(DomainError) as refusal:
        await rig.open()
    assert refusal.value.code is ErrorCode.RATE_UNAVAILABLE
    await rig.post("/prices/TRX_EUR", mid=None)
    await rig.open()


async def test_pins_outlast_rounds_and_leaps(rig: Rig) -> None:
    await rig.post("/prices/LTC_EUR", mid="81.5")
    await rig.post("/clock/advance", seconds=40)
    assert await rate_of(rig, "LTC_EUR") == "81.5"
    await rig.post("/prices/LTC_EUR", mid=None)


@pytest.mark.parametrize(
    "body",
    [{}, {"mid": "1", "down": True}, {"mid": "0"}, {"mid": "-1"}, {"mid": 1}, {"mid": "1e2"}],
)
async def test_a_wrong_mid_is_named(rig: Rig, body: dict[str, Any]) -> None:
    answer = await rig.client.post("/prices/TRX_EUR", json=body)
    assert answer.status_code in (400, 422)
    assert violations(answer.json()) == {"mid"}
    assert await rate_of(rig, "TRX_EUR") == "0.27"


@pytest.mark.parametrize("pair", ["TRX_XXX", "EUR", "trx_eur"])
async def test_an_unknown_pair_is_not_found(rig: Rig, pair: str) -> None:
    assert violations(await rig.post(f"/prices/{pair}", 404, mid="1")) == {"pair"}


async def test_nothing_moves_by_itself(rig: Rig) -> None:
    tips = [await port.tip() for port in rig.core.chains.values()]
    quotes = await rig.core.prices.snapshot()
    await rig.services.refresh()
    assert [await port.tip() for port in rig.core.chains.values()] == tips
    again = await rig.core.prices.snapshot()
    assert {p: q.mantissa for p, q in again.items()} == {p: q.mantissa for p, q in quotes.items()}


async def test_a_leap_expires_orders_before_it_answers(rig: Rig) -> None:
    opened = await rig.open()
    before = await rig.core.work.now()
    said = await rig.post("/clock/advance", seconds=1_201)
    assert said["settled"] is True
    assert said["waiting_for"] == []
    leapt = datetime.fromisoformat(said["now"])
    assert before + timedelta(seconds=1_201) <= leapt <= await rig.core.work.now()
    shown = await rig.get(f"/orders/{opened.order_id}")
    assert shown["state"] == "expired"
    assert [event["name"] for event in shown["events"]] == ["order.created", "order.expired"]
    await rig.open()


async def test_a_leap_mines_by_the_chains_own_intervals(rig: Rig) -> None:
    before = {chain: (await port.tip()).height for chain, port in rig.core.chains.items()}
    said = await rig.post("/clock/advance", seconds=300)
    after = {chain: (await port.tip()).height for chain, port in rig.core.chains.items()}
    mined = {chain: after[chain] - before[chain] for chain in before}
    assert mined == {"bitcoin": 0, "litecoin": 2, "ethereum": 25, "tron": MINED_BY_CLOCK_MAX}
    assert said["mined"] == mined


async def test_a_payment_sent_just_before_a_leap_is_in_time(rig: Rig) -> None:
    opened = await rig.open()
    await rig.post("/chains/tron/pay", address=opened.address, amount="1", asset="TRX")
    await rig.post("/clock/advance", seconds=1_500)
    shown = await rig.get(f"/orders/{opened.order_id}")
    assert (shown["state"], shown["labels"]) == ("completed", [])


async def test_a_leap_beyond_ten_years_in_all_is_refused(rig: Rig) -> None:
    await rig.core.pool.execute("update sandbox_clock set seconds = seconds + 315600000")
    problem = await rig.post("/clock/advance", 422, seconds=31_622_400)
    assert violations(problem) == {"seconds"}
    await rig.core.pool.execute("update sandbox_clock set seconds = seconds - 315600000")


async def test_nobody_was_written_to_yet(rig: Rig) -> None:
    assert await rig.get("/mail?to=anna@shop.example") == {"items": []}
    assert await rig.get("/sms?to=+420") == {"items": []}


async def test_the_books_are_balanced(rig: Rig) -> None:
    standing = await rig.get("/ledger/check")
    assert (standing["balanced"], standing["negative"]) == (True, [])
    assert {"TRX", "USDT_TRC20", "BTC", "LTC", "ETH"} <= set(standing["assets"])


async def test_an_order_is_shown_with_amounts_payments_and_events(rig: Rig) -> None:
    order_id = await rig.core.pool.fetchval("select id from orders where external_id = 'demo-paid'")
    shown = await rig.get(f"/orders/{order_id}")
    assert shown["integration_id"] == rig.access.integration_id
    amounts = {name: shown[name] for name in ("amount", "received", "confirmed", "fee", "rate")}
    assert amounts == {
        "amount": "1.000000",
        "received": "1.000000",
        "confirmed": "1.000000",
        "fee": "0.005000",
        "rate": "0.27",
    }
    [payment] = shown["payments"]
    assert (payment["amount"], payment["fee"], payment["fiat_amount"]) == (
        "1.000000",
        "0.005000",
        "0.27",
    )
    assert [(event["seq"], event["name"]) for event in shown["events"]] == [
        (1, "order.created"),
        (2, "order.payment_seen"),
        (3, "order.payment_confirmed"),
        (4, "order.completed"),
    ]


@pytest.mark.parametrize("order_id", ["01a1fc0d-f0f8-7431-87e9-afbc5ae80d2c", "1", "x" * 400])
async def test_an_unknown_order_is_not_found(rig: Rig, order_id: str) -> None:
    assert violations(await rig.get(f"/orders/{order_id}", 404)) == {"id"}


async def test_the_panel_pays_replaces_and_mines(rig: Rig) -> None:
    payer = SimulatedPayer(rig.core.controls, rig.core.chains)
    opened = await rig.open(50_000, "LTC")
    order = await rig.order(opened.order_id)
    await payer.replace(order)
    await payer.pay(order, 50_000)
    await payer.replace(order)
    ours = [t for t in await rig.core.chains["litecoin"].mempool() if t.address == opened.address]
    assert ours == []
    await payer.pay(order, 50_000)
    await payer.mine(order, 6)
    await until(rig, opened.order_id, lambda order: order.confirmed == 50_000)


async def test_the_panel_says_when_a_chain_is_not_ours_to_move(rig: Rig) -> None:
    order = await rig.order((await rig.open()).order_id)
    with pytest.raises(DomainError) as refusal:
        await SimulatedPayer({}, rig.core.chains).pay(order, 1)
    assert refusal.value.code is ErrorCode.CHAIN_UNAVAILABLE
