"""Decide that incoming orders follow their payments."""

from datetime import timedelta

import pytest

from cambist.domain.orders.states import Label, OrderState
from cambist.domain.partners.partners import LatePolicy, OverPolicy, UnderPolicy
from cambist.domain.payments.states import PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from tests.world import World

TRX = 1_000_000


async def test_one_trx_gives_the_numbers_of_the_seed(world: World) -> None:
    opened = await world.open(TRX)
    await world.pay(opened.address, TRX)
    assert (await world.order(opened.order_id)).state is OrderState.PAYMENT_SEEN
    await world.mine(18)
    assert (await world.order(opened.order_id)).state is OrderState.PAYMENT_SEEN
    await world.mine(1)
    view = await world.view(opened.order_id)
    payment = view.payments[0].payment
    assert view.order.state is OrderState.COMPLETED
    assert (payment.units, payment.fee, payment.fiat_units) == (1_000_000, 5_000, 27)
    assert await world.merchant() == 995_000
    assert await world.imbalance() == {}


async def test_several_transactions_add_up(world: World) -> None:
    opened = await world.open(3 * TRX)
    await world.pay(opened.address, TRX)
    await world.confirm()
    order = await world.order(opened.order_id)
    assert (order.state, order.confirmed) == (OrderState.PAYMENT_SEEN, TRX)
    await world.pay(opened.address, 2 * TRX)
    await world.confirm()
    assert (await world.order(opened.order_id)).state is OrderState.COMPLETED


async def test_order_without_money_expires(world: World) -> None:
    opened = await world.open(TRX)
    order = await world.order(opened.order_id)
    assert order.expires_at == order.created_at + timedelta(seconds=1_200)
    await world.advance(1_000)
    assert (await world.order(opened.order_id)).state is OrderState.AWAITING_PAYMENT
    await world.advance(200)
    assert (await world.order(opened.order_id)).state is OrderState.EXPIRED


async def test_partly_paid_order_expires_and_the_merchant_keeps_the_money(world: World) -> None:
    opened = await world.open(2 * TRX)
    await world.pay(opened.address, TRX)
    await world.confirm()
    await world.advance(1_201)
    order = await world.order(opened.order_id)
    assert (order.state, order.labels) == (OrderState.EXPIRED, {Label.UNDER})
    assert await world.merchant() == 995_000


async def test_payment_within_tolerance_completes(world: World) -> None:
    shop = await world.add_shop(under_tolerance_ppm=10_000)
    opened = await world.open(100 * TRX, shop=shop)
    await world.pay(opened.address, 99 * TRX)
    await world.confirm()
    order = await world.order(opened.order_id)
    assert (order.state, order.labels) == (OrderState.COMPLETED, {Label.UNDER})


async def test_late_payment_is_accounted_and_completes_only_where_policy_says(
    world: World,
) -> None:
    for policy, state in (
        (LatePolicy.KEEP, OrderState.EXPIRED),
        (LatePolicy.COMPLETE, OrderState.COMPLETED),
    ):
        before = await world.merchant()
        opened = await world.open(TRX, shop=await world.add_shop(late_policy=policy))
        await world.advance(1_201)
        await world.pay(opened.address, TRX)
        await world.confirm()
        order = await world.order(opened.order_id)
        assert (order.state, order.labels) == (state, {Label.LATE})
        assert await world.merchant() == before + 995_000


async def test_payment_seen_in_time_is_waited_for(world: World) -> None:
    opened = await world.open(TRX)
    await world.pay(opened.address, TRX)
    await world.advance(1_201)
    assert (await world.order(opened.order_id)).state is OrderState.PAYMENT_SEEN
    await world.confirm()
    assert (await world.order(opened.order_id)).state is OrderState.COMPLETED


async def test_replaced_payment_no_longer_counts(world: World) -> None:
    opened = await world.open(TRX)
    txid = await world.pay(opened.address, TRX)
    await world.chain("TRX").replace(txid)
    await world.watch()
    await world.watch()
    view = await world.view(opened.order_id)
    assert view.order.state is OrderState.AWAITING_PAYMENT
    assert Label.REPLACED in view.order.labels
    assert view.payments[0].payment.state is PaymentState.DROPPED
    await world.confirm()
    assert await world.merchant() == 0


async def test_reorg_takes_the_credit_back_and_a_new_block_restores_it(world: World) -> None:
    opened = await world.open(TRX)
    await world.pay(opened.address, TRX)
    await world.confirm()
    assert await world.merchant() == 995_000
    await world.chain("TRX").reorg(19)
    await world.watch()
    order = await world.order(opened.order_id)
    assert order.state is OrderState.PAYMENT_SEEN
    assert Label.REORGED in order.labels
    assert await world.merchant() == 0
    await world.confirm()
    assert (await world.order(opened.order_id)).state is OrderState.COMPLETED
    assert await world.merchant() == 995_000
    assert await world.imbalance() == {}


async def test_wrong_asset_waits_in_suspense(world: World) -> None:
    before = await world.balance("house:suspense", "USDT_TRC20")
    opened = await world.open(TRX)
    await world.pay(opened.address, 5 * TRX, "USDT_TRC20")
    await world.confirm()
    order = await world.order(opened.order_id)
    assert (order.state, order.confirmed) == (OrderState.AWAITING_PAYMENT, 0)
    assert await world.balance("house:suspense", "USDT_TRC20") == before + 5 * TRX
    assert await world.merchant("USDT_TRC20") == 0


async def test_deposit_takes_whatever_comes_first(world: World) -> None:
    opened = await world.open(None)
    await world.pay(opened.address, 7)
    await world.confirm()
    assert (await world.order(opened.order_id)).state is OrderState.COMPLETED


@pytest.mark.parametrize(
    ("terms", "asked", "paid", "wait_s", "back"),
    [
        ({"over_policy": OverPolicy.REFUND}, TRX, 3 * TRX, 0, 2 * TRX),
        ({"under_policy": UnderPolicy.REFUND}, 3 * TRX, TRX, 1_201, TRX),
        ({"late_policy": LatePolicy.REFUND}, TRX, TRX, -1_201, TRX),
    ],
)
async def test_policy_returns_what_does_not_fit(
    world: World, terms: dict[str, object], asked: int, paid: int, wait_s: int, back: int
) -> None:
    from cambist.app.orders.return_excess import ReturnExcess

    await world.fund_hot("TRX", 1_000 * TRX)
    opened = await world.open(asked, shop=await world.add_shop(**terms))
    if wait_s < 0:
        await world.advance(-wait_s)
    await world.pay(opened.address, paid)
    await world.confirm()
    await world.advance(max(0, wait_s))
    refund = await world.do(ReturnExcess(opened.order_id))
    assert await world.do(ReturnExcess(opened.order_id)) is None
    await world.pay_out()
    sent = await world.order(refund)
    sender = (await world.view(opened.order_id)).payments[0].payment.sender
    assert (sent.state, sent.amount, sent.address) == (OrderState.COMPLETED, back, sender)
    assert await world.merchant() == (paid - back) * 995 // 1000
    assert await world.imbalance() == {}


async def test_no_price_no_order(world: World) -> None:
    await world.core.pool.execute("delete from price_current")
    await world.core.pool.execute(
        "insert into sandbox_clock values (1, 60) on conflict (id) do update"
        " set seconds = sandbox_clock.seconds + 60"
    )
    with pytest.raises(DomainError) as refused:
        await world.open(TRX)
    assert refused.value.code is ErrorCode.RATE_UNAVAILABLE
