"""Show that a case is answered in its turn, once, and that guesses end."""

import asyncio
from typing import Any

import pytest

from cambist.dialects.btcex.tables import CaseName
from tests.dialects.btcex.live import AML, BTC, IDENTITY, OUTSIDE, Client

CASES = [case.value for case in CaseName]
ANSWERS: dict[str, Any] = {
    "verify-identity": IDENTITY,
    "aml-cz": AML,
    "verify-phone": {"code": "000000"},
    "verify-phone-sms": None,
    "deposit": {"refused": True},
    "deposit-sms": None,
    "change": {"decision": "accept"},
    "return": {"btc_address": OUTSIDE},
}
NOT_OPEN = "/problems/case-not-open"


async def _state(me: Client) -> list[Any]:
    tables = ("orders", "trades", "cases", "codes", "messages", "customers", "outbox")
    fetch = me.desk.world.core.pool.fetch
    return [await fetch(f"select t::text from {table} t order by 1") for table in tables]


@pytest.mark.parametrize("is_known", [False, True], ids=["identity open", "nothing open"])
async def test_a_case_that_is_not_open_is_neither_shown_nor_answered(
    me: Client, is_known: bool
) -> None:
    order = await me.buy()
    if is_known:
        await me.pass_checks(order)
    before, wanted = await _state(me), None if is_known else "verify-identity"
    for case in CASES:
        if case == wanted:
            continue
        for method, body in (("GET", None), ("POST", ANSWERS[case])):
            problem = await me.ask(method, f"/order/{order['id']}/{case}", body, 409)
            assert (problem["type"], problem["open_case"]) == (NOT_OPEN, wanted), case
    if is_known:
        picture = await me.upload(order["id"])
        assert (picture.status_code, picture.json()["type"]) == (409, NOT_OPEN)
    assert await _state(me) == before


async def test_a_case_is_answered_once_however_often_it_is_answered(me: Client) -> None:
    order = await me.buy()
    path = f"/order/{order['id']}/verify-identity"
    asked = [me.send("POST", path, IDENTITY) for _ in range(8)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses == [200] + [409] * 7
    again = await me.ask("POST", path, IDENTITY, 409)
    assert (again["type"], again["open_case"]) == (NOT_OPEN, None)


async def test_a_change_is_decided_once(me: Client) -> None:
    order = await me.sell()
    await me.pay(await me.pass_checks(order), BTC // 100)
    path = f"/order/{order['id']}/change"
    asked = [me.send("POST", path, {"decision": word}) for word in ("accept", "reject") * 3]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses == [200] + [409] * 5


async def test_after_five_wrong_codes_the_right_one_is_worth_nothing(me: Client) -> None:
    order = await me.buy()
    await me.pass_identity(order)
    code = await me.code(order)
    path = f"/order/{order['id']}/verify-phone"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1, 0):
        problem = await me.ask("POST", path, {"code": wrong}, 422)
        assert (problem["type"], problem["attempts_left"]) == ("/problems/code-invalid", left)
        assert [one["field"] for one in problem["errors"]] == ["code"]
    assert (await me.ask("GET", path, status=200))["attempts_left"] == 0
    spent = await me.ask("POST", path, {"code": code}, 429)
    assert spent["type"] == "/problems/too-many-tries"
    assert (await me.show(order))["open_case"] == "verify-phone"


async def test_fifty_guesses_at_once_are_five(me: Client) -> None:
    order = await me.buy()
    await me.pass_identity(order)
    code = await me.code(order)
    guesses = [n for n in range(51) if n != int(code)][:50]
    path = f"/order/{order['id']}/verify-phone"
    asked = [me.send("POST", path, {"code": f"{guess:06}"}) for guess in guesses]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses == [422] * 5 + [429] * 45


async def test_a_code_is_of_one_order_and_one_life(me: Client) -> None:
    first, second = await me.buy(), await me.buy()
    for order in (first, second):
        await me.pass_identity(order)
    nothing = await me.ask("POST", f"/order/{first['id']}/verify-phone", {"code": "123456"}, 422)
    assert nothing["type"] == "/problems/code-expired"
    code = await me.code(first)
    other = await me.code(second)
    if code != other:
        refused = await me.ask("POST", f"/order/{second['id']}/verify-phone", {"code": code}, 422)
        assert refused["type"] == "/problems/code-invalid"
    await me.desk.world.advance(601)
    old = await me.ask("POST", f"/order/{first['id']}/verify-phone", {"code": code}, 422)
    assert old["type"] == "/problems/code-expired"
    case = await me.ask("GET", f"/order/{first['id']}/verify-phone", status=200)
    assert (case["sms_sent"], case["attempts_left"]) == (False, 0)


async def test_a_code_without_its_leading_zeros_is_taken_as_a_number(me: Client) -> None:
    order = await me.buy()
    await me.pass_identity(order)
    code = await me.code(order)
    answer = {"code": int(code)}
    assert (await me.ask("POST", f"/order/{order['id']}/verify-phone", answer, 200))["payment"]


async def test_codes_are_sent_a_minute_apart_and_three_an_hour(me: Client) -> None:
    await me.desk.world.begin_hour()
    order = await me.buy()
    await me.pass_identity(order)
    path = f"/order/{order['id']}/verify-phone-sms"
    sent = await me.ask("POST", path, status=202)
    assert (sent["case"], sent["sms_sent"]) == ("verify-phone-sms", True)
    soon = await me.send("POST", path)
    assert (soon.status_code, soon.json()["type"]) == (429, "/problems/rate-limited")
    assert 0 < int(soon.headers["retry-after"]) <= 60
    refused = await me.ask("POST", path, {"phone": "+420601123456"}, 400)
    assert [one["field"] for one in refused["errors"]] == ["phone"]
    statuses = []
    for _ in range(3):
        await me.desk.world.advance(61)
        statuses.append((await me.send("POST", path)).status_code)
    assert statuses == [202, 202, 429]


async def test_a_thousand_requests_send_a_mailbox_no_more_than_its_budget(me: Client) -> None:
    order = await me.buy()
    await me.pass_identity(order)
    path = f"/order/{order['id']}/verify-phone-sms"
    asked = [me.send("POST", path) for _ in range(100)]
    statuses = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert statuses.count(202) == 1
    await me.desk.carry()
    assert (await me.desk.letters(await me.opened(order))).count("phone-code") == 1
