"""Show the mapping both ways: sums, dropped and foreign payments, times, ids, commands."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.app.orders.open_order import OpenOrder
from cambist.app.orders.send_crypto import SendCrypto
from cambist.dialects.cryptopayments import mapping, wire
from cambist.dialects.cryptopayments.mapping import Terms
from cambist.domain.market.assets import ASSETS
from cambist.domain.orders.states import Label, OrderKind
from cambist.domain.payments.states import Direction, PaymentState
from cambist.http.amounts import AmountCodec
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId
from cambist.kernel.money import parse_units
from cambist.kernel.rates import Rate
from cambist.ports.queries import OrderView, PaymentView
from tests.dialects.cryptopayments.gateway import (
    DEPOSIT_ADDRESS,
    DESTINATION,
    INTEGRATION,
    MERCHANT,
    ORDER,
    make_order,
    make_payment,
    show,
)

TERMS = Terms(MERCHANT.partner_id, AmountCodec(rounds=False, on_rounded=lambda: None))
PAID = make_order(ORDER, MERCHANT, INTEGRATION)


def amounts(view: OrderView) -> tuple[str, str, str, str]:
    order = mapping.order_out(view)
    shown = (
        order.primary_amount,
        order.service_fee_amount,
        order.total_amount,
        order.secondary_amount,
    )
    first, second, third, fourth = ("null" if one is None else one.amount for one in shown)
    return first, second, third, fourth


def test_order_amounts_sum_its_transactions() -> None:
    view = show(
        PAID,
        make_payment(PAID, 1, 1_000_000, 5_000, 27),
        make_payment(PAID, 2, 2_500_001, 12_500, 68),
    )
    assert amounts(view) == ("3.500001", "0.017500", "3.482501", "0.95")


def test_dropped_payment_is_shown_but_not_summed() -> None:
    dropped = replace(make_payment(PAID, 2, 9_000_000, 1, 1), state=PaymentState.DROPPED)
    view = show(PAID, make_payment(PAID, 1, 1_000_000, 5_000, 27), dropped)
    assert amounts(view) == ("1.000000", "0.005000", "0.995000", "0.27")
    assert [t.status for t in mapping.order_out(view).transactions] == ["completed", "failed"]


def test_payment_in_another_asset_is_shown_in_its_own_currency_and_not_summed() -> None:
    odd = replace(make_payment(PAID, 2, 7_000_000, 0, 700), asset="USDT_TRC20", matched=False)
    order = mapping.order_out(show(PAID, odd))
    assert order.transactions[0].primary_amount == wire.Amount("7.000000", "USDT")
    assert order.primary_amount == wire.Amount("0.000000", "TRX")
    assert order.secondary_amount == wire.Amount("0.00", "EUR")


def test_order_without_asset_has_no_crypto_amounts() -> None:
    order = replace(PAID, asset=None, address=None, rate=None)
    assert amounts(show(order)) == ("null", "null", "null", "0.00")


def test_outgoing_order_shows_amount_and_service_fee() -> None:
    order = replace(PAID, kind=OrderKind.WITHDRAWAL, address=DESTINATION, fee=10_000)
    out = replace(
        make_payment(order, 709, 1_000_000, 10_000, 27),
        direction=Direction.OUT,
        state=PaymentState.PENDING,
        txid=None,
        address=DESTINATION,
    )
    shown = mapping.order_out(show(order, out))
    assert amounts(show(order, out)) == ("1.000000", "0.010000", "0.990000", "0.27")
    assert shown.transactions[0].hash is None
    assert shown.transactions[0].receiver_address == DESTINATION
    assert shown.transactions[0].status == "inProgress"


def test_amounts_have_the_assets_own_decimals() -> None:
    for code, written in (("BTC", "0.00000001"), ("ETH", "0.000000000000000001")):
        order = replace(PAID, asset=code)
        assert amounts(show(order, make_payment(order, 1, 1, 0, 0)))[0] == written


def test_confirmations_are_those_of_the_youngest_payment() -> None:
    first, second = make_payment(PAID, 1, 1, 0, 0), make_payment(PAID, 2, 1, 0, 0)
    view = OrderView(
        PAID, (PaymentView(first, 21, None, "EUR"), PaymentView(second, 4, None, "EUR"))
    )
    order = mapping.order_out(view)
    assert (order.confirmations, order.required_confirmations) == (4, 19)


def test_labels_are_listed_in_order() -> None:
    order = replace(PAID, labels=frozenset({Label.UNDER, Label.LATE}))
    assert mapping.order_out(show(order)).labels == ["LATE", "UNDER"]


def test_times_are_utc_in_whole_seconds() -> None:
    prague = datetime(2024, 12, 16, 8, 20, 23, 999_999, timezone(timedelta(hours=1)))
    assert mapping.time_text(prague) == "2024-12-16T07:20:23+00:00"


@pytest.mark.parametrize(
    "text",
    ["", "x", ORDER.upper(), ORDER + "\n", ORDER.replace("-68a8-", "-28a8-"), "{" + ORDER + "}"],
)
def test_malformed_order_id_is_not_found(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        mapping.order_id_of(text)
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_ids_of_version_six_and_seven_are_read() -> None:
    for text in (ORDER, "0193d0a0-1111-7abc-8def-0123456789ab"):
        assert mapping.order_id_of(text) == UUID(text)


@pytest.mark.parametrize(
    "text", ["", "0", "0705", "-1", "+1", "7e2", "1_0", "\u0667", "1\n", "9" * 19]
)
def test_malformed_transaction_id_is_not_found(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        mapping.number_of(text)
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_largest_transaction_id_is_read() -> None:
    assert mapping.number_of(str(2**63 - 1)) == 2**63 - 1


def test_deposit_becomes_a_command_in_units() -> None:
    body = {"integrationId": INTEGRATION, "amount": "1.5", "assetId": "TRX", "externalId": "123"}
    asked = mapping.deposit(wire.Deposit.model_validate(body), TERMS)
    assert asked.command == OpenOrder(
        partner_id=MERCHANT.partner_id,
        integration_id=IntegrationId(UUID(INTEGRATION)),
        kind=OrderKind.DEPOSIT,
        asset="TRX",
        amount=1_500_000,
        external_id="123",
        customer=None,
    )
    assert (asked.operation, asked.reference) == ("cryptopayments:deposit", "123")
    assert asked.scope == f"{INTEGRATION}:TRX"


def test_transfer_becomes_a_command_from_the_managed_address() -> None:
    body = {
        "amount": "1.20",
        "assetId": "TRX",
        "transferAddress": DEPOSIT_ADDRESS,
        "destinationAddress": DESTINATION,
        "integrationId": INTEGRATION,
    }
    command = mapping.transfer(wire.Transfer.model_validate(body), TERMS).command
    assert isinstance(command, SendCrypto)
    assert (command.source, command.destination) == (DEPOSIT_ADDRESS, DESTINATION)
    assert command.amount == 1_200_000


def test_fiat_is_no_asset_of_orders() -> None:
    body = wire.Payment.model_validate(
        {"integrationId": INTEGRATION, "amount": "1", "assetId": "EUR"}
    )
    with pytest.raises(DomainError) as refused:
        mapping.payment(body, TERMS)
    assert refused.value.code is ErrorCode.ASSET_NOT_SUPPORTED


@given(
    st.integers(min_value=1, max_value=10**12),
    st.integers(min_value=10**9, max_value=10**24),
    st.sampled_from(["TRX", "BTC", "ETH"]),
)
def test_crypto_amount_is_amount_times_the_shown_rate(cents: int, price: int, code: str) -> None:
    rate = Rate(ASSETS[code], ASSETS["EUR"], price)
    text = f"{cents // 100}.{cents % 100:02}"
    (shown,) = mapping.rates_out([rate], text).rates
    scale = ASSETS[code].scale
    bought = parse_units(shown.crypto.amount, scale) if len(shown.crypto.amount) <= 40 else 0
    decimals = len(shown.rate.partition(".")[2])
    exact = cents * int(shown.rate.replace(".", ""))
    unit = 10 ** (2 + decimals - scale)
    assert bought == (exact * 2 + unit) // (unit * 2)


def test_no_price_at_all_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        mapping.rates_out([], "1")
    assert refused.value.code is ErrorCode.RATE_UNAVAILABLE
