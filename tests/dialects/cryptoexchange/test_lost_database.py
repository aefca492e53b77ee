"""Show that a database that cannot be reached is told as every fault of ours, by prices too."""

import re

import httpx2
import pytest

from cambist.ports.store import StoreUnavailableError
from tests.dialects.cryptoexchange.exchange import World


@pytest.mark.parametrize("path", ["/rates?fiat=EUR&crypto=LTC", "/configuration"])
async def test_a_key_that_cannot_be_looked_up_is_a_fault_of_ours_with_an_id(
    path: str, client: httpx2.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(secret: str) -> None:
        raise ConnectionResetError("db.internal:5432 is gone")

    monkeypatch.setattr(world.clients, "partner_of_key", lost)
    answer = await client.get(path)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", answer.json()["instance"])
    assert "db.internal" not in answer.text


async def test_a_database_out_of_reach_is_told_as_passing(
    client: httpx2.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(secret: str) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(world.clients, "partner_of_key", lost)
    answer = await client.get("/configuration")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_who_is_known_already_is_told_prices_meanwhile(
    client: httpx2.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/rates?fiat=EUR&crypto=LTC"
    told = (await client.get(path)).content

    async def lost(secret: str) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(world.clients, "partner_of_key", lost)
    answer = await client.get(path)
    assert (answer.status_code, answer.content) == (200, told)
