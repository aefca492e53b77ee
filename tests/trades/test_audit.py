"""Decide that proving the books covers what buying and selling booked, and notices tampering."""

import pytest

from cambist.adapters.db.audit import verify
from cambist.app.cases.confirm_code import ConfirmCode
from cambist.app.cases.decide_case import Decision
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.orders.states import OrderState
from cambist.ports.trades import TradeView
from tests.trades.desk import LTC, Desk

TAMPERING = {
    "I8": "update quotes set used_by = null where id = $1",
    "I3": "update trades set filled = false where quote_id = $1",
    "I2": "update holds set state = 'active' where order_id ="
    " (select id from trades where quote_id = $1)",
    "I6": "update trades set fiat_received = fiat_received + 1 where quote_id = $1",
    "I5": "update bank_lines set units = units + 1 where order_id ="
    " (select id from trades where quote_id = $1)",
}


async def bought(desk: Desk) -> TradeView:
    """Take a buy to its end."""
    await desk.world.fund_hot("LTC", 10 * LTC)
    opened = await desk.order()
    await desk.identify(opened)
    await desk.do(ConfirmCode(opened.order_id, desk.partner, CaseKind.PHONE, None))
    await desk.carry()
    await desk.decide(opened, Decision.ACCEPT)
    view = await desk.view(opened)
    await desk.transfer(view.trade.fiat_units, [view.trade.reference])
    await desk.world.pay_out("LTC")
    await desk.carry()
    return await desk.view(opened)


async def test_a_finished_buy_leaves_nothing_to_find(desk: Desk) -> None:
    view = await bought(desk)
    assert view.order.state is OrderState.COMPLETED
    report = await verify(desk.world.core.pool)
    assert report.findings == ()
    assert report.counts["trades"]
    assert report.counts["bank lines"]


@pytest.mark.parametrize("invariant", sorted(TAMPERING))
async def test_a_tampered_trade_is_found(bare_desk: Desk, invariant: str) -> None:
    view = await bought(bare_desk)
    pool = bare_desk.world.core.pool
    await pool.execute(TAMPERING[invariant], view.trade.quote_id)
    report = await verify(pool)
    assert any(finding.startswith(f"{invariant}:") for finding in report.findings)
