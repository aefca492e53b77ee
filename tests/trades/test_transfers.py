"""Decide that fiat finds its buy, is weighed there, or waits for a person; and can go back."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from cambist.app.banking.book_line import Booked
from cambist.app.banking.resolve_line import ResolveLine
from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.app.cases.decide_change import ChangeOutcome
from cambist.app.trades.open_trade import OpenedTrade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Payout
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.desk import LTC, OUTSIDE, Desk

PAYER = "CZ5508000000001234567899"
PAYER_NUMBER = "1234567899/0800"
FUNDS = 100 * LTC
VALID_S = 900
WINDOW_S = 86_400


async def symbol(desk: Desk, opened: OpenedTrade) -> str:
    """Read the reference a buyer is to name."""
    return (await desk.view(opened)).trade.reference


async def refused_with(code: ErrorCode, act: Awaitable[Any]) -> None:
    """Await what must be refused."""
    with pytest.raises(DomainError) as refused:
        await act
    assert refused.value.code is code


@pytest.mark.parametrize("units", [100_001, 99_999, 50_000])
async def test_wrong_amount_is_asked_about_and_the_new_terms_are_filled(
    desk: Desk, units: int
) -> None:
    await desk.world.fund_hot("LTC", FUNDS)
    opened = await desk.ready()
    before = (await desk.view(opened)).trade
    await desk.transfer(units, [before.reference])
    assert await desk.open_case(opened) is CaseKind.CHANGE
    assert await desk.balance(opened) == (units, units)
    standing = await desk.world.standing("LTC", OUTSIDE)
    assert await desk.change(opened, accept=True) is ChangeOutcome.ACCEPTED
    await desk.world.pay_out("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert view.order.state is OrderState.COMPLETED
    assert view.trade.fiat_units == units
    assert await desk.world.standing("LTC", OUTSIDE) == standing + view.trade.crypto_units
    assert await desk.balance(opened) == (0, 0)


async def test_rejected_terms_send_the_money_back_where_it_came_from(desk: Desk) -> None:
    opened = await desk.ready()
    await desk.transfer(90_000, [await symbol(desk, opened)])
    await desk.change(opened, accept=False)
    assert await desk.state(opened) is OrderState.RETURNING
    queued = await desk.payout(opened)
    assert (queued.returning, queued.units) == (True, 90_000)
    assert await desk.payee(queued) == {"account": PAYER_NUMBER, "name": "JANA NOVAKOVA"}
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.RETURNED
    assert await desk.balance(opened) == (0, 0)
    assert await desk.counted(opened) == 0


async def test_late_money_is_asked_about(desk: Desk) -> None:
    opened = await desk.ready()
    await desk.world.advance(VALID_S + 1)
    await desk.transfer(100_000, [await symbol(desk, opened)])
    view = await desk.view(opened)
    assert view.held_by is not None
    assert '"late":true' in view.held_by.facts


async def test_money_booked_in_time_is_in_time_whenever_the_statement_comes(desk: Desk) -> None:
    opened = await desk.ready()
    reference = await symbol(desk, opened)
    day = await desk.today()
    await desk.world.advance(2 * WINDOW_S)
    await desk.carry()
    assert await desk.state(opened) is OrderState.EXPIRED
    await desk.world.core.pool.execute(
        "update trades set valid_until = valid_until + interval '1 day' where id = $1",
        opened.order_id,
    )
    await desk.world.fund_hot("LTC", FUNDS)
    await desk.transfer(100_000, [reference], booked_on=day)
    view = await desk.view(opened)
    assert view.order.state is OrderState.SENDING
    assert await desk.counted(opened) == view.trade.fiat_units


async def test_two_transfers_that_make_the_amount_good_need_no_answer(desk: Desk) -> None:
    opened = await desk.ready()
    reference = await symbol(desk, opened)
    await desk.transfer(40_000, [reference])
    assert await desk.open_case(opened) is CaseKind.CHANGE
    await desk.transfer(60_000, [reference])
    view = await desk.view(opened)
    assert (view.order.state, view.held_by) == (OrderState.SENDING, None)
    assert view.trade.fiat_received == 100_000


async def test_money_that_came_on_is_in_the_new_terms(desk: Desk) -> None:
    opened = await desk.ready()
    reference = await symbol(desk, opened)
    await desk.transfer(40_000, [reference])
    await desk.transfer(70_000, [reference])
    assert await desk.balance(opened) == (110_000, 110_000)
    assert await desk.change(opened, accept=True) is ChangeOutcome.RESTATED
    assert await desk.change(opened, accept=True) is ChangeOutcome.ACCEPTED
    assert (await desk.view(opened)).trade.fiat_units == 110_000


async def test_money_from_two_accounts_goes_back_only_by_a_person(desk: Desk) -> None:
    opened = await desk.ready()
    reference = await symbol(desk, opened)
    await desk.transfer(40_000, [reference])
    await desk.transfer(50_000, [reference], counter_account="CZ6508000000192000145399")
    await desk.change(opened, accept=False)
    view = await desk.view(opened)
    assert view.held_by is not None
    assert view.held_by.reasons == ("payer-unknown",)
    await refused_with(ErrorCode.INVALID_STATE, desk.decide(opened, Decision.REJECT))
    await refused_with(ErrorCode.FIELD_INVALID, desk.decide(opened, Decision.ACCEPT))
    await desk.decide(opened, Decision.ACCEPT, account=PAYER_NUMBER)
    assert await desk.state(opened) is OrderState.RETURNING
    assert (await desk.payout(opened)).units == 90_000


async def test_transfer_without_reference_is_known_by_amount_and_name(desk: Desk) -> None:
    opened = await desk.ready(units=123_457)
    booked = await desk.transfer(123_457, ["dekuji"], name="Novakova Jana")
    assert (booked.booked, booked.order_id) == (Booked.MATCHED, opened.order_id)
    assert await desk.state(opened) is OrderState.SENDING


async def test_same_amount_and_name_twice_waits_for_a_person(desk: Desk) -> None:
    for _ in range(2):
        await desk.ready(units=123_458)
    booked = await desk.transfer(123_458, [], name="Jana Novakova")
    assert (booked.booked, booked.order_id) == (Booked.WAITING, None)


async def test_name_without_amount_and_amount_without_name_are_not_enough(desk: Desk) -> None:
    await desk.ready(units=123_459)
    for units, name in ((123_460, "Jana Novakova"), (123_459, "Karel Dvorak"), (123_459, None)):
        booked = await desk.transfer(units, [], name=name)
        assert booked.booked is Booked.WAITING


@pytest.mark.parametrize("units", [100_000, 99_000])
async def test_strangers_money_is_held_for_the_staff(desk: Desk, units: int) -> None:
    opened = await desk.ready()
    await desk.transfer(units, [await symbol(desk, opened)], name="Karel Dvořák")
    view = await desk.view(opened)
    assert view.held_by is not None
    assert (view.held_by.kind, view.held_by.reasons) == (CaseKind.EDD, ("name-mismatch",))
    await refused_with(ErrorCode.INVALID_STATE, desk.cancel(opened))
    await refused_with(ErrorCode.INVALID_STATE, desk.decide(opened, Decision.AGAIN))
    await desk.decide(opened, Decision.ACCEPT)
    if units == 100_000:
        assert await desk.state(opened) is OrderState.SENDING
        return
    assert await desk.open_case(opened) is CaseKind.CHANGE
    await desk.change(opened, accept=True)
    assert await desk.state(opened) is OrderState.SENDING


async def test_strangers_part_is_noticed_whoever_sends_the_rest(desk: Desk) -> None:
    opened = await desk.ready()
    reference = await symbol(desk, opened)
    await desk.transfer(40_000, [reference])
    await desk.transfer(50_000, [reference], name="Karel Dvořák")
    await desk.transfer(10_000, [reference])
    view = await desk.view(opened)
    assert view.held_by is not None
    assert view.held_by.reasons == ("name-mismatch",)


async def test_rejected_strangers_money_goes_back_to_the_stranger(desk: Desk) -> None:
    opened = await desk.ready()
    await desk.transfer(100_000, [await symbol(desk, opened)], name="Karel Dvořák")
    await desk.decide(opened, Decision.REJECT)
    assert await desk.state(opened) is OrderState.RETURNING
    assert (await desk.payee(await desk.payout(opened)))["name"] == "Karel Dvořák"


async def test_price_does_not_hold_while_the_staff_looks(desk: Desk) -> None:
    opened = await desk.ready()
    await desk.transfer(100_000, [await symbol(desk, opened)], name="Karel Dvořák")
    await desk.world.advance(VALID_S + 1)
    await desk.decide(opened, Decision.ACCEPT)
    assert await desk.open_case(opened) is CaseKind.CHANGE


async def test_money_after_the_cancellation_goes_back(desk: Desk) -> None:
    opened = await desk.ready()
    await desk.cancel(opened)
    assert await desk.counted(opened) == 0
    booked = await desk.transfer(100_000, [await symbol(desk, opened)])
    assert booked.booked is Booked.MATCHED
    queued = await desk.payout(opened)
    assert (queued.returning, await desk.state(opened)) == (True, OrderState.RETURNING)
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.RETURNED


@pytest.mark.parametrize("account", [None, "DE89370400440532013000", "12/3"])
async def test_money_from_nowhere_goes_back_where_a_person_says(
    desk: Desk, account: str | None
) -> None:
    opened = await desk.ready()
    await desk.cancel(opened)
    reference = await symbol(desk, opened)
    await desk.transfer(100_000, [reference], counter_account=account)
    assert await desk.open_case(opened) is CaseKind.EDD
    await desk.decide(opened, Decision.ACCEPT, account=PAYER_NUMBER)
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.RETURNED


async def test_unknown_reference_waits_and_a_person_assigns_it(desk: Desk) -> None:
    opened = await desk.ready()
    booked = await desk.transfer(100_000, ["9999999999"])
    assert booked.booked is Booked.WAITING
    assert await desk.balance(opened) == (0, 0)
    await desk.do(ResolveLine(booked.line_id, opened.order_id, "anna", "phoned"))
    await desk.carry()
    assert await desk.state(opened) is OrderState.SENDING
    await refused_with(
        ErrorCode.INVALID_STATE, desk.do(ResolveLine(booked.line_id, None, "anna", "again"))
    )


async def test_dismissed_line_leaves_its_money_in_suspense(desk: Desk) -> None:
    before = await desk.world.balance("house:suspense", "CZK")
    booked = await desk.transfer(77_777, ["9999999999"])
    await desk.do(ResolveLine(booked.line_id, None, "anna", "belongs to the baker"))
    assert await desk.world.balance("house:suspense", "CZK") == before + 77_777
    waiting = [line.line.id for line in await desk.world.core.desk.waiting_lines(1_000)]
    assert booked.line_id not in waiting


async def test_line_is_not_assigned_to_an_order_past_paying(desk: Desk) -> None:
    opened = await desk.ready()
    reference = await symbol(desk, opened)
    await desk.transfer(100_000, [reference])
    again = await desk.transfer(100_000, [reference])
    assert again.booked is Booked.WAITING
    act = desk.do(ResolveLine(again.line_id, opened.order_id, "anna", ""))
    await refused_with(ErrorCode.INVALID_STATE, act)
    assert (await desk.view(opened)).trade.fiat_received == 100_000


async def test_fiat_with_a_sells_reference_is_nobodys(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    trade = (await desk.view(opened)).trade
    booked = await desk.transfer(trade.fiat_units, [trade.reference])
    assert booked.booked is Booked.WAITING
    assert await desk.state(opened) is OrderState.AWAITING_PAYMENT
    act = desk.do(ResolveLine(booked.line_id, opened.order_id, "anna", ""))
    await refused_with(ErrorCode.INVALID_STATE, act)


async def test_line_is_booked_once_however_often_it_is_imported(desk: Desk) -> None:
    opened = await desk.ready()
    reference = await symbol(desk, opened)
    named = {"identity": f"{desk.partner}-again"}
    first = await desk.transfer(100_000, [reference], **named)
    second = await desk.transfer(100_000, [reference], **named)
    assert (first.booked, second.booked) == (Booked.MATCHED, Booked.KNOWN)
    assert (await desk.view(opened)).trade.fiat_received == 100_000


async def test_kept_crypto_stays_on_the_balance(desk: Desk) -> None:
    opened = await desk.ready(payout=Payout.KEEP, destination=None)
    await desk.transfer(100_000, [await symbol(desk, opened)])
    view = await desk.view(opened)
    assert view.order.state is OrderState.COMPLETED
    assert await desk.balance(opened, "LTC") == (view.trade.crypto_units, 0)


async def test_expiry_gives_the_limits_back_from_every_open_state(desk: Desk) -> None:
    client = await desk.known()
    waiting = await desk.ready(client=client)
    selling = await desk.ready(Side.SELL, client=client)
    checked = await desk.order()
    assert await desk.counted(waiting) > 0
    await desk.world.advance(WINDOW_S + 1)
    await desk.carry()
    for opened in (waiting, selling):
        assert await desk.state(opened) is OrderState.EXPIRED
    assert await desk.counted(waiting) == 0
    assert await desk.state(checked) is OrderState.ON_CASE
    await desk.world.advance(14 * WINDOW_S)
    await desk.carry()
    view = await desk.view(checked)
    assert (view.order.state, view.held_by) == (OrderState.EXPIRED, None)
    assert await desk.counted(checked) == 0


async def test_limits_are_given_back_once(desk: Desk) -> None:
    client = await desk.known()
    first = await desk.ready(client=client)
    await desk.world.advance(WINDOW_S + 1)
    await desk.carry()
    second = await desk.ready(client=client)
    await desk.transfer(100_000, [await symbol(desk, first)])
    await desk.change(first, accept=False)
    await desk.debit(await desk.export(first))
    assert await desk.state(first) is OrderState.RETURNED
    assert await desk.counted(second) == (await desk.view(second)).trade.fiat_units


async def test_money_for_an_order_that_expired_unchecked_waits_for_the_checks(desk: Desk) -> None:
    opened = await desk.order()
    await desk.world.advance(15 * WINDOW_S)
    await desk.carry()
    assert await desk.state(opened) is OrderState.EXPIRED
    await desk.transfer(100_000, [await symbol(desk, opened)])
    assert await desk.open_case(opened) is CaseKind.IDENTITY


async def test_answer_given_again_gives_the_customer_his_time_again(desk: Desk) -> None:
    opened = await desk.order()
    await desk.world.advance(13 * WINDOW_S)
    await desk.identify_only(opened)
    held = (await desk.view(opened)).held_by
    assert held is not None
    again = DecideCase(opened.order_id, held.id, Decision.AGAIN, "tester", "document-unreadable")
    await desk.do(again)
    await desk.world.advance(2 * WINDOW_S)
    await desk.carry()
    view = await desk.view(opened)
    assert view.order.state is OrderState.ON_CASE
    assert view.order.expires_at is not None
    assert view.order.expires_at > await desk.world.core.queries.now() + timedelta(days=11)
