"""Show that a price answer is given again only while the market would give it again."""

from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from cambist.dialects.cryptoexchange.answers import Rates
from cambist.http import price_memory
from cambist.http.limits import Limits, RateLimit
from cambist.http.price_memory import PriceMemory
from tests.dialects.cryptoexchange.exchange import BASE, KEY, OTHER_KEY, TERMS, FakeMarket, World
from tests.dialects.cryptoexchange.views import CLIENT_ID

PRICE = "/rates?fiat=EUR&crypto=LTC&fiatAmount=100"
ALL = "/rates?fiat=EUR"


@pytest.mark.parametrize("path", [PRICE, ALL])
async def test_the_answer_remembered_is_the_one_given_before(
    path: str, client: httpx2.AsyncClient
) -> None:
    first, again = await client.get(path), await client.get(path)
    assert (again.status_code, again.content) == (200, first.content)
    assert sorted(again.headers.items()) == sorted(first.headers.items())


async def test_a_new_price_new_terms_and_the_next_second_are_told_at_once(
    client: httpx2.AsyncClient, world: World
) -> None:
    told = [(await client.get(PRICE)).json()["rates"][0]]
    world.market.prices["LTC", "EUR"] = "90"
    told.append((await client.get(PRICE)).json()["rates"][0])
    world.market.terms = replace(TERMS, commission_ppm=0)
    told.append((await client.get(PRICE)).json()["rates"][0])
    world.clock.moment += timedelta(seconds=1)
    told.append((await client.get(PRICE)).json()["rates"][0])
    assert [one["rate"] for one in told] == ["81.6", "91.8", "90", "90"]
    assert told[3]["validUntil"] == "2026-11-21T08:15:01Z" != told[2]["validUntil"]


async def test_one_of_many_prices_that_changes_is_told_at_once(
    client: httpx2.AsyncClient, world: World
) -> None:
    await client.get(ALL)
    world.market.prices["LTC", "EUR"] = "90"
    rates = (await client.get(ALL)).json()["rates"]
    assert [one["rate"] for one in rates] == ["61200.51", "91.8"]


async def test_a_price_that_is_gone_is_not_told(client: httpx2.AsyncClient, world: World) -> None:
    await client.get(PRICE)
    world.market.prices.clear()
    assert (await client.get(PRICE)).json()["code"] == "rate-unavailable"


async def test_refusals_are_not_remembered(client: httpx2.AsyncClient, world: World) -> None:
    path = "/rates?fiat=EUR&crypto=LTC&fiatAmount=9"
    assert (await client.get(path)).status_code == 422
    world.market.terms = replace(TERMS, minimum_units=0)
    assert (await client.get(path)).status_code == 200


async def test_an_answer_is_the_clients_own(world: World) -> None:
    transport = httpx2.ASGITransport(world.asgi)
    for key in (KEY, OTHER_KEY):
        async with httpx2.AsyncClient(transport=transport, headers={"X-API-Key": key}) as client:
            assert (await client.get(f"http://exchange.example{BASE}{PRICE}")).status_code == 200
    assert len({ask.partner_id for ask in world.market.asked}) == 2


@pytest.mark.parametrize("key", ["", "unknown", "x" * 300, "\xff"])
async def test_without_a_live_key_nothing_remembered_is_told(
    key: str, client: httpx2.AsyncClient
) -> None:
    await client.get(PRICE)
    del client.headers["X-API-Key"]
    header = (b"x-api-key", key.encode("latin-1"))
    request = client.build_request("GET", PRICE, headers=[header])
    answer = await client.send(request)
    assert (answer.status_code, answer.json()["code"]) == (401, "credential-invalid")
    assert "www-authenticate" in answer.headers


async def test_limits_hold_for_what_is_remembered_and_count_each_request_once() -> None:
    few, many = RateLimit(1, 5), RateLimit(1_000, 1_000)
    world = World(limits=Limits.build(lambda: 10**12, many, few, many))
    transport = httpx2.ASGITransport(world.asgi)
    async with httpx2.AsyncClient(transport=transport, headers={"X-API-Key": KEY}) as client:
        url = f"http://exchange.example{BASE}"
        answers = [await client.get(f"{url}{PRICE}&side=buy") for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[5].headers["retry-after"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_memory, "REMEMBERED_MAX", 2)
    memory = PriceMemory(FakeMarket(), https=False)
    for number in range(10):
        memory.keep((CLIENT_ID, str(number).encode()), (), Rates([]))
    assert len(memory) == 2
    memory.keep((CLIENT_ID, b"x" * 301), (), Rates([]))
    assert len(memory) == 2
