"""Prove what a payer is told in every state, to the last unit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cambist.domain.market.assets import ASSETS, chain_of
from cambist.domain.orders.states import Label, OrderKind, OrderState
from cambist.domain.partners.partners import LatePolicy, OverPolicy, UnderPolicy
from cambist.domain.payments.states import Direction, PaymentState
from cambist.pages.look.payload import exact_text, groups_of, qr_payload, wallet_uri
from cambist.pages.pay.model import TONES, choices_of, page_model, shop_of
from cambist.pages.pay.render import version_of
from cambist.pages.pay.shown import Advice, FigureKind, Notice, PageStatus, RowKind
from cambist.pages.pay.timeline import ROWS_MAX
from tests.pages.stage import (
    ADDRESSES,
    ASKED,
    BITCOIN,
    ETHEREUM,
    EXPIRY,
    LITECOIN,
    NOW,
    START,
    TRON,
    integration,
    order,
    paid_order,
    payment,
    scenes,
    view,
)

SEEN = OrderState.PAYMENT_SEEN
STATUSES = {
    "waiting-any": PageStatus.WAITING,
    "waiting-bitcoin": PageStatus.WAITING,
    "waiting-ether": PageStatus.WAITING,
    "confirming-over": PageStatus.CONFIRMING,
    "paid-in-two": PageStatus.PAID,
    "other-asset": PageStatus.WAITING,
}
PAYABLE = {
    "waiting",
    "waiting-any",
    "waiting-bitcoin",
    "waiting-ether",
    "partly-paid",
    "replaced",
    "other-asset",
}


def labelled(*labels: Label, **changes: Any) -> Any:
    return order(labels=frozenset(labels), **changes)


@pytest.mark.parametrize("name", scenes())
def test_each_scene_says_its_status(name: str) -> None:
    assert page_model(scenes()[name]).status is PageStatus(STATUSES.get(name, name))


def test_scenes_show_every_status_and_every_status_has_a_tone() -> None:
    assert {page_model(scene).status for scene in scenes().values()} == set(PageStatus)
    assert set(TONES) == set(PageStatus)


@pytest.mark.parametrize("name", scenes())
def test_address_to_pay_to_is_shown_only_while_money_is_wanted(name: str) -> None:
    model = page_model(scenes()[name])
    assert (model.pay is not None) == (name in PAYABLE)
    if model.pay is not None:
        assert "".join(model.pay.groups) == model.pay.address == model.address
    assert model.is_counting == (name in PAYABLE or name == "choose")


def test_missing_is_counted_to_the_last_unit() -> None:
    model = page_model(view(order(state=SEEN, received=ASKED - 1), [payment(ASKED - 1)]))
    assert model.status is PageStatus.PARTLY_PAID
    assert model.due is not None
    assert (model.due.units, model.due.text) == (1, "0.000001")
    assert model.figure.kind is FigureKind.MISSING
    assert model.figure.fiat is None


def test_qr_of_a_partly_paid_order_asks_for_the_rest() -> None:
    half = order(asset="BTC", amount=100_000, state=SEEN, received=40_000)
    model = page_model(view(half, [payment(40_000, asset="BTC")]))
    assert model.pay is not None
    assert model.pay.qr == f"bitcoin:{BITCOIN}?amount=0.0006"


def test_sum_within_the_tolerance_is_enough() -> None:
    shop = integration(under_tolerance_ppm=10_000)
    nearly = order(state=SEEN, received=12_375_000, labels=frozenset({Label.UNDER}))
    model = page_model(view(nearly, shop=shop))
    assert model.status is PageStatus.CONFIRMING
    assert model.due is not None
    assert model.due.units == 0
    less = page_model(view(replace(nearly, received=12_374_999), shop=shop))
    assert less.status is PageStatus.PARTLY_PAID
    assert less.due is not None
    assert less.due.units == 125_001


@pytest.mark.parametrize("state", [OrderState.AWAITING_PAYMENT, OrderState.CREATED])
def test_time_is_over_by_the_clock_before_anybody_wrote_it_down(state: OrderState) -> None:
    before = page_model(view(order(state=state), now=EXPIRY - timedelta(microseconds=1)))
    after = page_model(view(order(state=state), now=EXPIRY))
    assert before.pay is not None
    assert (after.status, after.pay) == (PageStatus.EXPIRED, None)


def test_enough_money_seen_in_time_outlasts_the_clock() -> None:
    model = page_model(view(order(state=SEEN, received=ASKED), [payment()], now=EXPIRY))
    assert model.status is PageStatus.CONFIRMING


def test_too_little_money_at_the_end_of_time_is_underpaid() -> None:
    model = page_model(view(order(state=SEEN, received=1), [payment(1)], now=EXPIRY))
    assert (model.status, model.pay) == (PageStatus.UNDERPAID, None)


def test_unchosen_order_expires_too() -> None:
    model = page_model(replace(scenes()["choose"], now=EXPIRY))
    assert (model.status, model.is_counting) == (PageStatus.EXPIRED, False)


def test_amount_without_an_asset_means_nothing() -> None:
    unchosen = replace(scenes()["choose"].view.order, amount=5)
    model = page_model(view(unchosen))
    assert (model.figure.amount, model.due, model.asked) == (None, None, None)


def test_first_payment_of_a_deposit_is_enough() -> None:
    deposit = order(kind=OrderKind.DEPOSIT, state=SEEN, received=1)
    model = page_model(view(deposit, [payment(1)]))
    assert (model.status, model.pay) == (PageStatus.CONFIRMING, None)


@pytest.mark.parametrize(
    ("policy", "advice"),
    [(OverPolicy.KEEP, Advice.ASK_SHOP), (OverPolicy.REFUND, Advice.COMES_BACK)],
)
def test_payer_hears_what_becomes_of_too_much(policy: OverPolicy, advice: Advice) -> None:
    shop = integration(over_policy=policy)
    for name in ("overpaid", "confirming-over"):
        model = page_model(replace(scenes()[name], integration=shop))
        assert model.advice is advice
        assert model.surplus is not None
        assert model.surplus.text == "2.50"


@pytest.mark.parametrize(
    ("policy", "advice"),
    [(UnderPolicy.KEEP, Advice.ASK_SHOP), (UnderPolicy.REFUND, Advice.COMES_BACK)],
)
def test_payer_hears_what_becomes_of_too_little(policy: UnderPolicy, advice: Advice) -> None:
    scene = replace(scenes()["underpaid"], integration=integration(under_policy=policy))
    assert page_model(scene).advice is advice


@pytest.mark.parametrize(
    ("policy", "advice"),
    [
        (LatePolicy.KEEP, Advice.ASK_SHOP),
        (LatePolicy.REFUND, Advice.COMES_BACK),
        (LatePolicy.COMPLETE, Advice.STILL_COUNTS),
    ],
)
def test_payer_hears_what_becomes_of_late_money(policy: LatePolicy, advice: Advice) -> None:
    scene = replace(scenes()["late"], integration=integration(late_policy=policy))
    assert page_model(scene).advice is advice


def test_late_order_that_completed_is_paid_with_a_notice() -> None:
    model = page_model(view(paid_order(labels=frozenset({Label.LATE}))))
    assert (model.status, model.notices) == (PageStatus.PAID, (Notice.LATE,))


def test_part_refund_is_a_notice_and_a_whole_one_the_status() -> None:
    part = page_model(view(paid_order(refunded=1)))
    assert (part.status, part.notices) == (PageStatus.PAID, (Notice.PARTLY_REFUNDED,))
    whole = page_model(view(paid_order(refunded=ASKED)))
    assert (whole.status, whole.notices) == (PageStatus.REFUNDED, ())
    assert whole.figure.kind is FigureKind.REFUNDED


def test_late_money_sent_back_is_refunded() -> None:
    back = labelled(Label.LATE, state=OrderState.EXPIRED, received=ASKED, refunded=ASKED)
    assert page_model(view(back)).status is PageStatus.REFUNDED


def test_reorged_payment_that_vanished_may_be_paid_again_and_warns() -> None:
    model = page_model(view(labelled(Label.REORGED)))
    assert model.status is PageStatus.REORGED
    assert model.pay is not None
    assert model.due is not None
    assert model.due.units == ASKED


def test_reorged_and_then_confirmed_is_paid_with_a_notice() -> None:
    model = page_model(view(paid_order(labels=frozenset({Label.REORGED}))))
    assert (model.status, model.notices) == (PageStatus.PAID, (Notice.REORGED,))


def test_replacement_that_was_seen_is_being_confirmed() -> None:
    replaced = labelled(Label.REPLACED, state=SEEN, received=ASKED)
    model = page_model(view(replaced, [payment(state=PaymentState.DROPPED), payment()]))
    assert (model.status, model.notices) == (PageStatus.CONFIRMING, (Notice.REPLACED,))


def test_confirmations_are_those_of_the_youngest_payment_waited_for() -> None:
    both = [payment(4_000_000, 19), payment(5_000_000, 12), payment(3_500_000, 3)]
    model = page_model(view(order(state=SEEN, received=ASKED), both))
    assert (model.confirmations, model.required_confirmations) == (3, 19)


def test_money_of_another_asset_is_noticed_and_not_counted() -> None:
    model = page_model(scenes()["other-asset"])
    assert model.notices == (Notice.OTHER_ASSET,)
    assert model.received is not None
    assert model.received.units == 0
    row = model.rows[1]
    assert (row.kind, row.amount, row.symbol) == (RowKind.OTHER_ASSET, "3.00", "TRX")


def test_timeline_is_in_order_of_time() -> None:
    late = [payment(1, 0, created_at=EXPIRY + timedelta(seconds=9)), payment(2, 25)]
    expired = labelled(Label.LATE, state=OrderState.EXPIRED, received=3)
    model = page_model(view(expired, late[::-1]))
    kinds = [row.kind for row in model.rows]
    assert kinds == [RowKind.OPENED, RowKind.CONFIRMED, RowKind.TIME_OVER, RowKind.SEEN]
    assert [row.moment for row in model.rows] == sorted(r.moment for r in model.rows if r.moment)


def test_confirmations_never_exceed_those_required() -> None:
    row = page_model(view(paid_order(), [payment(ASKED, 400)])).rows[1]
    assert (row.confirmations, row.required) == (19, 19)


def test_dropped_payment_has_no_confirmations() -> None:
    gone = payment(ASKED, 5, state=PaymentState.DROPPED)
    row = page_model(view(order(), [gone])).rows[1]
    assert (row.kind, row.confirmations) == (RowKind.DROPPED, 0)


def test_payouts_are_no_part_of_the_timeline() -> None:
    model = page_model(view(paid_order(), [payment(direction=Direction.OUT)]))
    assert [row.kind for row in model.rows] == [RowKind.OPENED, RowKind.COMPLETED]


def test_dust_does_not_make_the_page_long() -> None:
    dust = [payment(1, 1, txid=f"{n:064x}") for n in range(ROWS_MAX + 5)]
    model = page_model(view(order(state=SEEN, received=25), dust))
    assert len(model.rows) == ROWS_MAX + 1
    assert model.hidden_rows == 5
    assert model.rows[-1].txid == f"{ROWS_MAX + 4:064x}"


@pytest.mark.parametrize("state", [OrderState.SENDING, OrderState.SENT, OrderState.REJECTED])
def test_outgoing_order_has_no_pay_page(state: OrderState) -> None:
    with pytest.raises(ValueError, match="bring money in"):
        page_model(view(order(state=state)))


def test_worth_is_counted_at_the_rate_of_the_order() -> None:
    assert page_model(view()).figure.fiat == "11.25\u00a0EUR"
    assert page_model(view(order(rate=None))).figure.fiat is None


def test_model_stays_the_same_while_only_time_passes() -> None:
    first, second = view(now=NOW), view(now=NOW + timedelta(seconds=7))
    assert version_of(page_model(first)) == version_of(page_model(second))
    assert version_of(page_model(first)) != version_of(page_model(view(now=EXPIRY)))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://shop.example/%0aalert(1)",
        "data:text/html,x",
        "http://shop.example",
        "//shop.example",
        "https:shop.example",
        "https:///path",
        "https://user@shop.example",
        "https://shop.example@evil.example",
        "https://shop.example\\@evil.example",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/\u202egpj",
        "https://sh\u043ep.example",
        " https://shop.example",
        "java\nscript:alert(1)",
        "https://[shop.example",
        "https://shop.example:99999",
        'https://shop.example/"onclick="x',
        "",
    ],
)
def test_what_is_not_plain_https_is_no_link(url: str) -> None:
    shop = shop_of(integration(url=url))
    assert (shop.url, shop.host) == (None, None)


def test_plain_https_is_a_link_named_by_its_host() -> None:
    shop = shop_of(integration(url="https://Shop.example:8443/a?b=c#d"))
    assert (shop.url, shop.host) == ("https://Shop.example:8443/a?b=c#d", "shop.example:8443")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Kaffe  &\tKorn\n", "Kaffe & Korn"),
        ("evil\u202egnp", "evilgnp"),
        ("a\u200bb\x00c\ud800d", "abcd"),
        ("\u2028", "?"),
        ("x" * 500, "x" * 80),
    ],
)
def test_names_have_no_characters_that_hide(name: str, shown: str) -> None:
    assert shop_of(integration(name=name)).name == shown


def test_choices_keep_the_order_of_the_registry_and_know_no_fiat() -> None:
    codes = [choice.code for choice in choices_of(["ETH", "EUR", "TRX", "NOPE"])]
    assert codes == ["TRX", "ETH"]


@pytest.mark.parametrize(
    ("units", "scale", "text"),
    [
        (12_500_000, 6, "12.50"),
        (1, 18, "0.000000000000000001"),
        (10**18, 18, "1.00"),
        (0, 8, "0.00"),
        (123_456_789, 8, "1.23456789"),
        (10**40 + 1, 18, "10000000000000000000000.000000000000000001"),
        (7, 0, "7"),
        (15, 1, "1.5"),
    ],
)
def test_amounts_are_written_exactly(units: int, scale: int, text: str) -> None:
    assert exact_text(units, scale) == text


USDT = ASSETS["USDT_ERC20"].contract


@pytest.mark.parametrize(
    ("code", "units", "payload"),
    [
        ("BTC", 123_456, f"bitcoin:{BITCOIN}?amount=0.00123456"),
        ("BTC", None, f"bitcoin:{BITCOIN}"),
        ("LTC", 100_000_000, f"litecoin:{LITECOIN}?amount=1.00"),
        ("ETH", 10**15, f"ethereum:{ETHEREUM}@1?value=1000000000000000"),
        ("ETH", None, f"ethereum:{ETHEREUM}@1"),
        ("USDT_ERC20", 5, f"ethereum:{USDT}@1/transfer?address={ETHEREUM}&uint256=5"),
        ("USDT_ERC20", None, f"ethereum:{USDT}@1/transfer?address={ETHEREUM}"),
        ("TRX", 5, TRON),
        ("USDT_TRC20", None, TRON),
    ],
)
def test_qr_speaks_what_wallets_of_the_chain_understand(
    code: str, units: int | None, payload: str
) -> None:
    asset = ASSETS[code]
    chain = chain_of(asset)
    address = ADDRESSES[chain.id]
    assert qr_payload(asset, chain, address, units) == payload
    assert wallet_uri(asset, chain, address, units) == (None if chain.id == "tron" else payload)


def test_groups_never_lose_a_character() -> None:
    assert groups_of(TRON)[-1] == "Qt"
    assert all("".join(groups_of(a)) == a for a in ADDRESSES.values())
    assert START < NOW < EXPIRY
