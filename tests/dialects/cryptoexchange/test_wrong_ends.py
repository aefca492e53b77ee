"""Show that no order is made to an address or account that nothing could be sent to."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from cambist.adapters.chain_families.networks import Network
from tests.chains.test_addresses import FIRST, utxo_addresses
from tests.dialects.cryptoexchange.live import Stage, buy, sell
from tests.trades.desk import OUTSIDE

OTHER_LETTER = {"q": "p"}
ZERO = "0x" + "0" * 40
USDT_CONTRACT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
MIXED_CASE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def broken(address: str) -> str:
    """Mistype the last character, which every checksum covers."""
    return address[:-1] + OTHER_LETTER.get(address[-1], "q")


def wrong() -> Iterator[tuple[str, str, str]]:
    """List (crypto, address, what is wrong with it)."""
    for crypto, chain in (("BTC", "bitcoin"), ("LTC", "litecoin")):
        for kind, text in utxo_addresses(chain, Network.MAIN).items():
            yield crypto, broken(text), f"mistyped {kind.value}"
        for kind, text in utxo_addresses(chain, Network.TEST).items():
            yield crypto, text, f"testnet {kind.value}"
        for kind, text in utxo_addresses(chain, Network.REGTEST).items():
            yield crypto, text, f"regtest {kind.value}"
    yield "TRX", FIRST["tron"][:-1] + "1", "mistyped"
    yield "USDT_TRC20", FIRST["tron"][:-1] + "1", "mistyped"
    yield "ETH", MIXED_CASE.replace("5aA", "5AA"), "wrong case"
    yield "USDT_ERC20", USDT_CONTRACT, "the token's own contract"
    yield "ETH", ZERO, "nobody"
    for crypto in ("BTC", "LTC", "TRX"):
        yield crypto, FIRST["ethereum"], "another chain's"
    yield "BTC", FIRST["litecoin"], "another chain's"
    yield "LTC", "1" * 128, "too long"


WRONG_ACCOUNTS = [
    ("EUR", "DE89370400440532013001", "check-digits"),
    ("EUR", "DE8937040044053201300", "format"),
    ("EUR", "XX89370400440532013000", "country"),
    ("EUR", "US89370400440532013000", "country"),
    ("CZK", "19-2000145398/0800", "check-digits"),
    ("CZK", "CZ6508000000192000145398", "check-digits"),
    ("CZK", "DE89370400440532013000", "country"),
    ("SEK", "SE4550000000058398257467", "check-digits"),
    ("SEK", "5000-1234568", "check-digits"),
    ("SEK", "jana", "format"),
]


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx2.AsyncClient]:
    """Talk to the exchange as the caller."""
    async with stage.client() as opened:
        yield opened


async def made(stage: Stage) -> tuple[int, ...]:
    """Count what an order leaves behind."""
    query = "select (select count(*) from orders), (select count(*) from quotes),"
    query += " (select count(*) from idempotency), (select count(*) from turnovers)"
    counted = await stage.world.core.pool.fetchrow(query)
    assert counted is not None
    return tuple(counted)


async def test_wrong_addresses_of_every_kind_are_told_and_refused(
    stage: Stage, client: httpx2.AsyncClient
) -> None:
    before, count = await made(stage), 0
    for crypto, address, about in wrong():
        asked = {"crypto": crypto, "address": address}
        told = (await client.post("/addresses/validate", json=asked)).json()
        assert (told["valid"], told["normalized"]) == (False, None), about
        assert told["reason"], about
        answer = await client.post("/orders", json=buy(**asked), headers={"Idempotency-Key": about})
        assert answer.status_code == 422, (crypto, about, answer.text)
        assert answer.json()["errors"][0]["field"] == "address"
        count += 1
    assert count > 30
    assert await made(stage) == before


async def test_an_address_of_another_network_is_told_by_its_network(
    client: httpx2.AsyncClient,
) -> None:
    for kind, text in utxo_addresses("litecoin", Network.TEST).items():
        asked = {"crypto": "LTC", "address": text}
        told = (await client.post("/addresses/validate", json=asked)).json()
        found = (told["type"], told["network"], told["reason"])
        assert found == (kind.value, "testnet", "network")


async def test_right_addresses_of_every_kind_are_taken(client: httpx2.AsyncClient) -> None:
    for crypto, chain in (("BTC", "bitcoin"), ("LTC", "litecoin")):
        for text in utxo_addresses(chain, Network.MAIN).values():
            answer = await client.post("/orders", json=buy(crypto=crypto, address=text))
            assert (answer.status_code, answer.json()["address"]) == (201, text)
    told = await client.post("/addresses/validate", json={"crypto": "LTC", "address": OUTSIDE})
    assert told.json() == {
        "valid": True,
        "type": "p2pkh",
        "network": "mainnet",
        "normalized": OUTSIDE,
        "reason": None,
    }


@pytest.mark.parametrize(("fiat", "account", "reason"), WRONG_ACCOUNTS)
async def test_accounts_with_wrong_digits_are_refused_without_echo(
    fiat: str, account: str, reason: str, stage: Stage, client: httpx2.AsyncClient
) -> None:
    before = await made(stage)
    answer = await client.post("/orders", json=sell(fiat=fiat, bankAccount=account))
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("bankAccount", reason)
    assert account not in answer.text
    assert await made(stage) == before


@pytest.mark.parametrize(
    ("fiat", "account"),
    [
        ("EUR", "DE89 3704 0044 0532 0130 00"),
        ("CZK", "19-2000145399/0800"),
        ("CZK", "CZ6508000000192000145399"),
        ("SEK", "SE4550000000058398257466"),
    ],
)
async def test_accounts_of_each_rail_are_taken_as_their_people_write_them(
    fiat: str, account: str, client: httpx2.AsyncClient
) -> None:
    answer = await client.post("/orders", json=sell(fiat=fiat, bankAccount=account))
    assert answer.status_code == 201, answer.text
