"""Decide the dialect's words for everything closed in the core: errors, states, events, rails."""

from collections.abc import Mapping
from enum import StrEnum

from cambist.domain.market.assets import CRYPTO, asset_of
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.rails import Method
from cambist.http.problem_json import ProblemJson, ProblemRow
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.money import format_units


class Status(StrEnum):
    """Name the statuses of orders."""

    CREATED = "CREATED"
    AWAITING_VERIFICATION = "AWAITING_VERIFICATION"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAYMENT_RECEIVED = "PAYMENT_RECEIVED"
    SENDING = "SENDING"
    SENT = "SENT"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"


STATUSES: tuple[str, ...] = tuple(status.value for status in Status)

ORDER_STATUS: Mapping[OrderState, Status] = {
    OrderState.CREATED: Status.CREATED,
    OrderState.ON_CASE: Status.AWAITING_VERIFICATION,
    OrderState.AWAITING_PAYMENT: Status.AWAITING_PAYMENT,
    OrderState.PAYMENT_SEEN: Status.AWAITING_PAYMENT,
    OrderState.PAID: Status.PAYMENT_RECEIVED,
    OrderState.SENDING: Status.SENDING,
    OrderState.SENT: Status.SENT,
    OrderState.COMPLETED: Status.COMPLETED,
    OrderState.RETURNING: Status.CANCELLED,
    OrderState.RETURNED: Status.CANCELLED,
    OrderState.CANCELLED: Status.CANCELLED,
    OrderState.EXPIRED: Status.EXPIRED,
    OrderState.REJECTED: Status.REJECTED,
}

STATES: Mapping[Status, frozenset[OrderState]] = {
    status: frozenset(state for state, shown in ORDER_STATUS.items() if shown is status)
    for status in Status
}
"""The states of the core a status stands for."""

PAYABLE = STATES[Status.AWAITING_PAYMENT]
"""Only then an order tells how to pay: money for one that is held or over would have to wait."""

EVENTS: Mapping[EventName, bool] = {
    EventName.ORDER_CREATED: True,
    EventName.ORDER_PAYMENT_SEEN: True,
    EventName.ORDER_PAYMENT_CONFIRMED: True,
    EventName.ORDER_PAYMENT_REVERTED: True,
    EventName.ORDER_COMPLETED: True,
    EventName.ORDER_EXPIRED: True,
    EventName.ORDER_REOPENED: True,
    EventName.ORDER_SENT: True,
    EventName.ORDER_FAILED: True,
    EventName.ORDER_CASE_OPENED: True,
    EventName.ORDER_CASE_SUBMITTED: False,
    EventName.ORDER_CASE_REJECTED: False,
    EventName.ORDER_CASE_CLOSED: False,
    EventName.ORDER_READY: True,
    EventName.ORDER_PAID: True,
    EventName.ORDER_CANCELLED: True,
    EventName.ORDER_RETURNING: True,
    EventName.ORDER_RETURNED: True,
}
"""Whether a client is told of an event; how a customer answers a case is between him and us."""

RAILS: Mapping[str, Method] = {
    "EUR": Method.SEPA,
    "CZK": Method.CZ_BANK,
    "SEK": Method.SE_BANK,
}
"""The rail that carries a currency, in the order currencies are listed."""

CRYPTO_CODES: tuple[str, ...] = tuple(asset.code for asset in CRYPTO)
FIAT_CODES: tuple[str, ...] = tuple(RAILS)

_RETRY_S = 1

ERRORS: Mapping[ErrorCode, ProblemRow] = {
    ErrorCode.ADDRESS_INVALID: ProblemRow(
        422, "address-invalid", "Address not valid", "Nothing can be sent to the address."
    ),
    ErrorCode.AMOUNT_INVALID: ProblemRow(
        400, "amount-invalid", "Amount not valid", "The amount is not a plain decimal string."
    ),
    ErrorCode.AMOUNT_TOO_LARGE: ProblemRow(
        422, "amount-too-large", "Amount too large", "The amount is above the limit."
    ),
    ErrorCode.AMOUNT_TOO_PRECISE: ProblemRow(
        422,
        "amount-too-precise",
        "Amount too precise",
        "The amount has more decimals than the currency.",
    ),
    ErrorCode.AMOUNT_TOO_SMALL: ProblemRow(
        422, "amount-too-small", "Amount too small", "The amount is too small."
    ),
    ErrorCode.ASSET_NOT_SUPPORTED: ProblemRow(
        422, "asset-not-supported", "Currency not supported", "The currency is not traded here."
    ),
    ErrorCode.CASE_NOT_OPEN: ProblemRow(
        409, "case-not-open", "Case not open", "This case is not open."
    ),
    ErrorCode.CHAIN_UNAVAILABLE: ProblemRow(
        422,
        "chain-unavailable",
        "Network not available",
        "The currency's network cannot be watched at the moment.",
    ),
    ErrorCode.CODE_EXPIRED: ProblemRow(422, "code-expired", "Code expired", "The code is too old."),
    ErrorCode.CODE_INVALID: ProblemRow(
        422, "code-invalid", "Code not valid", "The code is not right."
    ),
    ErrorCode.CONFLICT: ProblemRow(
        409, "conflict", "Changed meanwhile", "It was changed at the same time; try again."
    ),
    ErrorCode.CREDENTIAL_INVALID: ProblemRow(
        401, "credential-invalid", "Credential not valid", "The API key is missing or not valid."
    ),
    ErrorCode.DOCUMENT_INVALID: ProblemRow(
        422, "document-invalid", "Document not valid", "The document cannot be taken."
    ),
    ErrorCode.FENCED: ProblemRow(
        503, "fenced", "Taken over", "Another process took over; try again.", _RETRY_S
    ),
    ErrorCode.FIELD_INVALID: ProblemRow(
        422, "field-refused", "Field refused", "A field is well formed, but cannot be taken."
    ),
    ErrorCode.IDEMPOTENCY_CONFLICT: ProblemRow(
        409,
        "idempotency-conflict",
        "Key used before",
        "The key was used for a different request.",
    ),
    ErrorCode.INSUFFICIENT_BALANCE: ProblemRow(
        422,
        "insufficient-balance",
        "Balance too small",
        "The balance does not cover amount and fees.",
    ),
    ErrorCode.INVALID_STATE: ProblemRow(
        409, "invalid-state", "Not in this state", "The order's state does not allow this."
    ),
    ErrorCode.LIMIT_EXCEEDED: ProblemRow(
        422, "limit-exceeded", "Limit exceeded", "The order would exceed a limit."
    ),
    ErrorCode.LINK_INVALID: ProblemRow(
        410, "link-invalid", "Link not valid", "The link was used or is too old."
    ),
    ErrorCode.NONCE_USED: ProblemRow(
        401, "nonce-used", "Made before", "The request was made before."
    ),
    ErrorCode.NOT_FOUND: ProblemRow(404, "not-found", "Not found", "There is no such resource."),
    ErrorCode.ORDER_NOT_REFUNDABLE: ProblemRow(
        422, "order-not-refundable", "Not refundable", "The order cannot be refunded."
    ),
    ErrorCode.OVERLOADED: ProblemRow(
        503, "overloaded", "Overloaded", "Too much to do at the moment; try again.", _RETRY_S
    ),
    ErrorCode.QUOTE_EXPIRED: ProblemRow(
        409, "quote-expired", "Quote expired", "The quote has expired."
    ),
    ErrorCode.QUOTE_USED: ProblemRow(409, "quote-used", "Quote used", "The quote was used."),
    ErrorCode.RATE_UNAVAILABLE: ProblemRow(
        422, "rate-unavailable", "No rate", "There is no trustworthy price at the moment."
    ),
    ErrorCode.REFUND_EXCEEDS_RECEIVED: ProblemRow(
        422, "refund-exceeds-received", "Refund too large", "Refunds would exceed what came in."
    ),
    ErrorCode.SETTING_INVALID: ProblemRow(
        422, "setting-invalid", "Setting not valid", "A setting is not valid."
    ),
    ErrorCode.TOO_MANY_TRIES: ProblemRow(
        429, "too-many-tries", "Too many tries", "Too many tries.", _RETRY_S
    ),
    ErrorCode.UNKNOWN_OUTCOME: ProblemRow(
        503,
        "unknown-outcome",
        "Outcome not known",
        "The outcome is not known; repeat with the same key.",
        _RETRY_S,
    ),
}

FIELDS: Mapping[str, str] = {
    "bank_account": "bankAccount",
    "email": "email",
    "quote_id": "quoteId",
}
"""The wire's names of fields as the core calls them."""

AMOUNT_CHOICE = "amount-choice"
AMOUNT_CHOICE_DETAIL = (
    "Exactly one of cryptoAmount and fiatAmount is expected, neither with a quoteId."
)
LINK_MAILED = "link-mailed"
LINK_MAILED_DETAIL = "The customer has an e-mail address; links to his orders go there."
OWN: Mapping[str, str] = {
    AMOUNT_CHOICE: "One amount expected",
    LINK_MAILED: "Links are mailed",
}
"""Titles of the refusals that are this dialect's own."""

AMOUNT_FACTS = ("limit", "left")
TEXT_FACTS = ("currency", "window")


def extras(error: DomainError) -> Mapping[str, str | int | None]:
    """Tell programs the limit that was hit: amounts as decimal strings, and their currency."""
    facts = error.facts
    currency = facts.get("currency")
    if currency is None:
        return {}
    scale = asset_of(str(currency)).scale
    found: dict[str, str | int | None] = {n: facts[n] for n in TEXT_FACTS if n in facts}
    for name in AMOUNT_FACTS:
        value = facts.get(name)
        if value is not None:
            found[name] = format_units(value, scale) if isinstance(value, int) else value
    return found


PROBLEMS = ProblemJson(ERRORS, with_code=True, fields=FIELDS, extras=extras, own=OWN)
"""How refusals read."""
