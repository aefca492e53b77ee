"""Show that a callback tells exactly what GET answers."""

from datetime import UTC, datetime
from uuid import UUID

import httpx2
import pytest

from cambist.dialects.cryptoexchange import TOLD_EVENTS, render_event, render_order
from cambist.dialects.cryptoexchange.tables import EVENTS
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.outbox import OutboxRow
from tests.dialects.cryptoexchange.exchange import PUBLIC_URL, World
from tests.dialects.cryptoexchange.views import BUY


def row(name: EventName) -> OutboxRow:
    happened = datetime(2026, 11, 21, tzinfo=UTC)
    return OutboxRow(1, OrderId(UUID(BUY)), 1, name, {}, happened, 0)


async def test_callback_body_is_the_answer_of_get_byte_for_byte(
    client: httpx2.AsyncClient, world: World
) -> None:
    for view in world.trades.views[:4]:
        answer = await client.get(f"/orders/{view.order.id}")
        assert render_order(view, PUBLIC_URL).encode() == answer.content
        told = render_event(row(EventName.ORDER_SENT), view, PUBLIC_URL)
        assert told == ("order.sent", answer.text)


@pytest.mark.parametrize("name", EventName)
def test_a_client_is_told_what_may_be_subscribed_to(name: EventName, world: World) -> None:
    told = render_event(row(name), world.trades.views[0], PUBLIC_URL)
    assert (told is not None) is EVENTS[name] is (name.value in TOLD_EVENTS)


def test_how_a_customer_answers_is_not_told() -> None:
    assert {"order.case_submitted", "order.case_rejected"}.isdisjoint(TOLD_EVENTS)
    assert {"order.case_opened", "order.ready", "order.sent", "order.completed"} <= TOLD_EVENTS
