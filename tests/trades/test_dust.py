"""Decide that crypto which no chain carries is neither traded nor asked about."""

import pytest

from cambist.app.cases.decide_case import Decision
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.custody.spending import DUST_UNITS
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.partners_made import put_terms
from tests.trades.checks import faults
from tests.trades.desk import LTC, Desk


@pytest.mark.parametrize(("side", "given"), [(Side.BUY, Given.TO), (Side.SELL, Given.FROM)])
async def test_dust_is_not_traded_whatever_the_terms_allow(
    desk: Desk, side: Side, given: Given
) -> None:
    await put_terms(desk.world.core, partner_id=desk.partner, method="cz-bank", minimum_units=1)
    with pytest.raises(DomainError) as refused:
        await desk.order(side, given=given, units=DUST_UNITS - 1)
    assert refused.value.code is ErrorCode.AMOUNT_TOO_SMALL
    opened = await desk.order(side, given=given, units=DUST_UNITS)
    assert (await desk.view(opened)).trade.crypto_units == DUST_UNITS


async def test_dust_beside_a_finished_sell_is_asked_about_once_it_is_worth_sending(
    desk: Desk,
) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, LTC // 2)
    await desk.debit(await desk.export(opened))
    await desk.pay(opened, DUST_UNITS - 1)
    assert await desk.open_case(opened) is None
    assert await desk.state(opened) is OrderState.COMPLETED
    await desk.pay(opened, 1)
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.units) == (CaseKind.RETURN, DUST_UNITS)
    assert await faults(desk.world.core.pool) == []


async def test_dust_for_a_sell_given_up_stays_the_seller_s_until_it_is_worth_sending(
    desk: Desk,
) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.cancel(opened)
    await desk.pay(opened, DUST_UNITS - 1)
    assert await desk.open_case(opened) is None
    assert await desk.state(opened) is OrderState.CANCELLED
    assert await desk.balance(opened, "LTC") == (DUST_UNITS - 1, 0)
    await desk.pay(opened, 1)
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.units) == (CaseKind.RETURN, DUST_UNITS)
    assert await faults(desk.world.core.pool) == []


async def test_a_sell_that_got_nothing_but_dust_ends_when_staff_refuse_it(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, DUST_UNITS - 1)
    assert await desk.open_case(opened) is CaseKind.EDD
    await desk.decide(opened, Decision.REJECT)
    assert await desk.state(opened) is OrderState.CANCELLED
    assert await desk.balance(opened, "LTC") == (DUST_UNITS - 1, 0)
    assert await faults(desk.world.core.pool) == []
