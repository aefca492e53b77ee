"""Decide that an address of ours is known however it is written."""

import pytest

from cambist.app.cases.name_return import NameReturn
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.desk import LTC, Desk


async def test_return_does_not_go_in_a_circle_in_capitals(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.cancel(opened)
    await desk.pay(opened, LTC // 2)
    own = (await desk.view(opened)).order.address or ""
    for address in (own.upper(), desk.world.core.hot_address("litecoin").upper()):
        assert desk.world.core.book.inspect("litecoin", address).valid
        with pytest.raises(DomainError) as refused:
            await desk.do(NameReturn(opened.order_id, desk.partner, address))
        assert refused.value.code is ErrorCode.ADDRESS_INVALID
    assert await desk.open_case(opened) is CaseKind.RETURN


async def test_nothing_is_bought_into_our_purse_in_capitals(desk: Desk) -> None:
    purse = desk.world.core.hot_address("litecoin").upper()
    with pytest.raises(DomainError) as refused:
        await desk.order(Side.BUY, destination=purse)
    assert refused.value.code is ErrorCode.ADDRESS_INVALID
