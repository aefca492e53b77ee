"""Show that a price is given again only while the market would give it again, and to whom."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from cambist.http.limits import Limits, RateLimit
from cambist.ports.trades import MarketTerms, PriceAsk
from tests.dialects.btcex.broker import NAME, TERMS, Broker

PRICE = "/price?type=buy&pennies=1000000"


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    """Open a broker nobody has asked yet."""
    opened = Broker()
    yield opened
    await opened.http.aclose()


async def test_the_answer_remembered_is_the_one_given_before(broker: Broker) -> None:
    first, again = [
        await broker.http.get(PRICE, headers={"X-Flow-ID": flow}) for flow in ("one", "two")
    ]
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers.pop("x-flow-id") == "two"
    assert first.headers.pop("x-flow-id") == "one"
    assert sorted(again.headers.items()) == sorted(first.headers.items())


async def test_a_new_price_new_terms_and_the_next_second_are_told_at_once(broker: Broker) -> None:
    told = [(await broker.http.get(PRICE)).json()]
    broker.market.koruna = 2_000_000
    told.append((await broker.http.get(PRICE)).json())
    broker.market.terms = replace(TERMS, commission_ppm=0)
    told.append((await broker.http.get(PRICE)).json())
    broker.market.until += timedelta(seconds=1)
    told.append((await broker.http.get(PRICE)).json())
    assert [one["rate"] for one in told] == ["1575000", "2100000", "2000000", "2000000"]
    assert told[3]["valid_until"] != told[2]["valid_until"]


async def test_many_who_ask_while_a_price_changes_are_all_told_the_new_one(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(ask: PriceAsk) -> MarketTerms:
        await asyncio.sleep(0)
        return await market(ask)

    market = broker.market.market
    await broker.http.get(PRICE)
    broker.market.koruna = 2_000_000
    monkeypatch.setattr(broker.market, "market", slow)
    told = await asyncio.gather(*(broker.http.get(PRICE) for _ in range(5)))
    assert {one.json()["rate"] for one in told} == {"2100000"}


async def test_a_price_that_is_gone_is_not_told(broker: Broker) -> None:
    await broker.http.get(PRICE)
    broker.market.koruna = None
    answer = await broker.http.get(PRICE)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/rate-unavailable")


async def test_a_test_is_refused_though_the_answer_is_known(broker: Broker) -> None:
    await broker.http.get(PRICE)
    assert (await broker.http.get(PRICE, headers={"btcex-test": "1"})).status_code == 400


@pytest.mark.parametrize("name", ["affiliate", "%61ffiliate"])
async def test_an_affiliate_that_is_no_more_is_not_told_from_memory(
    name: str, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{PRICE}&{name}={NAME}"
    assert (await broker.http.get(path)).json()["affiliate"] == NAME
    monkeypatch.setattr("tests.dialects.btcex.broker.NAME", "somebody.else")
    assert (await broker.http.get(path)).status_code == 400


async def test_answers_from_memory_count_against_the_limit() -> None:
    few, many = RateLimit(1, 5), RateLimit(1_000, 1_000)
    broker = Broker(Limits.build(lambda: 10**12, few, many, many))
    async with broker.http as http:
        answers = [await http.get(PRICE) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[5].headers["retry-after"]
