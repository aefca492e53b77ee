"""Decide that a sell pays out for the crypto that came, or gives that crypto back."""

from datetime import timedelta

import pytest

from cambist.adapters.chain_families.networks import Network
from cambist.adapters.simulators.chain_rules import outside_address
from cambist.app.cases.decide_case import Decision
from cambist.app.cases.decide_change import ChangeOutcome
from cambist.app.cases.name_return import NameReturn
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.fill_trade import FillTrade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.market.assets import CHAINS
from cambist.domain.orders.states import Label, OrderState
from cambist.domain.orders.trades import Payout
from cambist.domain.payments.bank import BankPayoutState, end_to_end
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from tests.trades.desk import ACCOUNT, LTC, OUTSIDE, Desk

TESTNET = outside_address(CHAINS["litecoin"], Network.TEST, "stranger", 1)
HALF = LTC // 2
VALID_S = 900
MOMENT_S = 120
"""The last of a price's life, long enough for a slow machine to pay in."""


async def test_exact_amount_is_exchanged_and_paid_out_by_the_bank(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    view = await desk.view(opened)
    assert view.order.state is OrderState.SENDING
    payout = view.payouts[0]
    assert (payout.units, payout.state) == (view.trade.fiat_units, BankPayoutState.QUEUED)
    assert await desk.payee(payout) == {"account": ACCOUNT, "name": "Jana Nováková"}
    assert await desk.balance(opened) == (payout.units, payout.units)
    exported = await desk.export(opened)
    assert await desk.state(opened) is OrderState.SENT
    assert len(end_to_end(exported.id)) == 32
    assert end_to_end(exported.id) == exported.id.hex.upper()
    await desk.debit(exported)
    view = await desk.view(opened)
    assert view.order.state is OrderState.COMPLETED
    assert view.payouts[0].state is BankPayoutState.SETTLED
    assert await desk.balance(opened) == (0, 0)
    assert await desk.balance(opened, "LTC") == (0, 0)
    assert (await desk.letters(opened))[-2:] == ["payout-sent", "order-completed"]


async def test_kept_proceeds_stay_on_the_balance(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL, payout=Payout.KEEP, bank_account=None)
    await desk.pay(opened, HALF)
    view = await desk.view(opened)
    assert (view.order.state, view.payouts) == (OrderState.COMPLETED, ())
    assert await desk.balance(opened) == (view.trade.fiat_units, 0)


@pytest.mark.parametrize(("units", "label"), [(HALF * 2, Label.OVER), (HALF // 2, Label.UNDER)])
async def test_wrong_amount_shows_old_and_new_terms_and_pays_the_new(
    desk: Desk, units: int, label: Label
) -> None:
    opened = await desk.ready(Side.SELL)
    before = (await desk.view(opened)).trade
    await desk.pay(opened, units)
    view = await desk.view(opened)
    assert view.held_by is not None
    assert view.held_by.kind is CaseKind.CHANGE
    assert label in view.order.labels
    assert f'"crypto_units":"{before.crypto_units}"' in view.held_by.facts
    assert f'"crypto_units":"{units}"' in view.held_by.facts
    assert await desk.change(opened, accept=True) is ChangeOutcome.ACCEPTED
    view = await desk.view(opened)
    assert (view.order.state, view.order.amount) == (OrderState.SENDING, units)
    assert view.payouts[0].units == view.trade.fiat_units
    assert view.trade.fiat_units != before.fiat_units
    assert await desk.counted(opened) == view.trade.fiat_units
    await desk.debit(await desk.export(opened))
    assert await desk.state(opened) is OrderState.COMPLETED


async def test_rejected_terms_give_the_crypto_back(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", 10 * LTC)
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF - 1)
    assert await desk.change(opened, accept=False) is ChangeOutcome.REJECTED
    assert await desk.open_case(opened) is CaseKind.RETURN
    before = await desk.world.standing("LTC", OUTSIDE)
    await desk.do(NameReturn(opened.order_id, desk.partner, OUTSIDE))
    assert await desk.state(opened) is OrderState.RETURNING
    await desk.world.pay_out("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert (view.order.state, view.payouts) == (OrderState.RETURNED, ())
    assert await desk.world.standing("LTC", OUTSIDE) == before + HALF - 1
    assert await desk.balance(opened, "LTC") == (0, 0)
    assert await desk.counted(opened) == 0


async def test_late_crypto_is_asked_about(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.world.advance(VALID_S + 1)
    await desk.pay(opened, HALF)
    view = await desk.view(opened)
    assert view.held_by is not None
    assert '"late":true' in view.held_by.facts
    assert await desk.change(opened, accept=True) is ChangeOutcome.ACCEPTED
    assert await desk.state(opened) is OrderState.SENDING


async def test_crypto_seen_in_time_is_not_late_when_it_confirms(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF, confirm=False)
    await desk.world.advance(VALID_S + 1)
    await desk.world.confirm("LTC")
    await desk.carry()
    assert await desk.state(opened) is OrderState.SENDING


async def test_crypto_for_an_expired_sell_is_asked_about(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.world.advance(86_401)
    await desk.carry()
    assert await desk.state(opened) is OrderState.EXPIRED
    assert await desk.counted(opened) == 0
    await desk.pay(opened, HALF)
    assert await desk.open_case(opened) is CaseKind.CHANGE
    await desk.change(opened, accept=True)
    view = await desk.view(opened)
    assert await desk.counted(opened) == view.trade.fiat_units
    assert view.order.state is OrderState.SENDING


async def test_terms_that_ran_out_before_the_answer_are_stated_anew(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF + 1)
    before = await desk.view(opened)
    await desk.world.advance(VALID_S)
    assert await desk.change(opened, accept=True) is ChangeOutcome.RESTATED
    after = await desk.view(opened)
    assert before.held_by is not None
    assert after.held_by is not None
    assert after.held_by.id == before.held_by.id
    assert after.held_by.facts != before.held_by.facts
    assert await desk.change(opened, accept=True) is ChangeOutcome.ACCEPTED


async def test_only_the_terms_that_were_seen_are_accepted(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF + 1)
    seen = await desk.offered(opened)
    await desk.world.advance(VALID_S)
    assert await desk.change(opened, accept=True, seen=seen) is ChangeOutcome.RESTATED
    restated = await desk.offered(opened)
    assert restated != seen
    assert await desk.change(opened, accept=True, seen=seen) is ChangeOutcome.RESTATED
    assert await desk.offered(opened) == restated
    assert await desk.change(opened, accept=True, seen=restated) is ChangeOutcome.ACCEPTED


async def test_more_crypto_while_the_change_waits_is_in_the_new_terms(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF + 1)
    await desk.pay(opened, LTC, confirm=False)
    assert await desk.change(opened, accept=True) is ChangeOutcome.RESTATED
    assert await desk.change(opened, accept=True) is ChangeOutcome.RESTATED
    await desk.world.confirm("LTC")
    await desk.carry()
    assert await desk.change(opened, accept=True) is ChangeOutcome.RESTATED
    assert await desk.change(opened, accept=True) is ChangeOutcome.ACCEPTED
    assert (await desk.view(opened)).trade.crypto_units == HALF + 1 + LTC


async def test_crypto_that_makes_the_amount_good_needs_no_answer(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    before = (await desk.view(opened)).trade
    await desk.pay(opened, HALF - 7)
    assert await desk.open_case(opened) is CaseKind.CHANGE
    await desk.pay(opened, 7)
    view = await desk.view(opened)
    assert (view.order.state, view.held_by) == (OrderState.SENDING, None)
    assert view.trade.fiat_units == before.fiat_units


async def test_unconfirmed_crypto_is_only_shown(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF, confirm=False)
    view = await desk.view(opened)
    assert (view.order.state, view.order.confirmed) == (OrderState.PAYMENT_SEEN, 0)
    assert await desk.balance(opened, "LTC") == (0, 0)
    with pytest.raises(DomainError) as refused:
        await desk.cancel(opened)
    assert refused.value.code is ErrorCode.INVALID_STATE


async def test_crypto_that_vanishes_from_the_mempool_is_waited_for_again(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    txid = await desk.pay(opened, HALF, confirm=False)
    await desk.world.chain("LTC").replace(txid)
    await desk.world.watch("LTC")
    await desk.world.watch("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert (view.order.state, view.order.received) == (OrderState.AWAITING_PAYMENT, 0)
    await desk.cancel(opened)
    assert await desk.state(opened) is OrderState.CANCELLED


async def test_reorganisation_before_the_exchange_leads_back(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    address = (await desk.view(opened)).order.address
    await desk.world.pay(address, HALF, "LTC")
    await desk.world.confirm("LTC")
    assert await desk.state(opened) is OrderState.PAID
    await desk.world.chain("LTC").reorg(6)
    await desk.world.watch("LTC")
    assert await desk.state(opened) is OrderState.PAYMENT_SEEN
    await desk.carry()
    assert await desk.state(opened) is OrderState.PAYMENT_SEEN
    await desk.world.confirm("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert view.order.state is OrderState.SENDING
    assert Label.REORGED in view.order.labels


async def test_reorganisation_after_the_exchange_stops_the_payout(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    await desk.world.chain("LTC").reorg(6)
    await desk.world.watch("LTC")
    await desk.carry()
    view = await desk.view(opened)
    assert view.held_by is not None
    assert (view.held_by.kind, view.held_by.reasons) == (CaseKind.EDD, ("payment-reverted",))
    assert view.payouts[0].state is BankPayoutState.CANCELLED
    with pytest.raises(DomainError) as refused:
        await desk.decide(opened, Decision.ACCEPT)
    assert refused.value.code is ErrorCode.INVALID_STATE
    await desk.world.confirm("LTC")
    await desk.carry()
    await desk.decide(opened, Decision.ACCEPT)
    await desk.debit(await desk.export(opened))
    view = await desk.view(opened)
    assert view.order.state is OrderState.COMPLETED
    assert [payout.state for payout in view.payouts] == [
        BankPayoutState.CANCELLED,
        BankPayoutState.SETTLED,
    ]


async def test_reorganisation_after_the_payout_went_out_is_the_houses_loss(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    exported = await desk.export(opened)
    await desk.world.chain("LTC").reorg(6)
    await desk.world.watch("LTC")
    await desk.debit(exported)
    assert await desk.state(opened) is OrderState.COMPLETED
    await desk.world.confirm("LTC")
    await desk.carry()
    assert await desk.balance(opened, "LTC") == (0, 0)


async def test_crypto_another_order_lost_is_missed_and_waits_for_a_person(desk: Desk) -> None:
    client = await desk.known()
    first = await desk.ready(Side.SELL, client=client)
    second = await desk.ready(Side.SELL, client=client)
    await desk.pay(first, HALF)
    await desk.export(first)
    address = (await desk.view(second)).order.address
    await desk.world.mine(4, "LTC")
    await desk.world.pay(address, HALF, "LTC")
    await desk.world.confirm("LTC")
    assert await desk.state(second) is OrderState.PAID
    customer = (await desk.view(second)).trade.customer_id
    pool = desk.world.core.pool
    await pool.execute(
        "update accounts set posted = 0 where owner = $1 and asset = 'LTC'", f"customer:{customer}"
    )
    await desk.carry()
    assert await desk.open_case(second) is CaseKind.EDD
    await pool.execute(
        "update accounts set posted = $2 where owner = $1 and asset = 'LTC'",
        f"customer:{customer}",
        HALF,
    )
    await desk.decide(second, Decision.ACCEPT)
    assert await desk.state(second) is OrderState.SENDING


async def test_crypto_after_the_cancellation_goes_back(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", 10 * LTC)
    opened = await desk.ready(Side.SELL)
    await desk.cancel(opened)
    await desk.pay(opened, HALF, confirm=False)
    assert await desk.state(opened) is OrderState.CANCELLED
    await desk.world.confirm("LTC")
    await desk.carry()
    assert await desk.open_case(opened) is CaseKind.RETURN
    await desk.do(NameReturn(opened.order_id, desk.partner, OUTSIDE))
    await desk.world.pay_out("LTC")
    await desk.carry()
    assert await desk.state(opened) is OrderState.RETURNED


async def test_return_goes_only_where_money_can_arrive(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.cancel(opened)
    await desk.pay(opened, HALF)
    own = (await desk.view(opened)).order.address or ""
    hot = desk.world.core.hot_address("litecoin")
    for address in (
        TESTNET,
        OUTSIDE[:-1] + "y",
        "",
        "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe",
        own,
        hot,
    ):
        with pytest.raises(DomainError) as refused:
            await desk.do(NameReturn(opened.order_id, desk.partner, address))
        assert refused.value.code is ErrorCode.ADDRESS_INVALID
    assert await desk.open_case(opened) is CaseKind.RETURN


async def test_return_waits_until_all_that_came_is_final(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", 10 * LTC)
    opened = await desk.ready(Side.SELL)
    await desk.cancel(opened)
    await desk.pay(opened, HALF)
    await desk.pay(opened, HALF, confirm=False)
    with pytest.raises(DomainError) as refused:
        await desk.do(NameReturn(opened.order_id, desk.partner, OUTSIDE))
    assert refused.value.code is ErrorCode.INVALID_STATE
    await desk.world.confirm("LTC")
    await desk.do(NameReturn(opened.order_id, desk.partner, OUTSIDE))
    await desk.world.pay_out("LTC")
    await desk.carry()
    assert await desk.balance(opened, "LTC") == (0, 0)


async def test_money_on_its_way_back_cannot_be_cancelled_again(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF + 1)
    await desk.cancel(opened)
    assert await desk.open_case(opened) is CaseKind.RETURN
    with pytest.raises(DomainError) as refused:
        await desk.cancel(opened)
    assert refused.value.code is ErrorCode.INVALID_STATE


async def test_exchanged_sell_cannot_be_cancelled_while_its_payout_is_looked_at(
    desk: Desk,
) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    await desk.send_back(await desk.export(opened))
    assert await desk.open_case(opened) is CaseKind.EDD
    with pytest.raises(DomainError) as refused:
        await desk.do(CancelTrade(opened.order_id, desk.partner))
    assert refused.value.code is ErrorCode.INVALID_STATE


async def test_amount_too_small_to_price_is_a_persons_matter(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", 10 * LTC)
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, LTC // 1_000)
    view = await desk.view(opened)
    assert view.held_by is not None
    assert (view.held_by.kind, view.held_by.reasons) == (CaseKind.EDD, ("amount-too-small",))
    await desk.decide(opened, Decision.REJECT)
    assert await desk.open_case(opened) is CaseKind.RETURN


async def test_exchange_happens_once_however_often_it_is_asked_for(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    await desk.pay(opened, HALF)
    assert await desk.do(FillTrade(opened.order_id)) is False
    assert len((await desk.view(opened)).payouts) == 1


async def test_price_holds_until_its_last_moment(desk: Desk) -> None:
    opened = await desk.ready(Side.SELL)
    until = (await desk.view(opened)).trade.valid_until
    now = await desk.world.core.queries.now()
    left = (until - now) // timedelta(seconds=1)
    await desk.world.advance(left - MOMENT_S)
    await desk.pay(opened, HALF, confirm=False)
    await desk.world.advance(2 * MOMENT_S)
    await desk.world.confirm("LTC")
    await desk.carry()
    assert await desk.state(opened) is OrderState.SENDING
