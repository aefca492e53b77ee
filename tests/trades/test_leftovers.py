"""Decide that crypto beside a sell goes back, and that crypto which vanished is somebody's loss."""

import asyncio
from uuid import uuid4

import pytest

from cambist.app.cases.decide_case import Decision
from cambist.app.cases.name_return import NameReturn
from cambist.app.customers.erase_customer import EraseCustomer
from cambist.app.trades.open_trade import OpenedTrade
from cambist.app.trades.write_off import WriteOff, WrittenOff
from cambist.bootstrap import review_desk
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Payout
from cambist.domain.payments.bank import BankPayoutState
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.checks import faults
from tests.trades.desk import LTC, OUTSIDE, Desk

HALF = LTC // 2
AT_ONCE = 8


async def completed(desk: Desk) -> OpenedTrade:
    """Sell, and be paid out."""
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.COMPLETED
    return opened


async def return_to(desk: Desk, opened: OpenedTrade) -> int:
    """Let the seller name an address, and custody send there; return what arrived."""
    await desk.world.fund_hot("LTC", 10 * LTC)
    before = await desk.world.standing("LTC", OUTSIDE)
    await desk.do(NameReturn(opened.order_id, desk.partner, OUTSIDE))
    assert await desk.state(opened) is OrderState.RETURNING
    await desk.world.pay_out("LTC")
    await desk.carry()
    return int(await desk.world.standing("LTC", OUTSIDE)) - before


async def reorganise(desk: Desk, txid: str | None = None) -> None:
    """Take the newest blocks back; with `txid` its transfer is gone for good."""
    await desk.world.chain("LTC").reorg(6)
    await desk.world.watch("LTC")
    if txid is not None:
        await desk.world.chain("LTC").replace(txid)
        await desk.world.watch("LTC")
        await desk.world.watch("LTC")
    await desk.carry()


async def lost(desk: Desk) -> int:
    return await desk.world.balance("house:loss", "LTC")


async def refused(desk: Desk, command: object) -> ErrorCode:
    with pytest.raises(DomainError) as refusal:
        await desk.do(command)
    return refusal.value.code


async def wrong(desk: Desk) -> list[str]:
    return await faults(desk.world.core.pool)


async def test_crypto_for_a_completed_sell_goes_back_and_it_stays_completed(desk: Desk) -> None:
    opened = await completed(desk)
    counted = await desk.counted(opened)
    await desk.pay(opened, 7_000_000, confirm=False)
    assert await desk.open_case(opened) is None
    await desk.world.confirm("LTC")
    await desk.carry()
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.units) == (CaseKind.RETURN, 7_000_000)
    assert (await desk.letters(opened))[-1] == "case-return"
    assert await return_to(desk, opened) == 7_000_000
    view = await desk.view(opened)
    assert (view.order.state, view.trade.filled) == (OrderState.COMPLETED, True)
    assert await desk.balance(opened, "LTC") == (0, 0)
    assert await desk.counted(opened) == counted
    assert (await desk.letters(opened))[-2:] == ["crypto-sent", "order-returned"]
    assert await wrong(desk) == []


async def test_every_payment_that_comes_after_goes_back_by_itself(desk: Desk) -> None:
    opened = await completed(desk)
    for units in (3_000_000, 5_000_000):
        await desk.pay(opened, units)
        assert await return_to(desk, opened) == units
    assert await desk.state(opened) is OrderState.COMPLETED
    assert await wrong(desk) == []


async def test_crypto_after_a_return_goes_back_too(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.cancel(opened)
    for units in (HALF, 4_000_000):
        await desk.pay(opened, units)
        assert await desk.open_case(opened) is CaseKind.RETURN
        assert await return_to(desk, opened) == units
        assert await desk.state(opened) is OrderState.RETURNED
    assert await wrong(desk) == []


async def test_a_second_payment_waits_until_the_first_is_paid_for(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    await desk.pay(opened, 3_000_000)
    assert await desk.state(opened) is OrderState.SENDING
    exported = await desk.export(opened)
    await desk.debit(exported)
    assert await desk.open_case(opened) is CaseKind.RETURN
    await desk.pay(opened, 2_000_000)
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert held.units == 5_000_000
    assert await return_to(desk, opened) == 5_000_000
    assert await wrong(desk) == []


async def test_a_second_payment_of_a_kept_sell_goes_back(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL, payout=Payout.KEEP, bank_account=None)
    address = (await desk.view(opened)).order.address
    await desk.world.pay(address, HALF, "LTC")
    await desk.world.confirm("LTC")
    await desk.world.pay(address, 3_000_000, "LTC")
    await desk.world.confirm("LTC")
    await desk.carry()
    assert (await desk.view(opened)).trade.filled
    assert await desk.open_case(opened) is CaseKind.RETURN
    assert await return_to(desk, opened) == 3_000_000
    assert await wrong(desk) == []


async def test_crypto_that_vanishes_again_needs_no_address(desk: Desk) -> None:
    opened = await completed(desk)
    await desk.world.mine(10, "LTC")
    txid = await desk.pay(opened, 3_000_000)
    assert await desk.open_case(opened) is CaseKind.RETURN
    await reorganise(desk)
    assert await refused(desk, NameReturn(opened.order_id, desk.partner, OUTSIDE)) is (
        ErrorCode.INVALID_STATE
    )
    await desk.world.chain("LTC").replace(txid)
    await desk.world.watch("LTC")
    await desk.world.watch("LTC")
    await desk.carry()
    assert await desk.open_case(opened) is None
    assert await desk.state(opened) is OrderState.COMPLETED
    assert await wrong(desk) == []


async def test_a_payout_the_bank_returns_comes_before_crypto_that_is_over(desk: Desk) -> None:
    opened = await completed(desk)
    payout = await desk.payout(opened)
    await desk.pay(opened, 3_000_000)
    await desk.send_back(payout)
    assert await desk.open_case(opened) is CaseKind.EDD
    assert await wrong(desk) == []
    await desk.decide(opened, Decision.ACCEPT)
    await desk.debit(await desk.export(opened))
    assert await desk.open_case(opened) is CaseKind.RETURN
    await desk.world.fund_hot("LTC", 10 * LTC)
    await desk.do(NameReturn(opened.order_id, desk.partner, OUTSIDE))
    await desk.send_back(await desk.payout(opened))
    assert await desk.state(opened) is OrderState.RETURNING
    await desk.world.pay_out("LTC")
    await desk.carry()
    assert await desk.open_case(opened) is CaseKind.EDD
    await desk.decide(opened, Decision.ACCEPT)
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.COMPLETED
    assert await wrong(desk) == []


async def test_who_cannot_be_asked_any_more_is_a_persons_matter(desk: Desk) -> None:
    sold, expired = await completed(desk), await desk.ready(Side.SELL)
    await desk.world.advance(86_401)
    await desk.carry()
    for opened in (sold, expired):
        customer = (await desk.view(opened)).trade.customer_id
        pool = desk.world.core.pool
        await pool.execute("update customers set retain_until = now() where id = $1", customer)
        await desk.do(EraseCustomer(customer))
        await desk.pay(opened, 3_000_000)
        held = (await desk.view(opened)).held_by
        assert held is not None
        assert (held.kind, held.reasons) == (CaseKind.EDD, ("nobody-to-ask",))
        with pytest.raises(DomainError) as refusal:
            await desk.decide(opened, Decision.REJECT, reason="other")
        assert refusal.value.code is ErrorCode.INVALID_STATE
        with pytest.raises(DomainError) as refusal:
            await desk.decide(opened, Decision.ACCEPT)
        assert refusal.value.code is ErrorCode.ADDRESS_INVALID
        await desk.world.fund_hot("LTC", 10 * LTC)
        await desk.decide(opened, Decision.ACCEPT, account=OUTSIDE)
        await desk.world.pay_out("LTC")
        await desk.carry()
        assert await desk.balance(opened, "LTC") == (0, 0)
    assert await desk.state(sold) is OrderState.COMPLETED
    assert await desk.state(expired) is OrderState.RETURNED
    assert await wrong(desk) == []


async def test_a_client_hands_the_question_to_a_customer_without_mailbox(desk: Desk) -> None:
    client = await desk.known(external_id=uuid4().hex)
    opened = await desk.ready(Side.SELL, client=client)
    await desk.pay(opened, LTC // 4)
    assert await desk.open_case(opened) is CaseKind.CHANGE
    await desk.change(opened, accept=False)
    assert await desk.open_case(opened) is CaseKind.RETURN


async def test_of_many_addresses_at_once_one_counts(desk: Desk) -> None:
    opened = await completed(desk)
    await desk.world.fund_hot("LTC", 10 * LTC)
    await desk.pay(opened, 3_000_000)
    command = NameReturn(opened.order_id, desk.partner, OUTSIDE)
    bus = desk.world.core.bus
    answers = await asyncio.gather(
        *(bus.execute(command) for _ in range(AT_ONCE)), return_exceptions=True
    )
    assert answers.count(None) == 1
    await desk.world.pay_out("LTC")
    await desk.carry()
    assert await wrong(desk) == []


async def test_exchange_is_undone_when_its_crypto_is_given_up_before_the_payout(
    desk: Desk,
) -> None:
    before = await lost(desk)
    opened = await desk.ready(Side.SELL)
    txid = await desk.pay(opened, HALF)
    await reorganise(desk, txid)
    assert await lost(desk) == before - HALF
    command = WriteOff(opened.order_id, "anna", "double spend")
    assert await desk.do(command) is WrittenOff.UNDONE
    await desk.carry()
    view = await desk.view(opened)
    assert (view.order.state, view.trade.filled) == (OrderState.REJECTED, False)
    case = view.cases[-1]
    assert (case.reasons[-1], case.reviewer, case.remark) == (
        "written-off",
        "anna",
        "double spend",
    )
    assert await lost(desk) == before
    assert await desk.balance(opened) == (0, 0)
    assert await desk.balance(opened, "LTC") == (0, 0)
    assert await desk.counted(opened) == 0
    assert await desk.do(command) is WrittenOff.UNDONE
    assert await wrong(desk) == []


async def test_crypto_that_was_given_up_and_comes_back_goes_back(desk: Desk) -> None:
    before = await lost(desk)
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    await reorganise(desk)
    await desk.do(WriteOff(opened.order_id, "anna", "gone"))
    await desk.world.confirm("LTC")
    await desk.carry()
    assert await desk.open_case(opened) is CaseKind.RETURN
    assert await lost(desk) == before
    assert await return_to(desk, opened) == HALF
    assert await desk.state(opened) is OrderState.RETURNED
    assert await wrong(desk) == []


async def test_what_is_left_of_a_sale_that_was_given_up_goes_back(desk: Desk) -> None:
    before = await lost(desk)
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, 10_000_000)
    await desk.world.mine(10, "LTC")
    txid = await desk.pay(opened, HALF - 10_000_000)
    assert await desk.state(opened) is OrderState.SENDING
    await reorganise(desk, txid)
    assert await desk.open_case(opened) is CaseKind.EDD
    await desk.do(WriteOff(opened.order_id, "anna", "gone"))
    assert await desk.open_case(opened) is CaseKind.RETURN
    assert await return_to(desk, opened) == 10_000_000
    assert await lost(desk) == before
    assert await wrong(desk) == []


async def test_what_was_paid_out_for_nothing_is_listed_until_it_is_written_off(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, before = desk.world.core.settings, await lost(desk)
    opened = await desk.ready(Side.SELL)
    txid = await desk.pay(opened, HALF)
    await desk.debit(await desk.export(opened))
    await reorganise(desk, txid)
    assert await desk.state(opened) is OrderState.COMPLETED
    assert await review_desk.list_reviews(settings) == 0
    assert f"{opened.order_id}" in capsys.readouterr().out
    assert await review_desk.write_off(settings, opened.order_id, "double spend") == 0
    assert "stays in house:loss" in capsys.readouterr().out
    assert await review_desk.write_off(settings, opened.order_id, "again") == 0
    await review_desk.list_reviews(settings)
    view = await desk.view(opened)
    assert view.order.state is OrderState.COMPLETED
    assert [case.remark for case in view.cases if "written-off" in case.reasons] == ["double spend"]
    assert await lost(desk) == before - HALF
    assert await wrong(desk) == []


async def test_only_what_is_missing_is_written_off(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = desk.world.core.settings
    done, waiting, bought = await completed(desk), await desk.ready(Side.SELL), await desk.ready()
    for opened in (done, waiting, bought):
        command = WriteOff(opened.order_id, "anna", "?")
        assert await refused(desk, command) is ErrorCode.INVALID_STATE
        assert await review_desk.write_off(settings, opened.order_id, "?") == 1
    assert await review_desk.write_off(settings, uuid4(), "?") == 1
    assert await review_desk.write_off(settings, done.order_id, "") == 1
    said = capsys.readouterr().err
    assert "nothing of this sell is missing" in said
    assert "there is no order" in said
    assert "say in --remark" in said


async def test_another_payment_for_the_same_sale_makes_the_houses_loss_good(desk: Desk) -> None:
    before = await lost(desk)
    opened = await desk.ready(Side.SELL)
    txid = await desk.pay(opened, HALF)
    await reorganise(desk, txid)
    await desk.pay(opened, HALF)
    assert await lost(desk) == before
    assert await desk.balance(opened, "LTC") == (0, 0)
    await desk.decide(opened, Decision.ACCEPT)
    await desk.debit(await desk.export(opened))
    view = await desk.view(opened)
    assert (view.order.state, view.held_by) == (OrderState.COMPLETED, None)
    assert [payout.state for payout in view.payouts] == [
        BankPayoutState.CANCELLED,
        BankPayoutState.SETTLED,
    ]
    assert await wrong(desk) == []


async def test_crypto_that_returns_after_another_came_in_its_place_goes_back(desk: Desk) -> None:
    before = await lost(desk)
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    await desk.debit(await desk.export(opened))
    await reorganise(desk)
    address = (await desk.view(opened)).order.address
    await desk.world.pay(address, HALF, "LTC")
    await desk.world.confirm("LTC")
    await desk.carry()
    assert await lost(desk) == before
    assert await desk.open_case(opened) is CaseKind.RETURN
    assert await return_to(desk, opened) == HALF
    assert await wrong(desk) == []


async def test_exchanged_sell_whose_crypto_is_gone_stays_with_the_staff(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    txid = await desk.pay(opened, HALF)
    await desk.world.chain("LTC").reorg(6)
    await desk.world.watch("LTC")
    await desk.world.chain("LTC").replace(txid)
    await desk.world.watch("LTC")
    await desk.world.watch("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert (view.order.received, view.trade.filled) == (0, True)
    with pytest.raises(DomainError) as refused:
        await desk.cancel(opened)
    assert refused.value.code is ErrorCode.INVALID_STATE
    await desk.world.advance(30 * 86_400)
    await desk.carry()
    assert await desk.open_case(opened) is CaseKind.EDD
