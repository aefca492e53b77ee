"""Show that a callback tells exactly what GET answers."""

import httpx2

from cambist.dialects.cryptopayments import STATUS_EVENTS, render_order
from tests.dialects.cryptopayments.gateway import World


async def test_callback_body_is_the_answer_of_get_byte_for_byte(
    client: httpx2.AsyncClient, world: World
) -> None:
    for view in world.queries.views[:3]:
        answer = await client.get(f"/orders/{view.order.id}")
        assert render_order(view).encode() == answer.content


def test_only_changes_of_the_vendors_status_are_offered() -> None:
    assert {
        "order.completed",
        "order.expired",
        "order.reopened",
        "order.failed",
    } == STATUS_EVENTS
