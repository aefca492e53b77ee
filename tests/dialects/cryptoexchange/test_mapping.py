"""Show how words become commands and views become words, without any world."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.app.trades.open_trade import OpenTrade
from cambist.dialects.cryptoexchange import answers, mapping, pricing, showing, wire
from cambist.dialects.cryptoexchange.pricing import Priced
from cambist.domain.market.assets import ASSETS
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.payments.states import Direction, PaymentState
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.http.paging import cursor_of
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.kernel.rates import Rate
from cambist.ports.trades import MarketTerms, TradeView
from tests.dialects.cryptoexchange.exchange import PUBLIC_URL, TERMS, FakeMarket
from tests.dialects.cryptoexchange.views import (
    BUY,
    CHANNEL,
    CLIENT_ID,
    CUSTODY,
    CUSTOMER,
    IBAN,
    NOW,
    OUTSIDE,
    PAY,
    SELL,
    make_order,
    make_payment,
    show,
)
from tests.orders_made import HASH

ORDER: dict[str, Any] = {
    "customerId": CUSTOMER,
    "crypto": "LTC",
    "fiat": "EUR",
    "fiatAmount": "100",
    "address": OUTSIDE,
}


def out(view: TradeView) -> answers.Order:
    return showing.order_out(view, PUBLIC_URL)


def command_of(**changes: Any) -> OpenTrade:
    data = wire.PlaceOrder.model_validate({**ORDER, **changes})
    command = mapping.order(data, CLIENT_ID, CHANNEL).command
    assert isinstance(command, OpenTrade)
    return command


def priced(crypto: str, fiat: str, price: str, terms: Terms = TERMS) -> Priced:
    raw = Rate.parse(ASSETS[crypto], ASSETS[fiat], price).mantissa
    return Priced(ASSETS[crypto], ASSETS[fiat], Side.BUY, MarketTerms(raw, terms, NOW))


def in_state(state: OrderState, kind: OrderKind = OrderKind.BUY) -> TradeView:
    return show(make_order(BUY, CLIENT_ID, state=state, kind=kind))


@pytest.mark.parametrize(
    ("changes", "given_", "units"),
    [
        ({}, Given.FROM, 10_000),
        ({"fiatAmount": None, "cryptoAmount": "1"}, Given.TO, 100_000_000),
        (
            {"side": "sell", "address": None, "bankAccount": IBAN},
            Given.TO,
            10_000,
        ),
        (
            {
                "side": "sell",
                "address": None,
                "bankAccount": IBAN,
                "fiatAmount": None,
                "cryptoAmount": "0.5",
            },
            Given.FROM,
            50_000_000,
        ),
    ],
)
def test_an_amount_fixes_one_end_of_the_exchange(
    changes: dict[str, Any], given_: Given, units: int
) -> None:
    command = command_of(**changes)
    assert (command.given, command.units) == (given_, units)
    assert (command.method, command.dialect) == ("sepa", "cryptoexchange")


@pytest.mark.parametrize(
    ("fiat", "method"), [("EUR", "sepa"), ("CZK", "cz-bank"), ("SEK", "se-bank")]
)
def test_a_currency_has_its_rail(fiat: str, method: str) -> None:
    assert command_of(fiat=fiat).method == method


def test_contacts_are_taken_as_they_are_written_internationally() -> None:
    client = command_of(email="Jana@Shop.Example", phone="+420 601 123 456").client
    assert (client.email, client.phone) == ("Jana@shop.example", "+420601123456")
    assert (client.external_id, client.language) == (CUSTOMER, "en")
    nobody = command_of(language="cs").client
    assert (nobody.email, nobody.phone, nobody.language) == (None, None, "cs")


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("kind", [OrderKind.BUY, OrderKind.SELL])
def test_how_to_pay_is_told_only_while_it_is_waited_for(kind: OrderKind, state: OrderState) -> None:
    waiting = state in (OrderState.AWAITING_PAYMENT, OrderState.PAYMENT_SEEN)
    assert (out(in_state(state, kind)).payment is not None) is waiting


def test_what_is_still_due_is_asked_for() -> None:
    view = in_state(OrderState.AWAITING_PAYMENT)
    half = out(replace(view, pay=replace(PAY, units=4_005))).payment
    assert isinstance(half, answers.BankPayment)
    assert half.amount == "40.05"
    assert out(replace(view, pay=None)).payment is None


def test_a_seller_is_asked_for_nothing_that_was_seen_already() -> None:
    view = in_state(OrderState.PAYMENT_SEEN, OrderKind.SELL)
    whole = view.trade.crypto_units
    for received, due in ((0, whole), (whole - 5, 5), (whole, 0), (whole + 1, 0)):
        told = out(replace(view, order=replace(view.order, received=received))).payment
        if not due:
            assert told is None
            continue
        assert isinstance(told, answers.ChainPayment)
        assert told.amount == showing.money_text(due, ASSETS["LTC"])
        assert told.uri is not None
        assert told.uri.endswith(f"?amount={told.amount}")


def test_only_wallets_that_read_bip_21_are_given_a_uri() -> None:
    sell = show(make_order(SELL, CLIENT_ID, kind=OrderKind.SELL, address=CUSTODY))
    for crypto, uri in (("LTC", f"litecoin:{CUSTODY}?amount=1.22539019"), ("ETH", None)):
        payment = out(replace(sell, trade=replace(sell.trade, crypto=crypto))).payment
        assert isinstance(payment, answers.ChainPayment)
        assert payment.uri == uri


def test_the_transfer_shown_is_the_one_of_the_side() -> None:
    for kind, own, other in (
        (OrderKind.BUY, Direction.OUT, Direction.IN),
        (OrderKind.SELL, Direction.IN, Direction.OUT),
    ):
        order = make_order(BUY, CLIENT_ID, kind=kind, state=OrderState.SENT)
        assert out(show(order, make_payment(order, other))).transaction is None
        shown = out(show(order, make_payment(order, own))).transaction
        assert shown == answers.Transaction(HASH, 2, 6)
        unsigned = make_payment(order, own, txid=None)
        assert out(show(order, unsigned)).transaction is None
        dropped = make_payment(order, own, state=PaymentState.DROPPED)
        assert out(show(order, dropped)).transaction is None


def test_an_erased_customer_has_no_id() -> None:
    view = in_state(OrderState.COMPLETED)
    assert out(replace(view, external_customer=None)).customer_id is None


def test_amounts_of_an_order_are_those_of_its_price() -> None:
    shown = out(in_state(OrderState.AWAITING_PAYMENT))
    assert (shown.rate, shown.fiat_amount, shown.crypto_amount) == ("81.6", "100.00", "1.22539019")
    assert (shown.fee, shown.network_fee) == ("1.97", "0.00010000")


def test_tokens_of_two_chains_share_a_pair() -> None:
    rates = [pricing.rate_out(priced(f"USDT_{c}", "EUR", "0.9"), None) for c in ("TRC20", "ERC20")]
    assert [one.pair for one in rates] == ["USDT_EUR", "USDT_EUR"]
    assert [one.crypto for one in rates] == ["USDT_TRC20", "USDT_ERC20"]


@pytest.mark.parametrize(("side", "rate"), [(Side.BUY, "81.6"), (Side.SELL, "78.4")])
def test_a_rate_without_amount_is_the_one_an_order_gets(side: Side, rate: str) -> None:
    one = replace(priced("LTC", "EUR", "80"), side=side)
    assert pricing.rate_out(one, None).rate == rate
    whole = Given.TO if side is Side.BUY else Given.FROM
    assert showing.rate_text(one.deal(whole, 100_000_000).rate) == rate


@given(
    price=st.integers(1, 10**24),
    commission=st.integers(0, 999_999),
    side=st.sampled_from([Side.BUY, Side.SELL]),
)
def test_a_rate_shown_is_always_the_deals_own(price: int, commission: int, side: Side) -> None:
    terms = Terms(commission_ppm=commission)
    one = Priced(ASSETS["LTC"], ASSETS["EUR"], side, MarketTerms(price, terms, NOW))
    deal = pricing.deal_or_none(one, Given.FROM, 10**12)
    if deal is not None:
        assert pricing.rate_of(one) == deal.rate


def test_bounds_are_the_widest_over_all_fiat_currencies() -> None:
    buys = [
        priced("LTC", "EUR", "80", replace(TERMS, minimum_fee_units=0)),
        priced("LTC", "CZK", "2000", replace(TERMS, minimum_fee_units=0)),
    ]
    (ltc,) = pricing.currencies(["LTC"], buys, [])
    assert (ltc.minimum, ltc.maximum) == ("0.00480196", "122.54891960")
    (none,) = pricing.currencies(["BTC"], buys, [])
    assert (none.minimum, none.maximum, none.network_fee) == (None, None, None)
    (boundless,) = pricing.currencies(
        ["LTC"], [*buys, priced("LTC", "SEK", "900", replace(TERMS, maximum_units=None))], []
    )
    assert boundless.maximum is None


async def test_bounds_of_a_currency_are_within_the_limits_of_an_order() -> None:
    (rule,) = [r for r in await FakeMarket().limits(CLIENT_ID, mapping.NAME) if r.level == 1]
    terms = replace(TERMS, minimum_fee_units=0, network_fee_units=0, maximum_units=None)
    buys = [priced("LTC", "EUR", "80", replace(terms, minimum_units=1))]
    limit = replace(rule, level=None, per_order_min=8_160, per_order_max=16_320)
    (ltc,) = pricing.currencies(["LTC"], buys, [limit])
    assert (ltc.minimum, ltc.maximum) == ("1.00000000", "2.00000000")
    (unbound,) = pricing.currencies(["LTC"], buys, [replace(limit, per_order_max=None)])
    assert unbound.maximum is None
    tight = priced("LTC", "EUR", "80", replace(terms, minimum_units=8_160, maximum_units=16_320))
    wide = replace(limit, per_order_min=1, per_order_max=1_000_000)
    assert pricing.currencies(["LTC"], [tight], [wide])[0].maximum == "2.00000000"


async def test_the_most_specific_limit_for_an_unknown_customer_is_told() -> None:
    rules = await FakeMarket().limits(CLIENT_ID, mapping.NAME)
    found = pricing.rule_of(rules, "EUR")
    assert found is not None
    assert (found.partner_id, found.level, found.per_order_max) == (CLIENT_ID, None, 100_000)
    assert pricing.rule_of(rules, "CZK") is None


@given(st.uuids())
def test_a_cursor_leads_back_to_its_order(number: UUID) -> None:
    cursor = cursor_of(OrderId(number))
    query = wire.OrdersQuery.model_validate({"cursor": cursor})
    customer = make_order(BUY, CLIENT_ID).customer_id
    assert customer is not None
    assert mapping.chosen(query, customer).before == number
    assert str(number) not in cursor


def test_malformed_ids_of_a_path_are_not_found() -> None:
    for text in ("", "1", BUY.upper(), BUY + "\n", "x" * 36):
        with pytest.raises(DomainError) as refusal:
            mapping.order_id_of(text)
        assert refusal.value.code is ErrorCode.NOT_FOUND
    assert str(mapping.order_id_of(BUY)) == BUY
