"""Decide the dialect's words for everything closed in the core: errors, states, events, assets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.domain.orders.states import OrderState
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.payments.states import PaymentState
from cambist.http.refusals import Refusal, Violation
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName


class Status(StrEnum):
    """Name the vendor's statuses of orders and transactions."""

    IN_PROGRESS = "inProgress"
    COMPLETED = "completed"
    FAILED = "failed"


STATUSES: tuple[str, ...] = tuple(status.value for status in Status)

ORDER_STATUS: Mapping[OrderState, Status] = {
    OrderState.CREATED: Status.IN_PROGRESS,
    OrderState.AWAITING_PAYMENT: Status.IN_PROGRESS,
    OrderState.PAYMENT_SEEN: Status.IN_PROGRESS,
    OrderState.ON_CASE: Status.IN_PROGRESS,
    OrderState.PAID: Status.IN_PROGRESS,
    OrderState.SENDING: Status.IN_PROGRESS,
    OrderState.SENT: Status.IN_PROGRESS,
    OrderState.COMPLETED: Status.COMPLETED,
    OrderState.RETURNING: Status.FAILED,
    OrderState.RETURNED: Status.FAILED,
    OrderState.CANCELLED: Status.FAILED,
    OrderState.EXPIRED: Status.FAILED,
    OrderState.REJECTED: Status.FAILED,
}

PAYMENT_STATUS: Mapping[PaymentState, Status] = {
    PaymentState.PENDING: Status.IN_PROGRESS,
    PaymentState.CONFIRMED: Status.COMPLETED,
    PaymentState.DROPPED: Status.FAILED,
}

INTEGRATION_STATUS: Mapping[IntegrationStatus, str] = {
    IntegrationStatus.ACTIVE: "active",
    IntegrationStatus.PAUSED: "paused",
}

EVENT_STATUS: Mapping[EventName, Status | None] = {
    EventName.ORDER_CREATED: None,
    EventName.ORDER_PAYMENT_SEEN: None,
    EventName.ORDER_PAYMENT_CONFIRMED: None,
    EventName.ORDER_PAYMENT_REVERTED: None,
    EventName.ORDER_COMPLETED: Status.COMPLETED,
    EventName.ORDER_EXPIRED: Status.FAILED,
    EventName.ORDER_REOPENED: Status.IN_PROGRESS,
    EventName.ORDER_SENT: None,
    EventName.ORDER_FAILED: Status.FAILED,
    EventName.ORDER_CASE_OPENED: None,
    EventName.ORDER_CASE_SUBMITTED: None,
    EventName.ORDER_CASE_REJECTED: None,
    EventName.ORDER_CASE_CLOSED: None,
    EventName.ORDER_READY: None,
    EventName.ORDER_PAID: None,
    EventName.ORDER_CANCELLED: None,
    EventName.ORDER_RETURNING: None,
    EventName.ORDER_RETURNED: None,
}
"""The status an event brings an order to, None when the vendor's status stays as it was, and for
what never happens to a merchant's order."""


@dataclass(frozen=True, slots=True)
class AssetRow:
    """Hold the vendor's words for an asset; `rate_decimals` are shown of its exchange rate."""

    display_name: str
    name: str
    rate_decimals: int = 6


ASSET_ROWS: Mapping[str, AssetRow] = {
    "USDT_TRC20": AssetRow("Tether", "Tether (TRC20)"),
    "TRX": AssetRow("Tron", "Tron"),
    "BTC": AssetRow("Bitcoin", "Bitcoin", 12),
    "LTC": AssetRow("Litecoin", "Litecoin", 12),
    "ETH": AssetRow("Ethereum", "Ethereum", 18),
    "USDT_ERC20": AssetRow("Tether", "Tether (ERC20)"),
    "USDC_ERC20": AssetRow("USD Coin", "USD Coin (ERC20)"),
}
"""In the order they are listed; `id` is our code, blockchain names are the chain's."""

BLOCKCHAINS: Mapping[str, str] = {chain.id: chain.name for chain in CHAINS.values()}

SCALES: Mapping[int, tuple[str, ...]] = {
    scale: tuple(code for code in ASSET_ROWS if ASSETS[code].scale == scale)
    for scale in sorted({ASSETS[code].scale for code in ASSET_ROWS})
}
"""The assets by number of decimals."""

ERRORS: Mapping[ErrorCode, tuple[int, str]] = {
    ErrorCode.ADDRESS_INVALID: (422, "The address is not valid for the asset."),
    ErrorCode.AMOUNT_INVALID: (400, "The amount is not a plain decimal string."),
    ErrorCode.AMOUNT_TOO_LARGE: (422, "The amount is above the limit."),
    ErrorCode.AMOUNT_TOO_PRECISE: (400, "The amount has more decimals than the asset."),
    ErrorCode.AMOUNT_TOO_SMALL: (422, "The amount is too small."),
    ErrorCode.ASSET_NOT_SUPPORTED: (422, "The asset is not supported here."),
    ErrorCode.CASE_NOT_OPEN: (409, "This case is not open."),
    ErrorCode.CHAIN_UNAVAILABLE: (422, "The asset's network cannot be watched at the moment."),
    ErrorCode.CODE_EXPIRED: (422, "The code is too old."),
    ErrorCode.CODE_INVALID: (422, "The code is not right."),
    ErrorCode.CONFLICT: (409, "The resource was changed at the same time; try again."),
    ErrorCode.CREDENTIAL_INVALID: (401, "The API key is missing or not valid."),
    ErrorCode.DOCUMENT_INVALID: (422, "The document cannot be taken."),
    ErrorCode.FENCED: (503, "Another process took over; try again."),
    ErrorCode.FIELD_INVALID: (422, "A field is not valid."),
    ErrorCode.IDEMPOTENCY_CONFLICT: (409, "The key was used for a different request."),
    ErrorCode.INSUFFICIENT_BALANCE: (422, "The balance does not cover amount and fees."),
    ErrorCode.INVALID_STATE: (422, "The order is in a state that does not allow this."),
    ErrorCode.LIMIT_EXCEEDED: (422, "A limit is exceeded."),
    ErrorCode.LINK_INVALID: (404, "The link was used or is too old."),
    ErrorCode.NONCE_USED: (401, "The request was made before."),
    ErrorCode.NOT_FOUND: (404, "There is no such resource."),
    ErrorCode.ORDER_NOT_REFUNDABLE: (422, "Only completed incoming orders can be refunded."),
    ErrorCode.OVERLOADED: (503, "Too much to do at the moment; try again."),
    ErrorCode.QUOTE_EXPIRED: (409, "The quote has expired."),
    ErrorCode.QUOTE_USED: (409, "The quote was used."),
    ErrorCode.RATE_UNAVAILABLE: (422, "There is no trustworthy price at the moment."),
    ErrorCode.REFUND_EXCEEDS_RECEIVED: (422, "Refunds together would exceed what was received."),
    ErrorCode.SETTING_INVALID: (422, "A setting of the integration is not valid."),
    ErrorCode.TOO_MANY_TRIES: (429, "Too many tries."),
    ErrorCode.UNKNOWN_OUTCOME: (503, "The outcome is not known; repeat with the same key."),
}

RETRY_AFTER_S: Mapping[ErrorCode, int] = {
    ErrorCode.FENCED: 1,
    ErrorCode.OVERLOADED: 1,
    ErrorCode.UNKNOWN_OUTCOME: 1,
}


def refuse(error: DomainError) -> Refusal:
    """Put a refusal of the core into the dialect's words; `field` becomes a violation."""
    status, detail = ERRORS[error.code]
    field = error.facts.get("field")
    violations: tuple[Violation, ...] = ()
    if field is not None or status == 400:
        violations = (Violation(str(field or ""), detail, error.code.value),)
    wait = RETRY_AFTER_S.get(error.code)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Refusal(status, error.code.value, detail, violations, headers)
