"""Show that no key, id, address or field reaches another client's things."""

from dataclasses import dataclass, replace
from typing import Any

from cambist.adapters.db.trade_queries import PostgresTrades
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.bus.bus import Gate
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.trades import HeldBalance, TradeView
from tests.dialects.cryptoexchange.live import Stage
from tests.dialects.cryptoexchange.matrix import findings, good_calls, prepare, send


async def test_wrong_keys_foreign_ids_and_surplus_fields_come_to_nothing(stage: Stage) -> None:
    count, found = await findings(stage)
    assert found == []
    assert count > 200


async def test_the_same_calls_succeed_with_the_callers_own_things(stage: Stage) -> None:
    offers = await prepare(stage)
    async with stage.client() as client:
        answers = [(call, await send(client, call)) for call in good_calls(stage, offers)]
    refused = {call.operation: one.text for call, one in answers if one.status_code >= 300}
    assert refused == {}


class Ownerless(PostgresTrades):
    """Find an order whoever asks."""

    async def trade(self, partner_id: PartnerId | None, order_id: OrderId) -> TradeView | None:
        """Forget to ask whose it is."""
        return await super().trade(None, order_id)


async def test_a_query_without_owner_is_found(stage: Stage) -> None:
    core = stage.world.core
    _, found = await findings(stage, Ownerless(core.pool, core.privacy, core.paying_in))
    assert any(one.startswith("getOrder, foreign order_id: answered 200") for one in found)
    assert any(one.startswith("getOrder, foreign order_id: tells") for one in found)


@dataclass
class Shared:
    """Keep customers' addresses for everybody."""

    stage: Stage

    async def held(self, partner_id: PartnerId, crypto: str, address: str) -> HeldBalance | None:
        """Ask as the other client does."""
        market = self.stage.world.core.market
        return await market.held(self.stage.theirs.partner, crypto, address)


async def test_a_balance_without_owner_is_found(stage: Stage) -> None:
    _, found = await findings(stage, vault=Shared(stage))
    assert "getBalance, foreign address: answered 200" in found


@dataclass
class Obliging:
    """Cancel for whoever owns the order."""

    stage: Stage

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Forget to ask whose order it is."""
        if isinstance(command, CancelTrade):
            command = replace(command, partner_id=None)
        return await self.stage.world.core.bus.execute(command, gate)


async def test_a_command_without_owner_is_found(stage: Stage) -> None:
    _, found = await findings(stage, bus=Obliging(stage))
    assert "cancelOrder, foreign order_id: changed something" in found
