"""Show that the dialect has a word for everything closed in the core."""

import pytest

from cambist.dialects.cryptopayments.tables import (
    ASSET_ROWS,
    BLOCKCHAINS,
    ERRORS,
    EVENT_STATUS,
    INTEGRATION_STATUS,
    ORDER_STATUS,
    PAYMENT_STATUS,
    RETRY_AFTER_S,
    SCALES,
    Status,
    refuse,
)
from cambist.domain.market.assets import ASSETS, CRYPTO
from cambist.domain.orders.states import OrderState
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.payments.states import PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName

BUSINESS = {
    "asset-not-supported",
    "insufficient-balance",
    "refund-exceeds-received",
    "order-not-refundable",
    "address-invalid",
    "amount-too-small",
    "rate-unavailable",
}


def test_tables_are_total() -> None:
    assert set(ERRORS) == set(ErrorCode)
    assert set(ORDER_STATUS) == set(OrderState)
    assert set(PAYMENT_STATUS) == set(PaymentState)
    assert set(INTEGRATION_STATUS) == set(IntegrationStatus)
    assert set(EVENT_STATUS) == set(EventName)
    assert set(ASSET_ROWS) == {asset.code for asset in CRYPTO}
    assert {ASSETS[code].chain for code in ASSET_ROWS} <= set(BLOCKCHAINS)
    assert {code for codes in SCALES.values() for code in codes} == set(ASSET_ROWS)


def test_every_vendor_status_is_reached() -> None:
    assert set(ORDER_STATUS.values()) == set(Status)
    assert set(PAYMENT_STATUS.values()) == set(Status)


@pytest.mark.parametrize("code", sorted(BUSINESS))
def test_business_refusals_are_422_with_their_code(code: str) -> None:
    refusal = refuse(DomainError(ErrorCode(code), field="amount"))
    assert (refusal.status, refusal.code) == (422, code)
    assert [(v.path, v.code) for v in refusal.violations] == [("amount", code)]


def test_transient_refusals_say_when_to_come_back() -> None:
    transient = {code for code, (status, _) in ERRORS.items() if status == 503}
    assert transient == set(RETRY_AFTER_S)
    assert refuse(DomainError(ErrorCode.OVERLOADED)).headers == {"Retry-After": "1"}


def test_bad_input_always_names_a_violation() -> None:
    for code, (status, _) in ERRORS.items():
        refusal = refuse(DomainError(code))
        assert bool(refusal.violations) == (status == 400)


def test_events_without_a_change_of_status_are_not_called_back_as_one() -> None:
    assert EVENT_STATUS[EventName.ORDER_COMPLETED] is Status.COMPLETED
    assert EVENT_STATUS[EventName.ORDER_EXPIRED] is Status.FAILED
    assert EVENT_STATUS[EventName.ORDER_PAYMENT_SEEN] is None
