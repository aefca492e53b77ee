"""Decide that an affiliate's customers buy and sell, answer, change their minds and are refused.

Through the real processes. The bitcoin is litecoin on a real node in regtest, spoken to as bitcoin.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest

from cambist.domain.market.assets import ASSETS, CHAINS
from tests.chains.bitcoin_front import BitcoinFront, exchange_names
from tests.chains.litecoind import Litecoind, regtest_settings
from tests.e2e.affiliate import Affiliate
from tests.e2e.conftest import Meet
from tests.e2e.house import House, eventually, running
from tests.e2e.visitor import PAYER, PERSON

ReadBack = Callable[[str, Collection[str]], list[str]]

BITCOIN = CHAINS["bitcoin"]
ADDRESS = "bcrt1qcr8te4kr609gcawutmrza0j4xv80jy8zeqchgx"
MAINNET_ADDRESS = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
BACK = "2N9hLwkSqr1cPQAPxbrGVUjxyjD11G2e1he"
ACCOUNT, IBAN = "19-2000145399/0800", "CZ6508000000192000145399"
PENNIES, SATOSHI = 500_000, 1_000_000
CHECKED = ["přijali jsme ji", "ověřte prosím svou totožnost", "potvrďte prosím telefon"]
"""What every new customer is written."""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litecoind]:
    """Run a node of the module's own."""
    opened = Litecoind(tmp_path_factory.mktemp("litecoind"))
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def house(
    database_url: str, node: Litecoind, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Run a sandbox whose bitcoin is the real node."""
    folder, front = tmp_path_factory.mktemp("house"), BitcoinFront(node.url)
    chains = {**{chain: {} for chain in CHAINS}, "bitcoin": regtest_settings(front.url)}
    try:
        with running(folder, DATABASE_URL=database_url, CHAINS=json.dumps(chains)) as opened:
            yield opened
    finally:
        front.stop()


@pytest.fixture
def affiliate(house: House) -> Iterator[Affiliate]:
    """Be the demo affiliate."""
    given = house.access["btcex"]
    opened = Affiliate(given["base_url"], given["key"], given["private"])
    yield opened
    opened.close()


@pytest.fixture
def other(house: House) -> Iterator[Affiliate]:
    """Be another affiliate."""
    given = house.access["btcex"]
    opened = Affiliate(given["base_url"], given["other_key"], given["other_private"])
    yield opened
    opened.close()


class Walk:
    """Hold one customer's order, and what his affiliate does with it."""

    def __init__(self, house: House, affiliate: Affiliate, order: Any, phone: str) -> None:
        self.house, self.affiliate, self.phone = house, affiliate, phone
        self.order_id, self.mail = order["id"], order["email"]
        self.path = f"/order/{order['id']}"

    def show(self) -> Any:
        """Read the order."""
        return self.affiliate.get(self.path)

    def until(self, *statuses: str) -> Any:
        """Await one of some statuses."""
        return eventually(self.show, lambda order: order["status"] in statuses)

    def until_asked(self, case: str) -> Any:
        """Await a case and read it."""
        eventually(self.show, lambda order: order["open_case"] == case)
        return self.affiliate.get(f"{self.path}/{case}")

    def post(self, case: str, status: int = 200, **answer: Any) -> Any:
        """Answer a case."""
        return self.affiliate.post(f"{self.path}/{case}", status, **answer)

    def identify(self) -> None:
        """Tell who she is, which the sandbox's reviewer accepts."""
        asked = self.until_asked("verify-identity")
        assert asked["reasons"] == ["first-order"]
        self.post("verify-identity", **identity(self.phone))

    def prove_phone(self) -> None:
        """Give the code that is sent to her phone."""
        self.until_asked("verify-phone")
        assert self.post("verify-phone-sms", 202)["sms_sent"] is True
        self.post("verify-phone", code=self.house.code(self.phone))

    def payable(self) -> Any:
        """Pass both checks and tell how to pay."""
        self.identify()
        self.prove_phone()
        return self.until("WAITING_FOR_PAYMENT")["payment"]


def identity(phone: str) -> dict[str, Any]:
    """Write what a customer tells about herself as the affiliate sends it."""
    named = ("first_name", "last_name", "birth_date", "nationality")
    return {
        **{name: PERSON[name] for name in named},
        "address": {name: PERSON[name] for name in ("street", "city", "postal_code", "country")},
        "document": {
            "kind": "id-card",
            "number": "204556789",
            "valid_until": "2099-12-31",
            "issuer": "Praha 1",
        },
        "phone": phone,
    }


def bought(house: House, affiliate: Affiliate, mail: str, phone: str) -> Walk:
    """Order to buy."""
    order = affiliate.post("/order/buy", 201, pennies=PENNIES, email=mail, btc_address=ADDRESS)
    return Walk(house, affiliate, order, phone)


def sold(house: House, affiliate: Affiliate, mail: str, phone: str) -> Walk:
    """Order to sell."""
    order = affiliate.post("/order/sell", 201, satoshi=SATOSHI, email=mail, bank_account=ACCOUNT)
    return Walk(house, affiliate, order, phone)


def pay(house: House, payment: Any, satoshi: int) -> None:
    """Send bitcoin where a seller is told to, and let it be confirmed."""
    house.move(
        "/chains/bitcoin/pay",
        address=payment["btc_address"],
        amount=f"{satoshi // 100_000_000}.{satoshi % 100_000_000:08d}",
        asset="BTC",
        confirmations=BITCOIN.confirmations,
    )


def arrived(node: Litecoind, txid: str, address: str) -> int:
    """Read of the node itself how much satoshi a confirmed transaction brings to an address."""
    found = node.ask("getrawtransaction", txid, True)
    assert found["confirmations"] == BITCOIN.confirmations
    theirs = [exchange_names(address)]
    (amount,) = [o["value"] for o in found["vout"] if o["scriptPubKey"]["addresses"] == theirs]
    return int(amount.scaleb(ASSETS["BTC"].scale))


def texts_of(document: str, name: str) -> list[str]:
    """List the texts of an element of a file for the bank."""
    return re.findall(rf"<(?:\w+:)?{name}(?: [^>]*)?>([^<]*)<", document)


def test_a_customer_buys_bitcoin(
    house: House, node: Litecoind, affiliate: Affiliate, other: Affiliate, read_back: ReadBack
) -> None:
    price = affiliate.ask("/price", type="buy", pennies=str(PENNIES))
    judged = affiliate.ask(f"/btc-address-validation/{ADDRESS}")
    assert (judged["valid"], judged["network"], judged["type"]) == (True, "regtest", "p2wpkh")
    judged = affiliate.ask(f"/btc-address-validation/{MAINNET_ADDRESS}")
    assert (judged["valid"], judged["network"], judged["reason"]) == (False, "mainnet", "network")
    asked = {"pennies": PENNIES, "email": "buyer@example.com", "btc_address": MAINNET_ADDRESS}
    refused = affiliate.post("/order/buy", 422, **asked)
    assert refused["type"].endswith("/address-invalid")
    walk = bought(house, affiliate, "buyer@example.com", "+420601123457")
    payment = walk.payable()
    assert payment["pennies"] == PENNIES
    assert f"*X-VS:{payment['variable_symbol']}*" in f"{payment['qr']}*"
    house.move(
        "/bank/transfer",
        amount=f"{PENNIES // 100}.00",
        currency="CZK",
        reference=f"VS:{payment['variable_symbol']}",
        from_name=PAYER,
        from_account=IBAN,
    )
    sent = eventually(walk.show, lambda order: order["transaction"] is not None)
    assert (sent["status"], sent["transaction"]["satoshi"]) == ("PROCESSING", price["satoshi"])
    house.move("/chains/bitcoin/mine", blocks=BITCOIN.confirmations)
    walk.until("COMPLETED")
    assert arrived(node, sent["transaction"]["hash"], ADDRESS) == price["satoshi"]
    house.mail(walk.mail, "objednávka je vyřízena")
    told = ["vaše platba dorazila", "odesláno na vaši adresu", "vyřízena"]
    assert sorted(read_back(walk.mail, ())) == sorted([*CHECKED, *told])
    assert other.get(walk.path, 404)["type"].endswith("/not-found")
    assert other.get("/orders")["items"] == []
    house.require_balance()


def test_a_seller_who_sends_too_little_accepts_the_new_terms_and_is_paid(
    house: House, affiliate: Affiliate, meet: Meet, read_back: ReadBack
) -> None:
    walk = sold(house, affiliate, "seller@example.com", "+420601123458")
    pay(house, walk.payable(), SATOSHI - 1_000)
    terms = walk.until_asked("change")
    assert terms["reasons"] == ["amount-differs"]
    assert (terms["old"]["satoshi"], terms["new"]["satoshi"]) == (SATOSHI, SATOSHI - 1_000)
    assert 0 < terms["new"]["pennies"] < terms["old"]["pennies"]
    link = house.mail(walk.mail, "změnily se podmínky")["links"][0]
    visitor = meet()
    visitor.send(visitor.follow(link), "/case/change", decision="accept")
    order = walk.until("PROCESSING", "COMPLETED")
    assert order["pennies"] == terms["new"]["pennies"]
    amount = f"{order['pennies'] // 100}.{order['pennies'] % 100:02d}"
    (payout,) = eventually(
        lambda: house.payouts(amount=amount, currency="CZK"),
        lambda found: found and found[0]["document"],
    )
    assert payout["end_to_end"] in texts_of(payout["document"], "EndToEndId")
    assert IBAN in texts_of(payout["document"], "IBAN")
    assert amount in texts_of(payout["document"], "InstdAmt")
    walk.until("COMPLETED")
    assert house.payouts(id=payout["id"])[0]["state"] == "settled"
    house.mail(walk.mail, "objednávka je vyřízena")
    told = ["změnily se podmínky", "peníze jsou na cestě", "vyřízena"]
    letters = read_back(walk.mail, (link,))
    assert {*CHECKED, *told} <= set(letters)
    house.require_balance()


def test_a_seller_who_cancels_after_paying_gets_his_bitcoin_back(
    house: House, node: Litecoind, affiliate: Affiliate, read_back: ReadBack
) -> None:
    walk = sold(house, affiliate, "doubter@example.com", "+420601123459")
    pay(house, walk.payable(), SATOSHI + 1_000)
    walk.until_asked("change")
    walk.post("cancel")
    assert walk.until_asked("return")["satoshi"] == SATOSHI + 1_000
    walk.post("return", btc_address=BACK)
    sent = eventually(walk.show, lambda order: order["transaction"] is not None)
    house.move("/chains/bitcoin/mine", blocks=BITCOIN.confirmations)
    house.mail(walk.mail, "poslali zpět")
    assert walk.show()["status"] == "RETURNED"
    letters = read_back(walk.mail, ())
    assert {*CHECKED, "změnily se podmínky", "kam máme peníze vrátit?", "vráceno"} <= set(letters)
    brought = arrived(node, sent["transaction"]["hash"], BACK)
    assert brought == sent["transaction"]["satoshi"]
    house.require_balance()


def test_a_customer_who_refuses_a_code_is_looked_at_by_staff(
    house: House, affiliate: Affiliate, read_back: ReadBack
) -> None:
    walk = bought(house, affiliate, "shy@example.com", "+420601123460")
    walk.identify()
    walk.until_asked("verify-phone")
    walk.post("verify-phone", refused=True)
    held = walk.show()
    assert (held["status"], held["open_case"]) == ("WAITING_FOR_CASE", None)
    assert walk.affiliate.get(f"{walk.path}/verify-phone", 409)["open_case"] is None
    (case,) = [line for line in house.staff("review", "list") if "edd" in line.split()]
    house.staff("review", "accept", case.split()[0])
    walk.until("WAITING_FOR_PAYMENT")
    assert house.texts(walk.phone) == 0
    assert set(read_back(walk.mail, ())) >= set(CHECKED)
