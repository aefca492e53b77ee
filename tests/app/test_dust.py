"""Decide that an amount no chain carries sets no money of the house aside."""

import pytest

from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.withdraw import Withdraw
from cambist.app.paying import PromisedOrder
from cambist.domain.custody.spending import DUST_UNITS
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from tests.world import World

LTC = 100_000_000
OUTSIDE = "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez"
FREE = """select coalesce(sum(units), 0) from coins
  where asset = 'LTC' and spent_by is null and ready"""


async def test_dust_is_refused_when_it_is_asked_for(world: World) -> None:
    await world.fund_hot("LTC", LTC)
    opened = await world.open(LTC, "LTC")
    await world.pay(opened.address, LTC, "LTC")
    await world.confirm("LTC")
    for units in (1, DUST_UNITS - 1):
        for command in (
            Withdraw(world.partner, world.shop, "LTC", units, OUTSIDE),
            RefundOrder(world.partner, opened.order_id, "LTC", units, OUTSIDE),
        ):
            with pytest.raises(DomainError) as refused:
                await world.do(command)
            assert refused.value.code is ErrorCode.AMOUNT_TOO_SMALL
    promised: PromisedOrder = await world.do(
        Withdraw(world.partner, world.shop, "LTC", DUST_UNITS, OUTSIDE)
    )
    await world.pay_out("LTC")
    assert (await world.order(promised.order_id)).state is OrderState.COMPLETED


async def test_dust_that_was_promised_freezes_no_coin(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.fund_hot("LTC", LTC)
    opened = await world.open(LTC, "LTC")
    await world.pay(opened.address, LTC, "LTC")
    await world.confirm("LTC")
    free, owed = await world.core.pool.fetchval(FREE), await world.merchant("LTC")
    monkeypatch.setattr("cambist.app.paying.least_sent", lambda _: 1)
    orders = [
        await world.do(Withdraw(world.partner, world.shop, "LTC", 1, OUTSIDE)) for _ in range(4)
    ]
    await world.pay_out("LTC")
    assert await world.core.pool.fetchval(FREE) == free
    for promised in orders:
        assert (await world.order(promised.order_id)).state is OrderState.REJECTED
    free_balance = await world.core.pool.fetchval(
        "select posted - held from accounts where owner = $1 and asset = 'LTC'",
        f"partner:{world.partner}",
    )
    assert free_balance == owed
