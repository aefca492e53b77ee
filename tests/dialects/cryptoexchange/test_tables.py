"""Show that the dialect has a word for everything closed in the core."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from cambist.dialects.cryptoexchange import wire
from cambist.dialects.cryptoexchange.tables import (
    CRYPTO_CODES,
    ERRORS,
    EVENTS,
    ORDER_STATUS,
    PROBLEMS,
    RAILS,
    STATES,
    Status,
)
from cambist.domain.compliance.limits import TradeLimits, Turnover, subject
from cambist.domain.market.assets import ASSETS, CRYPTO, FIAT
from cambist.domain.messaging.messages import LANGUAGES
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.rails import Method
from cambist.http.problem_json import rows_agree
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)

DESIGN = {
    "created": "CREATED",
    "on_case": "AWAITING_VERIFICATION",
    "awaiting_payment": "AWAITING_PAYMENT",
    "payment_seen": "AWAITING_PAYMENT",
    "paid": "PAYMENT_RECEIVED",
    "sending": "SENDING",
    "sent": "SENT",
    "completed": "COMPLETED",
    "returning": "CANCELLED",
    "returned": "CANCELLED",
    "cancelled": "CANCELLED",
    "expired": "EXPIRED",
    "rejected": "REJECTED",
}


def test_tables_are_total() -> None:
    assert set(ERRORS) == set(ErrorCode)
    assert set(ORDER_STATUS) == set(OrderState)
    assert set(EVENTS) == set(EventName)
    assert set(CRYPTO_CODES) == {asset.code for asset in CRYPTO}
    assert set(RAILS) <= {asset.code for asset in FIAT}
    assert set(RAILS.values()) == set(Method) - {Method.BALANCE}


def test_statuses_are_those_of_the_design() -> None:
    assert {state.value: status.value for state, status in ORDER_STATUS.items()} == DESIGN


def test_every_status_is_reached_and_leads_back_to_its_states() -> None:
    assert set(ORDER_STATUS.values()) == set(Status)
    for state, status in ORDER_STATUS.items():
        assert state in STATES[status]
    assert sum(len(states) for states in STATES.values()) == len(OrderState)


def test_codes_have_one_title_and_status_each() -> None:
    assert rows_agree(ERRORS)


@pytest.mark.parametrize("fiat", RAILS)
def test_what_is_left_of_a_limit_is_told_with_its_currency(fiat: str) -> None:
    limits = TradeLimits(0, None, 3_000_000, None)
    ordered = Turnover(subject("customer", "7", fiat), ()).add(2_999_995, limits, NOW)
    with pytest.raises(DomainError) as refused:
        ordered.add(6, limits, NOW)
    assert PROBLEMS.refuse(refused.value).extra == {
        "limit": "30000.00",
        "left": "0.05",
        "currency": fiat,
        "window": "day",
    }


def test_limits_of_what_is_no_money_are_not_told_as_money() -> None:
    assert PROBLEMS.refuse(DomainError(ErrorCode.LIMIT_EXCEEDED, limit=20)).extra == {}


def test_a_limit_that_is_text_already_stays_as_it_is() -> None:
    refusal = PROBLEMS.refuse(
        DomainError(ErrorCode.AMOUNT_TOO_SMALL, limit="10.00", currency="EUR")
    )
    assert refusal.extra == {"limit": "10.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("core", "wire"), [("bank_account", "bankAccount"), ("address", "address")]
)
def test_fields_of_the_core_have_the_wires_names(core: str, wire: str) -> None:
    refusal = PROBLEMS.refuse(DomainError(ErrorCode.FIELD_INVALID, field=core, reason="format"))
    assert [(one.path, one.code) for one in refusal.violations] == [(wire, "format")]


def test_transient_refusals_say_when_to_come_back() -> None:
    for code, row in ERRORS.items():
        refusal = PROBLEMS.refuse(DomainError(code))
        assert ("Retry-After" in refusal.headers) == (row.status in (429, 503))


def test_every_currency_listed_exists() -> None:
    assert set(CRYPTO_CODES) | set(RAILS) <= set(ASSETS)


def test_customers_are_written_to_in_every_language_there_is() -> None:
    assert get_args(wire.Language) == LANGUAGES
