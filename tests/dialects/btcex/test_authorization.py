"""Show that no key, number or field reaches another affiliate's orders."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from cambist.adapters.db.trade_queries import PostgresTrades
from cambist.app.cases.name_return import NameReturn
from cambist.bus.bus import Gate, Rehearsal
from cambist.kernel.ids import PartnerId
from cambist.ports.trades import TradeView
from tests.dialects.btcex.live import Stage
from tests.dialects.btcex.matrix import STATES, Table, findings, prepare
from tests.dialects.matrix import good_calls, send

SIGNED = 22


@pytest.fixture
async def table(stage: Stage) -> Table:
    """Lay the matrix out on the module's database."""
    return await prepare(stage)


async def test_wrong_signatures_foreign_numbers_and_surplus_fields_come_to_nothing(
    table: Table,
) -> None:
    count, found = await findings(table)
    assert found == []
    assert count > 300


async def test_the_same_calls_succeed_with_the_callers_own_orders(table: Table) -> None:
    calls = list(good_calls(table.plan))
    assert len(calls) == SIGNED
    async with table.talk() as client:
        answers = {call.operation: await send(client, call) for call in calls}
    assert {n: one.text for n, one in answers.items() if one.status_code >= 300} == {}


class Ownerless(PostgresTrades):
    """Find an order whoever asks."""

    def __init__(self, stage: Stage) -> None:
        core = stage.world.core
        super().__init__(core.pool, core.privacy, core.paying_in)
        self._theirs = stage.theirs.partner

    async def trade_by_number(self, partner_id: PartnerId, number: int) -> TradeView | None:
        """Look among the other affiliate's orders too."""
        mine = await super().trade_by_number(partner_id, number)
        return mine or await super().trade_by_number(self._theirs, number)


async def test_a_query_without_owner_is_found(table: Table) -> None:
    _, found = await findings(table, trades=Ownerless(table.stage))
    for operation in STATES:
        if operation.startswith("get"):
            assert f"{operation}, foreign order_id: answered 200" in found
    assert any(one.startswith("getOrder, foreign order_id: tells") for one in found)
    # The core asks whose order it is, too.
    assert not [one for one in found if one.endswith("changed something")]


@dataclass
class Obliging:
    """Return bitcoin for whoever owns the order."""

    stage: Stage

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Forget to ask whose order it is."""
        if isinstance(command, NameReturn):
            command = replace(command, partner_id=None)
        return await self.stage.world.core.bus.execute(command, gate)

    async def rehearse(self, command: object, gate: Gate | None = None) -> Rehearsal:
        """Rehearse nothing."""
        raise AssertionError


async def test_a_command_without_owner_is_found(table: Table) -> None:
    stage = table.stage
    _, found = await findings(table, Obliging(stage), Ownerless(stage))
    assert "nameReturn, foreign order_id: changed something" in found
