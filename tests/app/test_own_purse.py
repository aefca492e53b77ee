"""Decide that nothing is paid out to our own purse, where it would miss in the books."""

from collections.abc import Callable

import pytest

from cambist.app.orders.open_order import OpenedOrder
from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.return_excess import ReturnExcess
from cambist.app.orders.send_crypto import SendCrypto
from cambist.app.orders.withdraw import Withdraw
from cambist.domain.market.assets import ASSETS
from cambist.domain.partners.partners import OverPolicy
from cambist.kernel.errors import DomainError, ErrorCode
from tests.world import World

COIN = 1_000_000
FORMS: dict[str, tuple[str, Callable[[str], str]]] = {
    "tron": ("TRX", str),
    "litecoin": ("LTC", str),
    "litecoin in capitals": ("LTC", str.upper),
    "ethereum": ("ETH", str),
    "ethereum without checksum": ("ETH", str.lower),
}


async def paid(world: World, asset: str) -> OpenedOrder:
    """Have a merchant's order paid."""
    opened = await world.open(10 * COIN, asset)
    await world.pay(opened.address, 10 * COIN, asset)
    await world.confirm(asset)
    return opened


async def on_our_purse(world: World, asset: str) -> int:
    """Sum what our books say stands on our purse."""
    units = await world.core.pool.fetchval(
        "select coalesce(sum(units), 0) from coins"
        " where place = 'hot' and asset = $1 and spent_by is null and ready",
        asset,
    )
    return int(units)


@pytest.mark.parametrize("form", FORMS)
async def test_merchant_cannot_send_money_to_our_purse(world: World, form: str) -> None:
    asset, written = FORMS[form]
    opened = await paid(world, asset)
    purse = written(world.core.hot_address(ASSETS[asset].chain or ""))
    source = opened.address or ""
    for command in (
        Withdraw(world.partner, world.shop, asset, COIN, purse),
        RefundOrder(world.partner, opened.order_id, asset, COIN, purse),
        SendCrypto(world.partner, world.shop, asset, COIN, source, purse, None),
    ):
        with pytest.raises(DomainError) as refused:
            await world.do(command)
        assert refused.value.code is ErrorCode.ADDRESS_INVALID
        assert refused.value.facts["field"] == "destinationAddress"


async def test_what_our_purse_paid_too_much_is_not_returned_to_it(world: World) -> None:
    await world.fund_hot("TRX", 1_000 * COIN)
    await paid(world, "TRX")
    shop = await world.add_shop(over_policy=OverPolicy.REFUND)
    opened = await world.open(COIN, shop=shop)
    await world.do(Withdraw(world.partner, world.shop, "TRX", 3 * COIN, opened.address or ""))
    await world.pay_out()
    payment = (await world.view(opened.order_id)).payments[0].payment
    purse = world.core.hot_address("tron")
    assert (payment.units, payment.sender) == (3 * COIN, purse)
    assert await world.do(ReturnExcess(opened.order_id)) is None
    await world.pay_out()
    assert await on_our_purse(world, "TRX") == await world.standing("TRX", purse)
