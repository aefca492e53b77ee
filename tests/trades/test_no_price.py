"""Decide that crypto that comes while there is no price holds no watcher up."""

from cambist.app.cases.decide_case import Decision
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.terms import Side
from tests.trades.desk import LTC, Desk


async def test_a_wrong_amount_without_a_price_waits_for_the_staff(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    address = (await desk.view(opened)).order.address
    await desk.world.core.pool.execute("delete from price_current")
    desk.world.core.quotes.forget()
    await desk.world.pay(address, LTC // 4, "LTC")
    await desk.world.confirm("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert view.order.state is OrderState.ON_CASE
    assert await desk.open_case(opened) is CaseKind.EDD
    await desk.world.refresh()
    await desk.decide(opened, Decision.ACCEPT)
    assert await desk.open_case(opened) is CaseKind.CHANGE
