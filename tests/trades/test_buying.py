"""Decide that a buy goes from its order over its checks and its money to crypto sent."""

from cambist.app.cases.confirm_code import ConfirmCode
from cambist.app.cases.send_code import SendCode
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Outcome, Purpose
from cambist.domain.orders.states import OrderState
from tests.trades.desk import LTC, OUTSIDE, Desk

FUNDS = 100 * LTC


async def test_a_first_buy_passes_its_checks_is_paid_and_sent(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", FUNDS)
    opened = await desk.order()
    assert await desk.open_case(opened) is CaseKind.IDENTITY
    await desk.identify(opened)
    assert await desk.open_case(opened) is CaseKind.PHONE
    await desk.do(SendCode(opened.order_id, desk.partner, CaseKind.PHONE, "192.0.2.1"))
    code = await desk.code(Purpose.PHONE, opened)
    tried = await desk.do(ConfirmCode(opened.order_id, desk.partner, CaseKind.PHONE, code))
    await desk.carry()
    assert tried.outcome is Outcome.RIGHT
    view = await desk.view(opened)
    assert view.order.state is OrderState.AWAITING_PAYMENT
    assert view.pay is not None
    before = await desk.world.standing("LTC", OUTSIDE)
    await desk.transfer(view.trade.fiat_units, [f"VS{view.trade.reference}"])
    assert (await desk.view(opened)).order.state is OrderState.SENDING
    await desk.world.pay_out("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert view.order.state is OrderState.COMPLETED
    assert await desk.world.standing("LTC", OUTSIDE) == before + view.trade.crypto_units
    assert await desk.world.imbalance() == {}
    assert await desk.letters(opened) == [
        "order-created",
        "case-identity",
        "case-phone",
        "phone-code",
        "payment-received",
        "crypto-sent",
        "order-completed",
    ]
