"""A test may play the reviewer over the sandbox's control, by customer, order id or number."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio

from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.trades.open_trade import OpenedTrade
from cambist.bootstrap.core import Core
from cambist.domain.orders.states import OrderState
from tests.sandbox.rig import Rig, open_rig, violations
from tests.trades.desk import PERSON, Desk, open_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCEPT: dict[str, Any] = {"decision": "accept"}


@dataclass
class RigWorld:
    """Be as much of a world as a desk needs."""

    core: Core

    async def do(self, command: object, key: str = "") -> Any:
        """Run a command."""
        return await self.core.bus.execute(command)


@dataclass
class Kyc:
    """Hold a sandbox and a desk on one core."""

    rig: Rig
    desk: Desk

    async def order(self, *, told: bool = True) -> OpenedTrade:
        """Open an order, and let the customer tell who he is."""
        await self.rig.services.refresh()
        opened = await self.desk.order()
        if told:
            await self.tell(opened)
        return opened

    async def tell(self, opened: OpenedTrade) -> None:
        """Let the customer tell who he is."""
        told = tuple(sorted(PERSON.items()))
        await self.desk.do(SubmitIdentity(opened.order_id, self.desk.partner, "CZ", told))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kyc(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kyc]:
    folder: Path = tmp_path_factory.mktemp("var")
    async with open_rig(database_url, folder) as rig:
        yield Kyc(rig, await open_desk(cast("Any", RigWorld(rig.core))))


@pytest.mark.parametrize("named", ["customer", "order", "number"])
async def test_a_waiting_case_is_accepted_whoever_it_is_named_by(kyc: Kyc, named: str) -> None:
    opened = await kyc.order()
    trade = (await kyc.desk.view(opened)).trade
    subject = {"customer": trade.customer_id, "order": opened.order_id, "number": trade.number}
    answer = await kyc.rig.post(f"/kyc/{subject[named]}/identity", **ACCEPT)
    assert (answer["order"], answer["decision"]) == (str(opened.order_id), "accept")
    cases = (await kyc.desk.view(opened)).cases
    assert [(case.kind.value, case.state.value) for case in cases] == [
        ("identity", "accepted"),
        ("phone", "open"),
    ]
    assert cases[0].reviewer == "sandbox"


async def test_a_case_is_given_back_with_its_reason(kyc: Kyc) -> None:
    opened = await kyc.order()
    body: dict[str, Any] = {"decision": "again", "reason": "document-unreadable"}
    await kyc.rig.post(f"/kyc/{opened.order_id}/identity", **body)
    (case,) = (await kyc.desk.view(opened)).cases
    assert (case.state.value, case.reasons) == ("open", ("document-unreadable",))
    await kyc.rig.post(f"/kyc/{opened.order_id}/identity", 409, **ACCEPT)
    await kyc.tell(opened)
    await kyc.rig.post(f"/kyc/{opened.order_id}/identity", **ACCEPT)


async def test_a_rejected_case_ends_the_order(kyc: Kyc) -> None:
    opened = await kyc.order()
    await kyc.rig.post(f"/kyc/{opened.order_id}/identity", decision="reject")
    assert (await kyc.desk.view(opened)).order.state is OrderState.REJECTED


async def test_what_does_not_wait_is_told_apart_from_what_is_not_there(kyc: Kyc) -> None:
    opened = await kyc.order(told=False)
    assert (await kyc.rig.post(f"/kyc/{opened.order_id}/identity", 409, **ACCEPT))["status"] == 409
    assert (await kyc.rig.post(f"/kyc/{opened.order_id}/aml", 409, **ACCEPT))["status"] == 409
    for path, field in (
        (f"/kyc/{uuid4()}/identity", "customer"),
        ("/kyc/12345/identity", "customer"),
        ("/kyc/99999999999999999/identity", "customer"),
        ("/kyc/..%00/identity", "customer"),
        (f"/kyc/{opened.order_id}/phone", "item"),
        (f"/kyc/{opened.order_id}/video", "item"),
    ):
        assert violations(await kyc.rig.post(path, 404, **ACCEPT)) == {field}, path


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "decision"),
        ({"decision": "perhaps"}, "decision"),
        ({"decision": True}, "decision"),
        ({"decision": "again", "reason": "Because, well"}, "reason"),
        ({"decision": "again", "reason": ["other"]}, "reason"),
        ({"decision": "accept", "why": "x"}, "why"),
    ],
)
async def test_a_wrong_body_is_named(kyc: Kyc, body: dict[str, Any], field: str) -> None:
    opened = await kyc.order()
    answer = await kyc.rig.client.post(f"/kyc/{opened.order_id}/identity", json=body)
    assert answer.status_code in (400, 422), answer.text
    assert violations(answer.json()) == {field}


async def test_without_the_token_nobody_is_accepted(kyc: Kyc) -> None:
    opened = await kyc.order()
    answer = await kyc.rig.stranger.post(f"/kyc/{opened.order_id}/identity", json=ACCEPT)
    assert answer.status_code == 401
    assert (await kyc.desk.view(opened)).cases[0].state.value == "submitted"
