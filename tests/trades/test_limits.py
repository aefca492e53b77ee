"""Decide that nobody trades more than he may, however many ask at once and whenever."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from cambist.app.knowing import Client
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.open_trade import OpenedTrade, OpenTrade
from cambist.app.trades.release_limits import ReleaseLimits
from cambist.bootstrap.core import Core
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.rulebook import PARTNER_SCOPE
from tests.trades.desk import LTC, Desk

AT_ONCE = 100
ORDER = 100_000
HOUR_S = 3_600
DAY_S = 86_400


def buying(desk: Desk, client: Client) -> OpenTrade:
    """Order for 1000 CZK."""
    return desk.wish(client=client, units=ORDER)


async def all_at_once(
    desk: Desk, second: Core, commands: list[OpenTrade]
) -> tuple[list[OpenedTrade], list[DomainError]]:
    """Order in two processes side by side."""
    second.rules.forget()
    buses = (desk.world.core.bus, second.bus)
    answers: list[Any] = await asyncio.gather(
        *(buses[number % 2].execute(command) for number, command in enumerate(commands)),
        return_exceptions=True,
    )
    opened = [answer for answer in answers if isinstance(answer, OpenedTrade)]
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert len(opened) + len(refused) == len(commands), answers
    return opened, refused


async def test_hundred_orders_at_once_stay_within_a_customers_limit(
    desk: Desk, second: Core
) -> None:
    client = await desk.known()
    await desk.add_rules(desk.limit(per_day=7 * ORDER + 1))
    opened, refused = await all_at_once(desk, second, [buying(desk, client)] * AT_ONCE)
    assert (len(opened), len(refused)) == (7, AT_ONCE - 7)
    assert {refusal.code for refusal in refused} == {ErrorCode.LIMIT_EXCEEDED}
    assert await desk.counted(opened[0]) == 7 * ORDER
    await desk.carry()


async def test_hundred_new_customers_at_once_stay_within_their_partners_limit(
    desk: Desk, second: Core
) -> None:
    await desk.add_rules(desk.limit(scope=PARTNER_SCOPE, per_day=7 * ORDER + 1))
    clients = [Client(email=f"{uuid4().hex}@example.com") for _ in range(AT_ONCE)]
    commands = [buying(desk, client) for client in clients]
    opened, refused = await all_at_once(desk, second, commands)
    assert (len(opened), len(refused)) == (7, AT_ONCE - 7)
    assert {refusal.code for refusal in refused} == {ErrorCode.LIMIT_EXCEEDED}
    await desk.carry()


async def test_one_new_customer_ordering_at_once_is_one_customer(desk: Desk, second: Core) -> None:
    client = Client(email=f"{uuid4().hex}@example.com")
    opened, refused = await all_at_once(desk, second, [buying(desk, client)] * 20)
    assert (len(opened), refused) == (20, [])
    customers = {(await desk.view(one)).trade.customer_id for one in opened}
    assert len(customers) == 1
    assert await desk.counted(opened[0]) == 20 * ORDER
    await desk.carry()


async def test_room_comes_back_as_the_day_goes_on(desk: Desk) -> None:
    client = await desk.known()
    await desk.add_rules(desk.limit(per_day=2 * ORDER, per_month=3 * ORDER))
    await desk.do(buying(desk, client))
    await desk.world.advance(12 * HOUR_S)
    await desk.do(buying(desk, client))
    await refused_by(desk, client, "day")
    await desk.world.core.pool.execute(
        "update orders set expires_at = expires_at + interval '99 days' where partner_id = $1",
        desk.partner,
    )
    await desk.world.advance(13 * HOUR_S)
    await desk.do(buying(desk, client))
    await refused_by(desk, client, "day")
    await desk.world.advance(DAY_S + HOUR_S)
    await refused_by(desk, client, "month")
    await desk.world.advance(29 * DAY_S)
    await desk.do(buying(desk, client))


async def refused_by(desk: Desk, client: Client, window: str) -> None:
    """See an order refused by a window's limit."""
    with pytest.raises(DomainError) as refused:
        await desk.do(buying(desk, client))
    assert refused.value.code is ErrorCode.LIMIT_EXCEEDED
    assert refused.value.facts["window"] == window


async def test_cancelled_order_gives_its_room_back_once(desk: Desk) -> None:
    client = await desk.known()
    await desk.add_rules(desk.limit(per_day=2 * ORDER))
    first = await desk.ready(client=client)
    second = await desk.ready(client=client)
    await refused_by(desk, client, "day")
    await desk.do(CancelTrade(first.order_id, desk.partner))
    await desk.carry()
    for _ in range(3):
        await desk.do(ReleaseLimits(first.order_id))
    assert await desk.counted(second) == ORDER
    await desk.ready(client=client)
    await refused_by(desk, client, "day")


async def test_open_order_keeps_its_room(desk: Desk) -> None:
    opened = await desk.ready()
    await desk.do(ReleaseLimits(opened.order_id))
    assert await desk.counted(opened) == ORDER


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"per_order_max": ORDER}, ErrorCode.AMOUNT_TOO_LARGE),
        ({"per_day": ORDER + 1}, ErrorCode.LIMIT_EXCEEDED),
        ({"scope": PARTNER_SCOPE, "per_day": ORDER + 1}, ErrorCode.LIMIT_EXCEEDED),
        ({"scope": PARTNER_SCOPE, "per_order_max": ORDER}, ErrorCode.AMOUNT_TOO_LARGE),
    ],
)
async def test_order_does_not_outgrow_a_limit_by_its_money(
    desk: Desk, rule: dict[str, Any], code: ErrorCode
) -> None:
    client = await desk.known()
    await desk.add_rules(desk.limit(**rule))
    opened = await desk.ready(client=client)
    reference = (await desk.view(opened)).trade.reference
    await desk.transfer(10 * ORDER, [reference])
    with pytest.raises(DomainError) as refused:
        await desk.change(opened, accept=True)
    assert refused.value.code is code
    assert await desk.counted(opened) == ORDER
    await desk.change(opened, accept=False)
    assert await desk.state(opened) is OrderState.RETURNING


async def test_change_counts_in_the_hour_it_is_agreed(desk: Desk) -> None:
    client = await desk.known()
    opened = await desk.ready(client=client)
    await desk.world.advance(20 * HOUR_S)
    reference = (await desk.view(opened)).trade.reference
    await desk.transfer(ORDER // 2, [reference])
    await desk.change(opened, accept=True)
    assert await desk.counted(opened) == ORDER // 2
    await desk.add_rules(desk.limit(per_day=ORDER))
    await desk.world.advance(10 * HOUR_S)
    await refused_by(desk, client, "day")


async def test_order_outside_the_bounds_is_refused_with_them(desk: Desk) -> None:
    await desk.add_rules(desk.limit(per_order_min=ORDER + 1, per_order_max=10 * ORDER))
    for side, units in ((Side.BUY, ORDER), (Side.SELL, LTC // 2)):
        with pytest.raises(DomainError) as refused:
            await desk.order(side, units=units)
        assert refused.value.code is ErrorCode.AMOUNT_TOO_SMALL
        assert refused.value.facts["limit"] == ORDER + 1
    with pytest.raises(DomainError) as refused:
        await desk.order(units=10 * ORDER + 1)
    assert refused.value.code is ErrorCode.AMOUNT_TOO_LARGE
