"""Show that no key, id, address or field reaches another merchant's things."""

from dataclasses import dataclass, replace
from typing import Any

from cambist.adapters.db.queries import PostgresQueries
from cambist.app.orders.refund_order import RefundOrder
from cambist.bus.bus import Gate
from cambist.kernel.ids import OrderId
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.queries import OrderView
from tests.dialects.cryptopayments.live import Stage
from tests.dialects.cryptopayments.matrix import findings, good_calls, send


async def test_wrong_keys_foreign_ids_and_surplus_fields_come_to_nothing(stage: Stage) -> None:
    count, found = await findings(stage)
    assert found == []
    assert count > 200


async def test_the_same_calls_succeed_with_the_callers_own_things(stage: Stage) -> None:
    async with stage.client() as client:
        answers = {call.operation: await send(client, call) for call in good_calls(stage)}
    assert {name for name, answer in answers.items() if answer.status_code >= 300} == set()


class Ownerless(PostgresQueries):
    """Find an order whoever asks."""

    async def order(self, principal: PartnerPrincipal, order_id: OrderId) -> OrderView | None:
        """Forget to ask whose it is."""
        found = await self.order_of_event(order_id)
        return None if found is None else found[0]


@dataclass
class Obliging:
    """Run refunds for whoever owns the order."""

    stage: Stage

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Forget to ask whose order it is."""
        if isinstance(command, RefundOrder):
            command = replace(command, partner_id=self.stage.theirs.partner)
        return await self.stage.world.core.bus.execute(command, gate)


async def test_a_query_without_owner_is_found(stage: Stage) -> None:
    core = stage.world.core
    _, found = await findings(stage, Ownerless(core.pool, core.quotes))
    assert any(one.startswith("getOrder, foreign order_id: answered 200") for one in found)
    assert any(one.startswith("getOrder, foreign order_id: tells") for one in found)


async def test_a_command_without_owner_is_found(stage: Stage) -> None:
    _, found = await findings(stage, bus=Obliging(stage))
    assert "createRefund, foreign refundOrderId: answered 200" in found
    assert "createRefund, foreign refundOrderId: changed something" in found
