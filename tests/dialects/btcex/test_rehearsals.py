"""Show that a test runs every check and keeps nothing, and that only a sandbox may be tested."""

from typing import Any

import pytest

from cambist.app.cases.decide_case import Decision
from tests.dialects.btcex.live import AML, BTC, IDENTITY, OUTSIDE, Client, Stage, mailbox
from tests.documents.pictures import flood_png

TEST = {"btcex-test": "1"}
UNTOUCHED = (
    "partners", "integrations", "orders", "trades", "cases", "codes",
    "messages", "customers", "outbox", "documents", "budgets", "turnovers",
    "quotes", "addresses", "counters", "idempotency", "accounts", "journals",
    "entries", "holds", "page_links",
)  # fmt: skip


async def state(stage: Stage) -> list[Any]:
    """Read everything a request could write, but for nonces."""
    fetch = stage.world.core.pool.fetch
    return [await fetch(f"select t::text from {table} t order by 1") for table in UNTOUCHED]


async def tried(me: Client, stage: Stage, path: str, body: Any, status: int) -> dict[str, Any]:
    """Post as a test and find nothing changed."""
    before = await state(stage)
    answer = await me.send("POST", path, body, TEST)
    assert (answer.status_code, answer.headers["btcex-test"]) == (status, "1"), answer.text
    assert await state(stage) == before
    shown: dict[str, Any] = answer.json()
    return shown


def _without_own(order: dict[str, Any]) -> dict[str, Any]:
    own = {"id", "url", "created_at", "updated_at", "valid_until", "email"}
    return {name: value for name, value in order.items() if name not in own}


@pytest.mark.parametrize("kind", ["buy", "sell"])
async def test_an_order_is_answered_as_a_real_one_and_not_kept(
    me: Client, stage: Stage, kind: str
) -> None:
    real = await (me.buy() if kind == "buy" else me.sell())
    body = {"email": mailbox(), "pennies": real["pennies"]} if kind == "buy" else {}
    body |= {"btc_address": OUTSIDE} if kind == "buy" else {"email": mailbox()}
    if kind == "sell":
        body |= {"satoshi": real["satoshi"], "bank_account": real["bank_account"]}
    order = await tried(me, stage, f"/order/{kind}", body, 201)
    assert _without_own(order) == _without_own(real)
    assert order["email"] == body["email"]
    assert (await me.ask("GET", f"/order/{order['id']}", status=404))["status"] == 404
    dry = await me.send("POST", f"/order/{kind}", {**body, "dry": True})
    assert (dry.status_code, dry.headers["btcex-test"]) == (201, "1")
    assert _without_own(dry.json()) == _without_own(real)


async def test_nobody_is_told_how_to_pay_for_what_is_no_order(me: Client, stage: Stage) -> None:
    email, _ = await me.known()
    for kind, more in (
        ("buy", {"btc_address": OUTSIDE}),
        ("sell", {"bank_account": "19-2000145399/0800"}),
    ):
        body = {"email": email, "satoshi": BTC // 300, **more}
        before = await state(stage)
        order = await tried(me, stage, f"/order/{kind}", body, 201)
        assert (order["status"], order["payment"]) == ("WAITING_FOR_PAYMENT", None)
        assert await state(stage) == before
        real = await me.ask("POST", f"/order/{kind}", body, 201)
        assert real["payment"] is not None


async def test_every_refusal_is_the_real_one(me: Client, stage: Stage) -> None:
    body = {"email": mailbox(), "pennies": 1, "btc_address": OUTSIDE}
    small = await tried(me, stage, "/order/buy", body, 422)
    assert (small["type"], small["limit_pennies"]) == ("/problems/amount-too-small", 10_000)
    assert [one["field"] for one in small["errors"]] == ["pennies"]
    wrong = {
        **body,
        "pennies": 200_000,
        "btc_address": "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv",
    }
    address = await tried(me, stage, "/order/buy", wrong, 422)
    assert [one["field"] for one in address["errors"]] == ["btc_address"]
    missing = await tried(me, stage, "/order/7/cancel", None, 404)
    assert missing["type"] == "/problems/not-found"


async def test_every_case_is_tried_and_stays_open(me: Client, stage: Stage) -> None:
    order = await me.buy(pennies=3_100_000)
    path = f"/order/{order['id']}"
    told = await tried(me, stage, f"{path}/verify-identity", IDENTITY, 200)
    assert (told["id"], told["open_case"]) == (order["id"], None)
    assert (await me.show(order))["open_case"] == "verify-identity"
    await me.pass_identity(order)
    told = await tried(me, stage, f"{path}/aml-cz", AML, 200)
    assert told["open_case"] is None
    await me.ask("POST", f"{path}/aml-cz", AML, 200)
    await me.desk.decide(await me.opened(order), Decision.ACCEPT)
    sms = await tried(me, stage, f"{path}/verify-phone-sms", None, 202)
    assert (sms["sms_sent"], sms["sends_left"]) == (True, 2)
    assert (await me.ask("GET", f"{path}/verify-phone-sms"))["sms_sent"] is False
    code = await me.code(order)
    told = await tried(me, stage, f"{path}/verify-phone", {"code": code}, 200)
    assert (told["status"], told["payment"]) == ("WAITING_FOR_PAYMENT", None)
    wrong = {"code": f"{(int(code) + 1) % 10**6:06}"}
    assert (await tried(me, stage, f"{path}/verify-phone", wrong, 422))["attempts_left"] == 4
    gone = await tried(me, stage, f"{path}/verify-phone", {"refused": True}, 200)
    assert gone["open_case"] is None
    assert (await tried(me, stage, f"{path}/cancel", None, 200))["status"] == "CANCELLED"
    assert (await me.show(order))["open_case"] == "verify-phone"


async def test_change_and_return_are_tried(me: Client, stage: Stage) -> None:
    order = await me.sell()
    await me.pay(await me.pass_checks(order), BTC // 100)
    path = f"/order/{order['id']}"
    for decision, status in (("accept", "PROCESSING"), ("reject", "WAITING_FOR_CASE")):
        told = await tried(me, stage, f"{path}/change", {"decision": decision}, 200)
        assert (told["status"], told["restated"]) == (status, False)
    await me.ask("POST", f"{path}/change", {"decision": "reject"}, 200)
    told = await tried(me, stage, f"{path}/return", {"btc_address": OUTSIDE}, 200)
    assert told["status"] == "RETURNED"
    assert (await me.show(order))["open_case"] == "return"


async def test_a_picture_is_looked_at_and_not_kept(me: Client, stage: Stage) -> None:
    order = await me.buy()
    before = await state(stage)
    taken = await me.upload(order["id"], headers=TEST)
    assert (taken.status_code, taken.headers["btcex-test"]) == (200, "1"), taken.text
    refused = await me.upload(order["id"], flood_png(13_000), headers=TEST)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too-many-pixels")
    assert await state(stage) == before
    folder = stage.world.core.settings.documents
    assert [one for one in folder.rglob("*") if one.is_file()] == []


async def test_a_live_house_tests_nothing(stage: Stage) -> None:
    async with stage.client(sandbox=False) as live:
        body = {"email": mailbox(), "pennies": 200_000, "btc_address": OUTSIDE}
        for method, path, sent in (
            ("GET", "/", None),
            ("GET", "/price?type=buy&pennies=200000", None),
            ("POST", "/order/buy", body),
        ):
            refused = await live.send(method, path, sent, TEST)
            assert (refused.status_code, refused.json()["type"]) == (
                400,
                "/problems/test-not-allowed",
            )
            assert "btcex-test" not in refused.headers
        before = await state(stage)
        dry = await live.send("POST", "/order/buy", {**body, "dry": True})
        assert dry.status_code == 201
        assert await state(stage) == before
