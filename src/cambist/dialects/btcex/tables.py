"""Decide the dialect's words for everything closed in the core: errors, states, cases, events."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from cambist.dialects.btcex import browser
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Purpose
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.http.problem_json import ProblemJson, ProblemRow
from cambist.http.refusals import Refusal
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.money import parse_units

CRYPTO, FIAT = "BTC", "CZK"
"""What `satoshi` and `pennies` count."""

PENNIES = 2
"""The decimals of FIAT."""

CHALLENGE = 'Btcex realm="btcex"'
UNAUTHORIZED = 401


class Status(StrEnum):
    """Name where an order stands."""

    CREATED = "CREATED"
    WAITING_FOR_CASE = "WAITING_FOR_CASE"
    WAITING_FOR_PAYMENT = "WAITING_FOR_PAYMENT"
    PAYMENT_SEEN = "PAYMENT_SEEN"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    RETURNED = "RETURNED"


ORDER_STATUS: Mapping[OrderState, Status] = {
    OrderState.CREATED: Status.CREATED,
    OrderState.ON_CASE: Status.WAITING_FOR_CASE,
    OrderState.AWAITING_PAYMENT: Status.WAITING_FOR_PAYMENT,
    OrderState.PAYMENT_SEEN: Status.PAYMENT_SEEN,
    OrderState.PAID: Status.PROCESSING,
    OrderState.SENDING: Status.PROCESSING,
    OrderState.SENT: Status.PROCESSING,
    OrderState.COMPLETED: Status.COMPLETED,
    OrderState.RETURNING: Status.RETURNED,
    OrderState.RETURNED: Status.RETURNED,
    OrderState.CANCELLED: Status.CANCELLED,
    OrderState.EXPIRED: Status.EXPIRED,
    OrderState.REJECTED: Status.CANCELLED,
}

STATES_OF_STATUS: Mapping[Status, frozenset[OrderState]] = {
    status: frozenset(state for state, word in ORDER_STATUS.items() if word is status)
    for status in Status
}
"""What a filter by the vendor's status asks the core for."""

TYPES: Mapping[OrderKind, str] = {OrderKind.BUY: "buy", OrderKind.SELL: "sell"}
"""The kinds of orders this dialect knows; others are not found through it."""


class CaseName(StrEnum):
    """Name the vendor's cases as they stand in paths."""

    VERIFY_IDENTITY = "verify-identity"
    AML_CZ = "aml-cz"
    VERIFY_PHONE = "verify-phone"
    VERIFY_PHONE_SMS = "verify-phone-sms"
    DEPOSIT = "deposit"
    DEPOSIT_SMS = "deposit-sms"
    CHANGE = "change"
    RETURN = "return"


OPEN_CASE: Mapping[CaseKind, CaseName | None] = {
    CaseKind.IDENTITY: CaseName.VERIFY_IDENTITY,
    CaseKind.AML: CaseName.AML_CZ,
    CaseKind.PHONE: CaseName.VERIFY_PHONE,
    CaseKind.DEPOSIT: CaseName.DEPOSIT,
    CaseKind.CHANGE: CaseName.CHANGE,
    CaseKind.RETURN: CaseName.RETURN,
    CaseKind.EDD: None,
}
"""What an order shows as its open case; None where only the staff is asked."""

CASE_KIND: Mapping[CaseName, CaseKind] = {
    CaseName.VERIFY_IDENTITY: CaseKind.IDENTITY,
    CaseName.AML_CZ: CaseKind.AML,
    CaseName.VERIFY_PHONE: CaseKind.PHONE,
    CaseName.VERIFY_PHONE_SMS: CaseKind.PHONE,
    CaseName.DEPOSIT: CaseKind.DEPOSIT,
    CaseName.DEPOSIT_SMS: CaseKind.DEPOSIT,
    CaseName.CHANGE: CaseKind.CHANGE,
    CaseName.RETURN: CaseKind.RETURN,
}
"""The case a path is about; the SMS paths belong to the case the code is for."""

PURPOSES: Mapping[CaseKind, Purpose] = {
    CaseKind.PHONE: Purpose.PHONE,
    CaseKind.DEPOSIT: Purpose.DEPOSIT,
}
"""What the codes of a case prove."""

STATUS_CHANGED, CASE_OPENED = "order.status-changed", "order.case-opened"

EVENT_TYPES: Mapping[EventName, str | None] = {
    EventName.ORDER_CREATED: None,
    EventName.ORDER_PAYMENT_SEEN: STATUS_CHANGED,
    EventName.ORDER_PAYMENT_CONFIRMED: None,
    EventName.ORDER_PAYMENT_REVERTED: STATUS_CHANGED,
    EventName.ORDER_COMPLETED: STATUS_CHANGED,
    EventName.ORDER_EXPIRED: STATUS_CHANGED,
    EventName.ORDER_REOPENED: STATUS_CHANGED,
    EventName.ORDER_SENT: None,
    EventName.ORDER_FAILED: STATUS_CHANGED,
    EventName.ORDER_CASE_OPENED: CASE_OPENED,
    EventName.ORDER_CASE_SUBMITTED: None,
    EventName.ORDER_CASE_REJECTED: CASE_OPENED,
    EventName.ORDER_CASE_CLOSED: None,
    EventName.ORDER_READY: STATUS_CHANGED,
    EventName.ORDER_PAID: STATUS_CHANGED,
    EventName.ORDER_CANCELLED: STATUS_CHANGED,
    EventName.ORDER_RETURNING: STATUS_CHANGED,
    EventName.ORDER_RETURNED: None,
}
"""What the partner is told of an event, None when its words for the order stay the same."""

_E = ErrorCode

ERRORS: Mapping[ErrorCode, ProblemRow] = {
    code: ProblemRow(status, code.value, title, detail, wait)
    for code, status, title, detail, wait in (
        (_E.ADDRESS_INVALID, 422, "Address not valid",
         "Bitcoin cannot be sent to this address.", None),
        (_E.AMOUNT_INVALID, 400, "Amount not valid", "A whole number is expected.", None),
        (_E.AMOUNT_TOO_LARGE, 422, "Amount too large", "The amount is above the limit.", None),
        (_E.AMOUNT_TOO_PRECISE, 400, "Amount too precise", "A whole number is expected.", None),
        (_E.AMOUNT_TOO_SMALL, 422, "Amount too small", "The amount is too small.", None),
        (_E.ASSET_NOT_SUPPORTED, 422, "Not traded", "This is not traded at the moment.", None),
        (_E.CASE_NOT_OPEN, 409, "Case not open",
         "The order does not wait for this; `open_case` names what it waits for.", None),
        (_E.CHAIN_UNAVAILABLE, 422, "Network unavailable",
         "The Bitcoin network cannot be watched at the moment.", 30),
        (_E.CODE_EXPIRED, 422, "Code expired", "The code is too old; ask for another.", None),
        (_E.CODE_INVALID, 422, "Code not valid", "The code is not the one that was sent.", None),
        (_E.CONFLICT, 409, "Conflict", "The order was changed at the same time; try again.", None),
        (_E.CREDENTIAL_INVALID, 401, "Credential not valid",
         "The credential is missing or not valid.", None),
        (_E.DOCUMENT_INVALID, 422, "Document not valid",
         "The file is not a picture or document we can read.", None),
        (_E.FENCED, 503, "Moved", "Another process took over; try again.", 1),
        (_E.FIELD_INVALID, 400, "Fields not valid", "Some fields are not valid.", None),
        (_E.IDEMPOTENCY_CONFLICT, 409, "Key used",
         "The key was used for a different request.", None),
        (_E.INSUFFICIENT_BALANCE, 422, "Balance too small",
         "The balance does not cover the amount.", None),
        (_E.INVALID_STATE, 409, "Not in this state",
         "The order's state does not allow this.", None),
        (_E.LIMIT_EXCEEDED, 422, "Limit exceeded", "A limit is exceeded.", None),
        (_E.LINK_INVALID, 404, "Link not valid", "The link was used before or is too old.", None),
        (_E.NONCE_USED, 401, "Nonce used", "This nonce was used before; take another.", None),
        (_E.NOT_FOUND, 404, "Not found", "There is no such resource.", None),
        (_E.ORDER_NOT_REFUNDABLE, 409, "Nothing to return", "There is nothing to return.", None),
        (_E.OVERLOADED, 503, "Overloaded", "Too much to do at the moment; try again.", 1),
        (_E.QUOTE_EXPIRED, 409, "Price expired", "The price is no longer valid.", None),
        (_E.QUOTE_USED, 409, "Price used", "The price was used for another order.", None),
        (_E.RATE_UNAVAILABLE, 422, "No price",
         "There is no trustworthy price at the moment.", 10),
        (_E.REFUND_EXCEEDS_RECEIVED, 409, "More than received",
         "More would go back than came in.", None),
        (_E.SETTING_INVALID, 422, "Setting not valid", "A setting is not valid.", None),
        (_E.TOO_MANY_TRIES, 429, "Too many tries", "There were too many tries.", 3_600),
        (_E.UNKNOWN_OUTCOME, 503, "Outcome unknown",
         "The outcome is not known; look at the order before trying again.", 1),
    )
}  # fmt: skip

FIELDS: Mapping[str, str] = {"address": "btc_address", "destination": "btc_address"}
"""The wire's names where the core's differ."""


BOUNDED = frozenset({ErrorCode.AMOUNT_TOO_LARGE, ErrorCode.AMOUNT_TOO_SMALL})


def _extras(error: DomainError) -> Mapping[str, str | int | None]:
    """Name the case that is open, the tries that are left, a bound, where the core says them."""
    extra: dict[str, str | int | None] = {}
    limit = error.facts.get("limit")
    if error.code in BOUNDED and limit is not None:
        extra["limit_pennies"] = limit if isinstance(limit, int) else parse_units(limit, PENNIES)
    if error.code is ErrorCode.CASE_NOT_OPEN:
        kind = error.facts.get("open")
        extra["open_case"] = OPEN_CASE[CaseKind(str(kind))] if kind else None
    if error.code is ErrorCode.CODE_INVALID:
        extra["attempts_left"] = error.facts.get("left")
    return extra


PROBLEMS = ProblemJson(
    ERRORS,
    with_code=False,
    fields=FIELDS,
    extras=_extras,
    own={browser.CODE: browser.TITLE, "test-not-allowed": "Test not allowed"},
)


def refuse(error: DomainError) -> Refusal:
    """Put a refusal of the core into the dialect's words."""
    refusal = PROBLEMS.refuse(error)
    if refusal.status != UNAUTHORIZED:
        return refusal
    return replace(refusal, headers={**refusal.headers, "WWW-Authenticate": CHALLENGE})
