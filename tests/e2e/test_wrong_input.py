"""Decide what customers are told who mistype, come late, answer twice or guess."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from cambist.domain.identity.links import LINK_LIFETIME
from tests.e2e.conftest import Meet
from tests.e2e.house import House, eventually, running
from tests.e2e.visitor import PERSON

ADDRESS = "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez"
IBAN = "DE89370400440532013000"
PHONE = "+420601123471"
TRIES = 5


@pytest.fixture(scope="module")
def house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a sandbox."""
    with running(tmp_path_factory.mktemp("house"), DATABASE_URL=database_url) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Iterator[httpx2.Client]:
    """Be the demo client."""
    with house.client("cryptoexchange") as opened:
        yield opened


def order(client: httpx2.Client, **changes: str | None) -> httpx2.Response:
    """Order for a customer nobody knows; what is None is left out."""
    asked: dict[str, Any] = {
        "customerId": uuid4().hex,
        "crypto": "LTC",
        "fiat": "EUR",
        "fiatAmount": "100",
        "address": ADDRESS,
        "email": f"{uuid4().hex}@example.com",
        "phone": PHONE,
        **changes,
    }
    body = {name: value for name, value in asked.items() if value is not None}
    return client.post("/orders", json=body, headers={"Idempotency-Key": uuid4().hex})


SELL: dict[str, str | None] = {
    "side": "sell",
    "fiatAmount": None,
    "cryptoAmount": "1",
    "address": None,
}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"address": f"{ADDRESS[:-1]}1"}, "address", "address-invalid"),
        ({"address": "tltc1qw508d6qejxtdg4y5r3zarvary0c5xw7klfsuq0"}, "address", "address-invalid"),
        ({"address": "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"}, "address", "address-invalid"),
        ({"email": "jana at example.com"}, "email", "email-invalid"),
        ({**SELL, "bankAccount": f"{IBAN[:-1]}1"}, "bankAccount", "check-digits"),
        ({**SELL, "bankAccount": None}, "bankAccount", "missing"),
        ({"fiatAmount": "100.001"}, "fiatAmount", "amount-too-precise"),
    ],
)
def test_what_is_mistyped_is_named(
    client: httpx2.Client, changes: dict[str, str | None], field: str, code: str
) -> None:
    refused = order(client, **changes)
    assert refused.status_code == 422
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [(field, code)]


def test_answers_are_checked_taken_once_and_by_whoever_was_written_to(
    house: House, client: httpx2.Client, meet: Meet
) -> None:
    mail = "clumsy@example.com"
    assert order(client, email=mail).status_code == 201
    link = house.mail(mail, "Verify identity")["links"][0]
    visitor = meet()
    form = visitor.follow(link)
    wrong = {**PERSON, "birth_date": "2999-01-01", "document_valid_until": "2020-01-01"}
    told = visitor.send(form, "/case/identity", **wrong, phone="601")
    assert told.status == 422
    for words in (
        "This date lies in the future.",
        "This document is no longer valid.",
        "Please enter a phone number with its country code",
    ):
        assert words in told.words
    stranger = meet()
    assert stranger.get(form.url).status == 403
    late = stranger.follow(link)
    assert (late.status, late.forms[-1].action.endswith("/order/link")) == (410, True)
    assert stranger.send(late, "/order/link").status == 202
    fresh = house.mail(mail, "new link")["links"][0]
    assert meet().follow(fresh).status == 200
    assert visitor.send(form, "/case/identity", **PERSON, phone=PHONE).status == 200
    twice = visitor.send(form, "/case/identity", **PERSON, phone=PHONE)
    assert twice.status == 409
    assert "This was answered in the meantime" in twice.words


def test_a_code_is_not_guessed(house: House, client: httpx2.Client, meet: Meet) -> None:
    mail = "guesser@example.com"
    made = order(client, email=mail).json()
    visitor = meet()
    form = visitor.follow(house.mail(mail, "Verify identity")["links"][0])
    sent = house.texts(PHONE)
    visitor.send(form, "/case/identity", **PERSON, phone=PHONE)
    form = visitor.follow(house.mail(mail, "Confirm phone")["links"][0])
    form = visitor.send(form, "/case/phone-sms")
    code = house.code(PHONE, sent)
    guess = "000000" if code != "000000" else "111111"
    for left in range(TRIES - 1, 0, -1):
        told = visitor.send(form, "/case/phone", code=guess)
        assert f"Tries left: {left}" in told.words
    for late in (guess, code):
        told = visitor.send(form, "/case/phone", code=late)
        assert "There were too many tries. Have a new code sent." in told.words
    assert visitor.send(form, "/case/phone-sms").status == 429
    assert client.get(f"/orders/{made['id']}").json()["status"] == "AWAITING_VERIFICATION"


def test_an_old_link_leads_nowhere(house: House, client: httpx2.Client, meet: Meet) -> None:
    mail = "late@example.com"
    made = order(client, email=mail).json()
    link = house.mail(mail, "Verify identity")["links"][0]
    house.move("/clock/advance", seconds=int(LINK_LIFETIME.total_seconds()) + 1)
    late = meet().follow(link)
    assert late.status == 410
    assert "it is too old" in late.words
    shown = eventually(lambda: meet().get(made["url"]), lambda page: page.status == 200)
    assert "Send me a link" in shown.words
