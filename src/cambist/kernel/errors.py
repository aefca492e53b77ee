"""Decide which refusals exist: one closed list of codes, one exception that carries facts."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Name a refusal; each dialect's error table gives it a status and a text."""

    ADDRESS_INVALID = "address-invalid"
    AMOUNT_INVALID = "amount-invalid"
    AMOUNT_TOO_LARGE = "amount-too-large"
    AMOUNT_TOO_PRECISE = "amount-too-precise"
    AMOUNT_TOO_SMALL = "amount-too-small"
    ASSET_NOT_SUPPORTED = "asset-not-supported"
    CASE_NOT_OPEN = "case-not-open"
    CHAIN_UNAVAILABLE = "chain-unavailable"
    CODE_EXPIRED = "code-expired"
    CODE_INVALID = "code-invalid"
    CONFLICT = "conflict"
    CREDENTIAL_INVALID = "credential-invalid"
    DOCUMENT_INVALID = "document-invalid"
    FENCED = "fenced"
    FIELD_INVALID = "field-invalid"
    IDEMPOTENCY_CONFLICT = "idempotency-conflict"
    INSUFFICIENT_BALANCE = "insufficient-balance"
    INVALID_STATE = "invalid-state"
    LIMIT_EXCEEDED = "limit-exceeded"
    LINK_INVALID = "link-invalid"
    NONCE_USED = "nonce-used"
    NOT_FOUND = "not-found"
    ORDER_NOT_REFUNDABLE = "order-not-refundable"
    OVERLOADED = "overloaded"
    QUOTE_EXPIRED = "quote-expired"
    QUOTE_USED = "quote-used"
    RATE_UNAVAILABLE = "rate-unavailable"
    REFUND_EXCEEDS_RECEIVED = "refund-exceeds-received"
    SETTING_INVALID = "setting-invalid"
    TOO_MANY_TRIES = "too-many-tries"
    UNKNOWN_OUTCOME = "unknown-outcome"


class DomainError(Exception):
    """Refuse a command; `facts` are plain values a dialect may show (field, scale, limit)."""

    def __init__(self, code: ErrorCode, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
