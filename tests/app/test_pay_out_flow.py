"""Decide that money leaves exactly once, and only what there is."""

import asyncio
from uuid import uuid4

import pytest

from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.send_crypto import SendCrypto
from cambist.app.orders.withdraw import Withdraw
from cambist.app.paying import PromisedOrder
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from tests.world import World

TRX = 1_000_000
OUTSIDE = {
    "TRX": "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe",
    "USDT_TRC20": "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe",
    "LTC": "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez",
}


async def paid(world: World, units: int, asset: str = "TRX") -> OrderId:
    """Have a merchant's order paid."""
    opened = await world.open(units, asset)
    await world.pay(opened.address, units, asset)
    await world.confirm(asset)
    return opened.order_id


async def withdraw(world: World, units: int, asset: str = "TRX") -> PromisedOrder:
    """Ask for a withdrawal."""
    promised: PromisedOrder = await world.do(
        Withdraw(world.partner, world.shop, asset, units, OUTSIDE[asset])
    )
    return promised


async def arrived(world: World, asset: str) -> int:
    """Ask the chain itself what the outside address holds."""
    return await world.standing(asset, OUTSIDE[asset])


@pytest.mark.parametrize("asset", ["TRX", "USDT_TRC20", "LTC"])
async def test_withdrawal_arrives_once_and_is_settled(world: World, asset: str) -> None:
    await world.fund_hot("LTC" if asset == "LTC" else "TRX", 1_000 * TRX)
    await world.fund_hot(asset, 1_000 * TRX)
    await paid(world, 10 * TRX, asset)
    before, balance = await arrived(world, asset), await world.merchant(asset)
    promised = await withdraw(world, 4 * TRX, asset)
    await world.pay_out(asset)
    order = await world.order(promised.order_id)
    assert order.state is OrderState.COMPLETED
    assert await arrived(world, asset) == before + 4 * TRX
    assert await world.merchant(asset) == balance - 4 * TRX
    assert await world.imbalance() == {}


async def test_balance_is_held_from_the_promise_on(world: World) -> None:
    await paid(world, 10 * TRX)
    await withdraw(world, 9 * TRX)
    with pytest.raises(DomainError) as refused:
        await withdraw(world, TRX)
    assert refused.value.code is ErrorCode.INSUFFICIENT_BALANCE


async def test_twenty_withdrawals_at_once_spend_the_balance_once(world: World) -> None:
    await paid(world, 10 * TRX)
    answers = await asyncio.gather(
        *(withdraw(world, 6 * TRX) for _ in range(20)), return_exceptions=True
    )
    promised = [answer for answer in answers if isinstance(answer, PromisedOrder)]
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert (len(promised), len(refused)) == (1, 19)
    assert {error.code for error in refused} == {ErrorCode.INSUFFICIENT_BALANCE}


async def test_twenty_refunds_at_once_never_exceed_what_was_received(world: World) -> None:
    await paid(world, 100 * TRX)
    order_id = await paid(world, 10 * TRX)
    refund = RefundOrder(world.partner, order_id, "TRX", 6 * TRX, OUTSIDE["TRX"])
    answers = await asyncio.gather(*(world.do(refund) for _ in range(20)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert len(refused) == 19
    assert {error.code for error in refused} == {ErrorCode.REFUND_EXCEEDS_RECEIVED}
    assert (await world.order(order_id)).refunded == 6 * TRX


async def test_one_key_is_one_withdrawal_however_often(world: World) -> None:
    await paid(world, 100 * TRX)
    command = Withdraw(world.partner, world.shop, "TRX", TRX, OUTSIDE["TRX"])
    answers = await asyncio.gather(*(world.do(command, "key") for _ in range(50)))
    assert len(set(answers)) == 1


async def test_refund_only_of_a_completed_order_in_its_asset(world: World) -> None:
    opened = await world.open(TRX)
    order_id = await paid(world, TRX)
    cases = [
        (opened.order_id, "TRX", TRX, ErrorCode.ORDER_NOT_REFUNDABLE),
        (order_id, "USDT_TRC20", TRX, ErrorCode.ASSET_NOT_SUPPORTED),
        (order_id, "TRX", TRX + 1, ErrorCode.REFUND_EXCEEDS_RECEIVED),
        (order_id, "TRX", 0, ErrorCode.AMOUNT_TOO_SMALL),
    ]
    for target, asset, units, code in cases:
        with pytest.raises(DomainError) as refused:
            await world.do(RefundOrder(world.partner, target, asset, units, OUTSIDE["TRX"]))
        assert refused.value.code is code


async def test_send_spends_from_the_address_named(world: World) -> None:
    await world.fund_hot("TRX", 1_000 * TRX)
    opened = await world.open(10 * TRX)
    await world.pay(opened.address, 10 * TRX)
    await world.confirm()
    source = opened.address or ""
    standing = await world.standing("TRX", source)
    send = SendCrypto(world.partner, world.shop, "TRX", 3 * TRX, source, OUTSIDE["TRX"], None)
    promised = await world.do(send)
    await world.pay_out()
    assert (await world.order(promised.order_id)).state is OrderState.COMPLETED
    fee = await world.core.pool.fetchval(
        "select network_fee from withdrawals where id = $1", promised.order_id
    )
    left = await world.standing("TRX", source)
    assert left == standing - 3 * TRX - int(fee)


async def test_send_that_cannot_pay_its_fee_is_rejected_and_the_hold_released(
    world: World,
) -> None:
    opened = await world.open(TRX)
    await world.pay(opened.address, TRX)
    await world.confirm()
    await paid(world, TRX)
    send = SendCrypto(
        world.partner, world.shop, "TRX", TRX, opened.address or "", OUTSIDE["TRX"], None
    )
    promised = await world.do(send)
    await world.pay_out()
    assert (await world.order(promised.order_id)).state is OrderState.REJECTED
    held = await world.core.pool.fetchval(
        "select held from accounts where owner = $1", f"partner:{world.partner}"
    )
    assert int(held) == 0


async def test_what_no_single_account_holds_is_swept_together_first(world: World) -> None:
    await world.fund_hot("ETH", 10**18)
    for _ in range(2):
        await paid(world, 10 * TRX, "USDC_ERC20")
    destination = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
    command = Withdraw(world.partner, world.shop, "USDC_ERC20", 15 * TRX, destination)
    promised = await world.do(command)
    await world.pay_out("USDC_ERC20")
    await world.pay_out("USDC_ERC20")
    assert (await world.order(promised.order_id)).state is OrderState.COMPLETED
    swept = await world.core.pool.fetchval(
        "select count(*) from withdrawals where order_id is null and state = $1 and asset = $2",
        WithdrawalState.SETTLED.value,
        "USDC_ERC20",
    )
    assert swept == 2
    assert await world.imbalance() == {}


async def test_payment_to_an_invalid_address_is_refused(world: World) -> None:
    await paid(world, TRX)
    for address in ("", "T" * 34, OUTSIDE["LTC"], "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfE"):
        with pytest.raises(DomainError) as refused:
            await world.do(Withdraw(world.partner, world.shop, "TRX", 1, address))
        assert refused.value.code is ErrorCode.ADDRESS_INVALID


async def test_refund_of_a_missing_and_of_a_foreign_order_look_the_same(world: World) -> None:
    order_id = await paid(world, TRX)
    stranger = PartnerId(uuid4())
    refusals = []
    for target in (order_id, OrderId(uuid4())):
        with pytest.raises(DomainError) as refused:
            await world.do(RefundOrder(stranger, target, "TRX", TRX, OUTSIDE["TRX"]))
        refusals.append((refused.value.code, refused.value.facts))
    assert refusals == [(ErrorCode.NOT_FOUND, {"field": "refundOrderId"})] * 2
