"""Decide that codes are few, short-lived and guessed in vain, and that every guess is counted."""

import asyncio

import pytest

from cambist.app.cases.confirm_code import ConfirmCode, Tried
from cambist.app.cases.send_code import SendCode
from cambist.app.trades.open_trade import OpenedTrade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.budgets import WRONG_PER_ADDRESS_DAY, WRONG_PER_TARGET_DAY
from cambist.domain.messaging.codes import TRIES_MAX, Outcome, Purpose
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.desk import PERSON, Desk

LIFETIME_S = 600
GAP_S = 60
DAY_S = 86_400


async def asked(desk: Desk, phone: str = "") -> OpenedTrade:
    """Bring an order to its phone case and send a code."""
    opened = await desk.order()
    await desk.identify(opened, phone=phone or desk.next_phone())
    await send(desk, opened)
    return opened


async def send(desk: Desk, opened: OpenedTrade) -> None:
    """Send another code."""
    address = desk.next_address()
    await desk.do(SendCode(opened.order_id, desk.partner, CaseKind.PHONE, address))


async def guess(desk: Desk, opened: OpenedTrade, code: str, address: str = "") -> Tried:
    """Type a code."""
    command = ConfirmCode(opened.order_id, desk.partner, CaseKind.PHONE, code, address)
    tried: Tried = await desk.do(command)
    await desk.carry()
    return tried


async def right(desk: Desk, opened: OpenedTrade) -> str:
    """Read the newest code."""
    return await desk.code(Purpose.PHONE, opened)


async def wrong(desk: Desk, opened: OpenedTrade) -> str:
    """Give a code that is not the newest."""
    code = await right(desk, opened)
    return f"{(int(code) + 1) % 10**6:06}"


async def used(desk: Desk, scope: str) -> list[int]:
    """List what was charged to each budget of wrong tries, the least first."""
    rows = await desk.world.core.pool.fetch(
        "select used from budgets where key like $1 order by used", f"wrong-try:{scope}:%"
    )
    return [row[0] for row in rows]


async def fresh(desk: Desk) -> None:
    """Forget what was charged before."""
    await desk.world.core.pool.execute("delete from budgets where key like 'wrong-try:%'")


async def test_sixth_try_is_vain_even_with_the_right_code(desk: Desk) -> None:
    opened = await asked(desk)
    for left in range(TRIES_MAX - 1, -1, -1):
        tried = await guess(desk, opened, await wrong(desk, opened))
        assert tried == Tried(Outcome.WRONG, left)
    assert await guess(desk, opened, await right(desk, opened)) == Tried(Outcome.SPENT, 0)
    assert await desk.open_case(opened) is CaseKind.PHONE


async def test_guesses_at_once_are_counted_one_by_one(desk: Desk) -> None:
    await fresh(desk)
    await desk.world.begin_hour()
    opened = await asked(desk)
    code = await wrong(desk, opened)
    address = desk.next_address()
    command = ConfirmCode(opened.order_id, desk.partner, CaseKind.PHONE, code, address)
    tries = await asyncio.gather(*(desk.do(command) for _ in range(30)))
    assert [tried.outcome for tried in tries].count(Outcome.WRONG) == TRIES_MAX
    assert await used(desk, "address") == [TRIES_MAX]


async def test_code_expires_and_a_newer_one_takes_its_place(desk: Desk) -> None:
    opened = await asked(desk)
    first = await right(desk, opened)
    await desk.world.advance(GAP_S + 1)
    await send(desk, opened)
    newer = await right(desk, opened)
    if first != newer:
        assert (await guess(desk, opened, first)).outcome is Outcome.WRONG
    await desk.world.advance(LIFETIME_S)
    assert (await guess(desk, opened, newer)).outcome is Outcome.EXPIRED
    await send(desk, opened)
    assert (await guess(desk, opened, await right(desk, opened))).outcome is Outcome.RIGHT
    assert await desk.state(opened) is OrderState.AWAITING_PAYMENT


async def test_code_is_not_sent_again_too_soon_nor_too_often(desk: Desk) -> None:
    opened = await asked(desk)
    with pytest.raises(DomainError) as refused:
        await send(desk, opened)
    assert refused.value.code is ErrorCode.LIMIT_EXCEEDED
    assert "retry_after_s" in refused.value.facts


async def test_code_without_one_sent_has_no_worth(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify(opened)
    with pytest.raises(DomainError) as refused:
        await guess(desk, opened, "000000")
    assert refused.value.code is ErrorCode.CODE_EXPIRED


async def test_wrong_try_is_charged_to_number_address_and_house(desk: Desk) -> None:
    await fresh(desk)
    await desk.world.begin_hour()
    opened = await asked(desk)
    await guess(desk, opened, await wrong(desk, opened), desk.next_address())
    for scope in ("address", "target", "house"):
        assert await used(desk, scope) == [1]
    await guess(desk, opened, await right(desk, opened), desk.next_address())
    assert await used(desk, "house") == [1]


@pytest.mark.parametrize(
    ("scope", "limit"), [("target", WRONG_PER_TARGET_DAY), ("address", WRONG_PER_ADDRESS_DAY)]
)
async def test_empty_budget_compares_nothing_until_it_is_filled_again(
    desk: Desk, scope: str, limit: int
) -> None:
    await desk.world.begin_hour()
    opened = await asked(desk)
    address = desk.next_address()
    assert await guess(desk, opened, await wrong(desk, opened), address) == Tried(Outcome.WRONG, 4)
    pool = desk.world.core.pool
    await pool.execute(
        "update budgets set used = $2 where key like $1 and used = 1",
        f"wrong-try:{scope}:%",
        limit,
    )
    assert await guess(desk, opened, await right(desk, opened), address) == Tried(Outcome.SPENT, 0)
    assert await guess(desk, opened, await wrong(desk, opened), address) == Tried(Outcome.SPENT, 0)
    assert (await desk.view(opened)).codes[0].tries == 1
    await desk.world.advance(DAY_S)
    await send(desk, opened)
    tried = await guess(desk, opened, await right(desk, opened), address)
    assert tried.outcome is Outcome.RIGHT


async def test_codes_go_to_the_customers_own_number_whatever_an_order_names(desk: Desk) -> None:
    phone = desk.next_phone()
    view = await desk.view(await asked(desk, phone))
    assert view.phone == PERSON["phone"]
    assert view.code_phone == phone
