"""Decide that a client's customer buys, from address to coins, through the real processes.

The coins are litecoin on a real node in regtest.
"""

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from cambist.domain.market.assets import CHAINS
from tests.chains.litecoind import Litecoind, regtest_settings
from tests.e2e.conftest import Meet
from tests.e2e.house import House, eventually, running
from tests.e2e.visitor import PAYER, PERSON, Visitor

LITECOIN = CHAINS["litecoin"]
CUSTOMER, MAIL, PHONE = "customer-42", "jana.novakova@example.com", "+420601123456"
FIAT, NOTHING = "100.00", "0.00000000"
LETTERS = [
    "we have it",
    "please show who you are",
    "please confirm your phone",
    "your payment is here",
    "sent to your address",
    "completed",
]

ReadBack = Callable[[str, Collection[str]], list[str]]


@pytest.fixture(scope="module")
def house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a sandbox whose litecoin is a real node."""
    folder = tmp_path_factory.mktemp("house")
    node = Litecoind(tmp_path_factory.mktemp("litecoind"))
    chains = {**{chain: {} for chain in CHAINS}, "litecoin": regtest_settings(node.url)}
    try:
        with running(folder, DATABASE_URL=database_url, CHAINS=json.dumps(chains)) as opened:
            yield opened
    finally:
        node.stop()


@pytest.fixture
def client(house: House) -> Iterator[httpx2.Client]:
    """Be the demo client."""
    with house.client("cryptoexchange") as opened:
        yield opened


@pytest.fixture
def other(house: House) -> Iterator[httpx2.Client]:
    """Be another client."""
    with house.client("cryptoexchange", "other_api_key") as opened:
        yield opened


def post(client: httpx2.Client, path: str, expected: int, **body: Any) -> Any:
    answer = client.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})
    assert answer.status_code == expected, answer.text
    return answer.json()


def show(client: httpx2.Client, path: str, **query: str) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_customer_buys_from_address_to_coins(
    house: House, client: httpx2.Client, other: httpx2.Client, meet: Meet, read_back: ReadBack
) -> None:
    configuration = show(client, "/configuration")
    assert "LTC" in [currency["code"] for currency in configuration["cryptoCurrencies"]]
    (rate,) = show(client, "/rates", fiat="EUR", crypto="LTC", fiatAmount=FIAT)["rates"]
    address = post(client, "/addresses", 201, crypto="LTC", customerId=CUSTOMER)["address"]
    judged = post(client, "/addresses/validate", 200, crypto="LTC", address=address)
    assert (judged["valid"], judged["network"], judged["type"]) == (True, "regtest", "p2wpkh")
    order = place(client, address)
    assert order["status"] == "AWAITING_VERIFICATION"
    assert order["cryptoAmount"] == rate["estimate"]["crypto"]

    def show_order() -> Any:
        return show(client, f"/orders/{order['id']}")

    used = verify(house, meet())
    payment = eventually(show_order, lambda one: one["status"] == "AWAITING_PAYMENT")["payment"]
    assert payment["reference"] in spaceless(meet().get(order["url"]).words)
    house.transfer(payment, FIAT, PAYER)
    sent = eventually(show_order, lambda one: one["status"] == "SENT")
    assert sent["transaction"]["requiredConfirmations"] == LITECOIN.confirmations
    house.move("/chains/litecoin/mine", blocks=LITECOIN.confirmations)
    done = eventually(show_order, lambda one: one["status"] == "COMPLETED")
    assert done["transaction"]["confirmations"] >= LITECOIN.confirmations
    on_chain = house.look(f"/chains/litecoin/transactions/{done['transaction']['hash']}")
    assert on_chain["confirmations"] == LITECOIN.confirmations
    balance = f"/addresses/{address}/balance"
    held = eventually(
        lambda: show(client, balance, crypto="LTC"), lambda one: one["unconfirmed"] == NOTHING
    )
    assert held["confirmed"] == done["cryptoAmount"]
    listed = show(client, f"/customers/{CUSTOMER}/orders")["items"]
    assert [(one["id"], one["status"]) for one in listed] == [(order["id"], "COMPLETED")]

    assert other.get(f"/orders/{order['id']}").status_code == 404
    assert other.get(balance, params={"crypto": "LTC"}).status_code == 404
    assert show(other, f"/customers/{CUSTOMER}/orders")["items"] == []
    house.mail(MAIL, "Your order is completed")
    assert sorted(read_back(MAIL, used)) == sorted(LETTERS)
    assert [one["to"] for one in house.look("/sms", to=PHONE)["items"]] == [PHONE]
    house.require_balance()


def place(client: httpx2.Client, address: str) -> Any:
    """Order for the customer."""
    return post(
        client,
        "/orders",
        201,
        customerId=CUSTOMER,
        crypto="LTC",
        fiat="EUR",
        fiatAmount=FIAT,
        address=address,
        email=MAIL,
        phone=PHONE,
    )


def verify(house: House, visitor: Visitor) -> list[str]:
    """Answer as the letters ask: who she is, and the code sent to her phone; gives their links."""
    who = house.mail(MAIL, "Verify identity")["links"][0]
    asked = visitor.follow(who)
    assert "Who are you?" in asked.words
    visitor.send(asked, "/case/identity", **PERSON, phone=PHONE)
    phone = house.mail(MAIL, "Confirm phone")["links"][0]
    asked = visitor.send(visitor.follow(phone), "/case/phone-sms")
    told = visitor.send(asked, "/case/phone", code=house.code(PHONE))
    assert "Waiting for your payment" in told.words
    return [who, phone]


def spaceless(words: str) -> str:
    return words.replace(" ", "")
