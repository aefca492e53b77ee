"""Show that a partner is told what changes in his words, exactly as he would have asked."""

import json
from dataclasses import replace

import pytest

from cambist.dialects.btcex import told
from cambist.dialects.btcex.tables import EVENT_TYPES
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.kernel.events import EventName
from cambist.ports.outbox import OutboxRow
from tests.dialects.btcex.broker import PUBLIC_URL, Broker
from tests.dialects.btcex.views import IDENTITY, NOW, order_id, sample_views

VIEW = next(view for view in sample_views() if view.trade.number == IDENTITY)


def row(name: EventName, **facts: str) -> OutboxRow:
    """Make an event of the order."""
    return OutboxRow(1, order_id(IDENTITY), 2, name, {"kind": "buy", **facts}, NOW, 0)


async def test_the_body_is_the_answer_of_get_byte_for_byte() -> None:
    found = told(row(EventName.ORDER_CASE_OPENED, case="identity"), VIEW, PUBLIC_URL)
    assert found is not None
    assert found[0] == "order.case-opened"
    answer = await Broker().ask("GET", f"/order/{IDENTITY}")
    assert found[1] == answer.text


@pytest.mark.parametrize("name", EventName)
def test_every_event_is_told_by_its_type_or_to_nobody(name: EventName) -> None:
    found = told(row(name, case=CaseKind.CHANGE.value), VIEW, PUBLIC_URL)
    assert (None if found is None else found[0]) == EVENT_TYPES[name]
    if found is not None:
        assert json.loads(found[1])["id"] == IDENTITY


def test_what_the_staff_is_asked_is_told_to_nobody() -> None:
    assert told(row(EventName.ORDER_CASE_OPENED, case=CaseKind.EDD.value), VIEW, "") is None


def test_a_wait_for_the_reviewer_asks_nothing_of_the_customer() -> None:
    waiting = replace(VIEW, cases=(replace(VIEW.cases[0], state=CaseState.SUBMITTED),))
    found = told(row(EventName.ORDER_PAID), waiting, PUBLIC_URL)
    assert found is not None
    assert json.loads(found[1])["open_case"] is None
