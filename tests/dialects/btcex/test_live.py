"""Show the vendor's order of calls on a real core: from the price to money that moved."""

from typing import Any, NoReturn

import asyncpg
import pytest

from cambist.adapters.db import affiliates, answers, prices
from cambist.app.cases.decide_case import Decision
from cambist.app.knowing import Client as CoreClient
from cambist.domain.orders.trades import Payout
from cambist.domain.pricing.terms import Side
from tests.dialects.btcex.live import (
    AML,
    BTC,
    IBAN,
    IDENTITY,
    OUTSIDE,
    PHONE,
    Client,
    Stage,
    mailbox,
)


async def test_an_order_costs_what_the_price_said_and_asks_who_its_customer_is(
    me: Client,
) -> None:
    price = await me.ask("GET", "/price?type=buy&pennies=200000", status=200)
    valid = await me.ask("GET", f"/btc-address-validation/{OUTSIDE}", status=200)
    assert (valid["valid"], valid["type"], valid["network"]) == (True, "p2wpkh", "mainnet")
    order = await me.buy()
    assert (order["satoshi"], order["pennies"]) == (price["satoshi"], price["pennies"])
    assert (order["rate"], order["type"]) == (price["rate"], "buy")
    assert (order["status"], order["open_case"]) == ("WAITING_FOR_CASE", "verify-identity")
    assert (order["payment"], order["transaction"]) == (None, None)
    assert order["url"].startswith("https://pay.example/order/")
    path = f"/order/{order['id']}/verify-identity"
    asked = await me.ask("GET", path, status=200)
    names = {one["name"] for one in asked["fields"] if one["required"]}
    assert {"first_name", "address.street", "document.number", "phone"} <= names
    assert asked["reasons"] == ["first-order"]
    assert (await me.upload(order["id"])).status_code == 200
    told = await me.ask("POST", path, IDENTITY, 200)
    assert (told["status"], told["open_case"]) == ("WAITING_FOR_CASE", None)
    await me.desk.decide(await me.opened(order), Decision.ACCEPT)
    assert (await me.show(order))["open_case"] == "verify-phone"


async def test_a_phone_is_proved_with_a_code(me: Client) -> None:
    await me.desk.world.begin_hour()
    order = await me.buy()
    await me.pass_identity(order, PHONE)
    path = f"/order/{order['id']}/verify-phone"
    case = await me.ask("GET", path, status=200)
    assert (case["phone"], case["sms_sent"], case["attempts_left"]) == ("**********456", False, 0)
    sms = await me.ask("GET", f"{path}-sms", status=200)
    assert (sms["sms_sent"], sms["sent_at"], sms["sends_left"]) == (False, None, 3)
    code = await me.code(order)
    assert (await me.ask("GET", f"{path}-sms"))["sends_left"] == 2
    case = await me.ask("GET", path, status=200)
    assert (case["sms_sent"], case["attempts_left"]) == (True, 5)
    ready = await me.ask("POST", path, {"code": code}, 200)
    assert (ready["status"], ready["open_case"]) == ("WAITING_FOR_PAYMENT", None)


async def test_a_paid_buy_is_sent(me: Client) -> None:
    order = await me.buy()
    pay = (await me.pass_checks(order))["payment"]
    assert (pay["method"], pay["iban"], pay["pennies"]) == ("bank-transfer", IBAN, 200_000)
    assert pay["qr"].startswith("SPD*1.0*ACC:")
    assert f"X-VS:{pay['variable_symbol']}" in pay["qr"]
    world = me.desk.world
    before = await world.standing("BTC", OUTSIDE)
    await me.desk.transfer(200_000, [f"VS{pay['variable_symbol']}"])
    assert (await me.show(order))["status"] == "PROCESSING"
    await world.pay_out("BTC")
    await me.desk.carry()
    done = await me.show(order)
    assert (done["status"], done["payment"]) == ("COMPLETED", None)
    assert done["transaction"]["satoshi"] == order["satoshi"]
    assert done["transaction"]["confirmations"] >= done["transaction"]["required_confirmations"]
    assert await world.standing("BTC", OUTSIDE) == before + order["satoshi"]
    assert await world.imbalance() == {}
    assert "case-phone" in await me.desk.letters(await me.opened(order))


async def test_a_sale_with_a_wrong_amount_is_paid_out_on_changed_terms(me: Client) -> None:
    order = await me.sell()
    ready = await me.pass_checks(order)
    assert ready["payment"]["uri"] == f"bitcoin:{ready['payment']['btc_address']}?amount=0.00500000"
    assert (ready["payment"]["satoshi"], ready["bank_account"]) == (BTC // 200, IBAN)
    held = await me.pay(ready, BTC // 100)
    assert (held["status"], held["open_case"]) == ("WAITING_FOR_CASE", "change")
    assert held["transaction"]["satoshi"] == BTC // 100
    path = f"/order/{order['id']}/change"
    case = await me.ask("GET", path, status=200)
    assert (case["old"]["satoshi"], case["new"]["satoshi"]) == (BTC // 200, BTC // 100)
    assert case["new"]["pennies"] == 2 * case["old"]["pennies"]
    assert case["reasons"] == ["amount-differs"]
    changed = await me.ask("POST", path, {"decision": "accept"}, 200)
    assert (changed["restated"], changed["old"], changed["new"]) == (False, None, None)
    assert (changed["satoshi"], changed["status"]) == (BTC // 100, "PROCESSING")
    payout = await me.desk.payout(await me.opened(order))
    assert payout.units == changed["pennies"] == case["new"]["pennies"]
    await me.desk.debit(await me.desk.export(await me.opened(order)))
    assert (await me.show(order))["status"] == "COMPLETED"
    assert await me.desk.world.imbalance() == {}


async def test_terms_that_ran_out_are_stated_anew(me: Client) -> None:
    order = await me.sell()
    ready = await me.pass_checks(order)
    await me.pay(ready, BTC // 100)
    path = f"/order/{order['id']}/change"
    first = await me.ask("GET", path, status=200)
    await me.desk.world.advance(901)
    changed = await me.ask("POST", path, {"decision": "accept"}, 200)
    assert (changed["restated"], changed["open_case"]) == (True, "change")
    assert changed["new"]["valid_until"] > first["new"]["valid_until"]
    shown = await me.ask("GET", path, status=200)
    assert shown["new"] == changed["new"]
    assert shown["reasons"] == ["amount-differs", "rate-expired"]
    changed = await me.ask("POST", path, {"decision": "accept"}, 200)
    assert (changed["restated"], changed["status"]) == (False, "PROCESSING")


async def test_a_cancelled_sale_goes_back_where_its_owner_says(me: Client) -> None:
    order = await me.sell()
    ready = await me.pass_checks(order)
    await me.pay(ready, BTC // 100)
    path = f"/order/{order['id']}"
    rejected = await me.ask("POST", f"{path}/change", {"decision": "reject"}, 200)
    assert (rejected["open_case"], rejected["restated"]) == ("return", False)
    case = await me.ask("GET", f"{path}/return", status=200)
    assert case["satoshi"] == BTC // 100
    own = await me.ask(
        "POST", f"{path}/return", {"btc_address": ready["payment"]["btc_address"]}, 422
    )
    assert own["type"] == "/problems/address-invalid"
    world = me.desk.world
    before = await world.standing("BTC", OUTSIDE)
    going = await me.ask("POST", f"{path}/return", {"btc_address": OUTSIDE}, 200)
    assert going["status"] == "RETURNED"
    await world.pay_out("BTC")
    await me.desk.carry()
    back = await me.show(order)
    assert back["transaction"]["satoshi"] == BTC // 100
    assert await world.standing("BTC", OUTSIDE) == before + BTC // 100
    assert await world.imbalance() == {}


async def test_an_order_is_cancelled_once(me: Client) -> None:
    order = await me.buy()
    path = f"/order/{order['id']}/cancel"
    cancelled = await me.ask("POST", path, status=200)
    assert (cancelled["status"], cancelled["open_case"]) == ("CANCELLED", None)
    assert (await me.ask("POST", path, status=409))["type"] == "/problems/invalid-state"
    refused = await me.ask("POST", path, {"reason": "x"}, 400)
    assert [one["field"] for one in refused["errors"]] == ["reason"]


async def test_who_refuses_a_code_is_looked_at_by_a_person(me: Client) -> None:
    order = await me.buy()
    await me.pass_identity(order)
    path = f"/order/{order['id']}/verify-phone"
    refused = await me.ask("POST", path, {"refused": True}, 200)
    assert (refused["status"], refused["open_case"]) == ("WAITING_FOR_CASE", None)
    problem = await me.ask("GET", path, status=409)
    assert (problem["type"], problem["open_case"]) == ("/problems/case-not-open", None)
    await me.desk.decide(await me.opened(order), Decision.ACCEPT)
    assert (await me.show(order))["status"] == "WAITING_FOR_PAYMENT"


async def test_a_large_order_asks_where_the_money_comes_from(me: Client) -> None:
    order = await me.buy(pennies=30_000_00 + 25_000)
    await me.pass_identity(order)
    path = f"/order/{order['id']}/aml-cz"
    assert (await me.show(order))["open_case"] == "aml-cz"
    case = await me.ask("GET", path, status=200)
    fields = {one["name"]: one for one in case["fields"]}
    assert "employment" in fields["funds_origin"]["choices"]
    assert (case["reasons"], case["documents"]) == (["amount"], [])
    told = await me.ask("POST", path, AML, 200)
    assert (told["status"], told["open_case"]) == ("WAITING_FOR_CASE", None)
    await me.desk.decide(await me.opened(order), Decision.ACCEPT)
    assert (await me.show(order))["open_case"] == "verify-phone"


async def test_an_answer_that_does_not_satisfy_is_asked_for_again(me: Client) -> None:
    order = await me.buy()
    path = f"/order/{order['id']}/verify-identity"
    await me.ask("POST", path, IDENTITY, 200)
    opened = await me.opened(order)
    await me.desk.decide(opened, Decision.AGAIN, reason="data-mismatch", remark="Another year.")
    case = await me.ask("GET", path, status=200)
    assert (case["reasons"], case["remark"]) == (["data-mismatch"], "Another year.")


async def test_bitcoin_is_kept_under_a_phone(me: Client) -> None:
    order = await me.buy(btc_address=None, deposit_phone="+420602111222")
    assert (order["btc_address"], order["deposit_phone"]) == (None, "+420602111222")
    ready = await me.pass_checks(order)
    await me.desk.transfer(200_000, [f"VS{ready['payment']['variable_symbol']}"])
    done = await me.show(order)
    assert (done["status"], done["transaction"]) == ("COMPLETED", None)
    assert await me.desk.balance(await me.opened(order), "BTC") == (order["satoshi"], 0)


async def test_money_kept_under_a_phone_pays_once_its_owner_confirms(me: Client) -> None:
    email, phone = await me.known()
    saved = await me.desk.order(
        Side.SELL,
        client=CoreClient(email=email, phone=phone),
        crypto="BTC",
        units=BTC // 200,
        payout=Payout.KEEP,
        bank_account=None,
    )
    world = me.desk.world
    await world.pay((await me.desk.view(saved)).order.address, BTC // 200, "BTC")
    await world.confirm("BTC")
    await me.desk.carry()
    had, _ = await me.desk.balance(saved)
    order = await me.buy(email=email, deposit_phone=phone, pennies=100_000)
    assert (order["open_case"], order["deposit_phone"]) == ("deposit", phone)
    path = f"/order/{order['id']}/deposit"
    case = await me.ask("GET", path, status=200)
    assert (case["case"], case["reasons"]) == ("deposit", ["kept-funds"])
    assert case["phone"].endswith(phone[-3:])
    assert (await me.ask("GET", f"{path}-sms", status=200))["sms_sent"] is False
    paid = await me.ask("POST", path, {"code": await me.code(order, "deposit")}, 200)
    assert (paid["status"], paid["payment"]) == ("PROCESSING", None)
    await world.pay_out("BTC")
    await me.desk.carry()
    assert (await me.show(order))["status"] == "COMPLETED"
    assert await me.desk.balance(saved) == (had - 100_000, 0)
    refused = await me.buy(email=email, deposit_phone=phone, pennies=100_000)
    gone = await me.ask("POST", f"/order/{refused['id']}/deposit", {"refused": True}, 200)
    assert gone["status"] == "CANCELLED"


async def test_orders_are_listed_newest_first_in_pages(me: Client) -> None:
    orders = [await me.buy() for _ in range(3)]
    await me.ask("POST", f"/order/{orders[1]['id']}/cancel", status=200)
    page = await me.ask("GET", "/orders?limit=2", status=200)
    assert [one["id"] for one in page["items"]] == [orders[2]["id"], orders[1]["id"]]
    rest = await me.ask("GET", f"/orders?limit=2&cursor={page['next']}", status=200)
    assert [one["id"] for one in rest["items"]] == [orders[0]["id"]]
    assert rest["next"] is None
    chosen = await me.ask("GET", "/orders?status=CANCELLED", status=200)
    assert [one["id"] for one in chosen["items"]] == [orders[1]["id"]]
    assert page["items"][0] == await me.show(orders[2])
    for cursor in ("x", "AAAA", page["next"] + "AA"):
        problem = await me.ask("GET", f"/orders?cursor={cursor}", status=400)
        assert problem["errors"][0]["field"] == "cursor"


async def test_a_repeat_with_its_key_is_the_same_order(me: Client) -> None:
    asked = {"pennies": 200_000, "email": mailbox(), "btc_address": OUTSIDE}
    first = await me.ask("POST", "/order/buy", asked, 201, idempotency_key="k1")
    again = await me.ask("POST", "/order/buy", asked, 201, idempotency_key="k1")
    assert first["id"] == again["id"]
    other = await me.ask("POST", "/order/buy", {**asked, "pennies": 1}, 409, idempotency_key="k1")
    assert other["type"] == "/problems/idempotency-conflict"
    tried = await me.send("POST", "/order/buy", asked, {"idempotency-key": "k1", "btcex-test": "1"})
    assert (tried.status_code, tried.json()["id"]) == (201, first["id"])


async def test_who_signed_is_told_and_no_other_kind_of_partner_gets_in(
    me: Client, stage: Stage
) -> None:
    assert await me.ask("GET", "/", status=200) == {
        "name": stage.mine.name,
        "code": stage.mine.name,
        "test": False,
    }
    tried: Any = await me.send("GET", "/", headers={"btcex-test": "1", "x-flow-id": "flow-7"})
    assert tried.json()["test"] is True
    assert (tried.headers["btcex-test"], tried.headers["x-flow-id"]) == ("1", "flow-7")


async def test_a_price_is_told_without_reading_the_database(
    me: Client, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is remembered grows old by the machine's clock.
    monkeypatch.setattr(prices, "CACHE_S", 3_600)
    monkeypatch.setattr(affiliates, "KEPT_S", 3_600)
    monkeypatch.setattr(answers, "RULES_KEPT_S", 3_600)
    me.http.event_hooks = {}
    path = f"/price?type=sell&satoshi=1000000&affiliate={stage.mine.name}"
    price = (await me.http.get(path)).json()
    assert (price["rate"], price["affiliate"]) == ("1425000", stage.mine.name)
    assert price["pennies"] == 1_425_000

    def touch(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("the database was asked")

    for way in ("acquire", "fetch", "fetchrow", "fetchval", "execute"):
        monkeypatch.setattr(asyncpg.Pool, way, touch)
    assert (await me.http.get(path)).status_code == 200
    assert (await me.http.get(f"{path}x")).status_code == 400
    monkeypatch.undo()
