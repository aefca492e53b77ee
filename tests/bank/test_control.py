"""Prove that the sandbox's hand moves the bank as told, and names what is wrong with a wish."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from cambist.bootstrap.access import DemoAccess
from cambist.bootstrap.banking import bank_clerk
from cambist.bootstrap.sandbox import sandbox_services
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import BankPayoutState
from cambist.http.dispatch import Dispatcher, Mount
from cambist.pages.sandbox import banking, sandbox_app
from cambist.pages.sandbox.app import PREFIX
from tests.bank.steps import bought, payouts_of, sold
from tests.sandbox.rig import violations
from tests.trades.desk import Desk
from tests.world import price_worker

PATIENCE_S = 0.3
PAYER: dict[str, Any] = {"from_name": "Jana Nováková", "from_account": "CZ5508000000001234567899"}


@dataclass
class Hand:
    """Hold the sandbox's control over a desk."""

    desk: Desk
    client: httpx2.AsyncClient

    async def post(self, path: str, expected: int = 200, **body: Any) -> Any:
        """Post a body and read the answer of an expected status."""
        answer = await self.client.post(path, json=body)
        assert answer.status_code == expected, answer.text
        return answer.json()

    async def get(self, path: str, expected: int = 200) -> Any:
        """Read an answer of an expected status."""
        answer = await self.client.get(path)
        assert answer.status_code == expected, answer.text
        return answer.json()

    async def work(self) -> None:
        """Let the clerk and every event do their work."""
        clerk = bank_clerk(self.desk.world.core)
        while await clerk.run_once():
            await self.desk.carry()


@pytest.fixture
async def hand(desk: Desk) -> AsyncIterator[Hand]:
    access = DemoAccess("http://sandbox.example", "token", "key", str(uuid4()), "other")
    core = desk.world.core
    services = sandbox_services(core, access, price_worker(core))
    app = sandbox_app(replace(services, settle_s_max=PATIENCE_S))
    root: Any = Dispatcher([Mount(PREFIX, app)], app)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(root),
        base_url=f"http://sandbox.example{PREFIX}/v1",
        headers={"Authorization": "Bearer token"},
    ) as client:
        yield Hand(desk, client)


async def test_a_transfer_pays_the_order_it_names(hand: Hand) -> None:
    opened = await bought(hand.desk)
    trade = (await hand.desk.view(opened)).trade
    sent = await hand.post(
        "/bank/transfer",
        amount="1000.00",
        currency="CZK",
        reference=f"VS{trade.reference}",
        **PAYER,
    )
    assert str(UUID(sent["id"])) == sent["id"]
    await hand.work()
    assert await hand.desk.state(opened) is OrderState.SENDING


async def test_a_transfer_that_names_nothing_waits_for_a_person(hand: Hand) -> None:
    core = hand.desk.world.core
    before = len(await core.desk.waiting_lines(200))
    await hand.post("/bank/transfer", amount="0.01", currency="EUR")
    await hand.work()
    assert len(await core.desk.waiting_lines(200)) == before + 1


async def test_a_payout_is_shown_with_the_file_it_is_in(hand: Hand) -> None:
    opened = await sold(hand.desk)
    shown = (await hand.get("/bank/payouts"))["items"][0]
    assert shown["order_id"] == str(opened.order_id)
    assert (shown["state"], shown["batch_id"], shown["document"]) == ("queued", None, None)
    await hand.work()
    shown = (await hand.get("/bank/payouts"))["items"][0]
    [payout] = await payouts_of(hand.desk, opened)
    assert shown["id"] == str(payout.id)
    assert shown["state"] == "settled"
    assert (shown["method"], shown["currency"], shown["amount"]) == ("cz-bank", "CZK", "950.00")
    assert (shown["account"], shown["name"]) == ("19-2000145399/0800", "Jana Nováková")
    assert shown["end_to_end"] in shown["document"]
    assert "pain.001.001.09" in shown["document"]
    answer = await hand.client.get(f"/bank/batches/{shown['batch_id']}")
    assert answer.headers["content-type"].startswith("application/xml")
    assert answer.text == shown["document"]


async def test_a_long_file_is_linked_to(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    await sold(hand.desk)
    await hand.work()
    monkeypatch.setattr(banking, "DOCUMENT_SHOWN_MAX", 100)
    shown = (await hand.get("/bank/payouts"))["items"][0]
    assert shown["document"].endswith(f"/sandbox/v1/bank/batches/{shown['batch_id']}")
    assert (await hand.client.get(shown["document"])).status_code == 200


async def test_a_payout_comes_back_when_told(hand: Hand) -> None:
    opened = await sold(hand.desk)
    [payout] = await payouts_of(hand.desk, opened)
    where = f"/bank/payouts/{payout.id}/return"
    assert violations(await hand.post(where, 404)) == {"id"}
    await hand.work()
    assert len((await hand.post(where, reason="AC01"))["id"]) == 36
    await hand.work()
    [payout] = await payouts_of(hand.desk, opened)
    assert payout.state is BankPayoutState.RETURNED
    assert (await hand.post(where, 422))["code"] == "invalid-state"


@pytest.mark.parametrize("name", ["x", str(UUID(int=5)), "%00", "A" * 36])
async def test_what_is_not_there_is_not_found(hand: Hand, name: str) -> None:
    assert violations(await hand.post(f"/bank/payouts/{name}/return", 404)) == {"id"}
    assert violations(await hand.get(f"/bank/batches/{name}", 404)) == {"id"}


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"amount": "0"}, 422, "amount"),
        ({"amount": "1.001"}, 400, "amount"),
        ({"amount": "-1"}, 400, "amount"),
        ({"amount": 1}, 400, "amount"),
        ({"amount": "NaN"}, 400, "amount"),
        ({"amount": "99999999999999999"}, 422, "amount"),
        ({"currency": "USD"}, 422, "currency"),
        ({"currency": "LTC"}, 422, "currency"),
        ({"currency": "eur"}, 422, "currency"),
        ({"currency": ""}, 400, "currency"),
        ({"reference": "x" * 141}, 400, "reference"),
        ({"reference": "a\nb"}, 400, "reference"),
        ({"reference": "\ufffe"}, 400, "reference"),
        ({"from_name": "x" * 71}, 400, "from_name"),
        ({"from_name": "\u007f"}, 400, "from_name"),
        ({"from_account": "1" * 35}, 400, "from_account"),
        ({"iban": "x"}, 400, "iban"),
    ],
)
async def test_what_is_wrong_with_a_transfer_is_named(
    hand: Hand, change: dict[str, Any], status: int, field: str
) -> None:
    body = {"amount": "1", "currency": "EUR", "reference": "x", **PAYER, **change}
    assert violations(await hand.post("/bank/transfer", status, **body)) == {field}


@pytest.mark.parametrize("reason", ["", "x" * 36, "a\tb", 4])
async def test_a_reason_must_be_writable(hand: Hand, reason: Any) -> None:
    where = f"/bank/payouts/{UUID(int=5)}/return"
    assert violations(await hand.post(where, 400, reason=reason)) == {"reason"}


async def test_a_leap_of_the_clock_waits_for_the_bank(hand: Hand) -> None:
    await hand.work()
    leap = await hand.post("/clock/advance", seconds=1)
    assert "bank" not in leap["waiting_for"]
    await hand.post("/bank/transfer", amount="1", currency="EUR")
    leap = await hand.post("/clock/advance", seconds=1)
    assert "bank" in leap["waiting_for"]
    await asyncio.gather(hand.post("/clock/advance", seconds=1), hand.work())
    leap = await hand.post("/clock/advance", seconds=1)
    assert "bank" not in leap["waiting_for"]
