"""Decide how control operations refuse: one status and text for each code, the field named."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cambist.http.refusals import Refusal, Violation
from cambist.kernel.errors import DomainError, ErrorCode

ERRORS: Mapping[ErrorCode, tuple[int, str]] = {
    ErrorCode.ADDRESS_INVALID: (422, "The address is not one of this chain."),
    ErrorCode.AMOUNT_INVALID: (400, "A plain decimal string is expected, such as 1.5."),
    ErrorCode.AMOUNT_TOO_LARGE: (422, "The amount is too large."),
    ErrorCode.AMOUNT_TOO_PRECISE: (400, "The amount has more decimals than the asset."),
    ErrorCode.AMOUNT_TOO_SMALL: (422, "The amount must be above zero."),
    ErrorCode.ASSET_NOT_SUPPORTED: (422, "The asset is not one of this chain."),
    ErrorCode.CASE_NOT_OPEN: (409, "This case is not open."),
    ErrorCode.CHAIN_UNAVAILABLE: (503, "The chain does not answer."),
    ErrorCode.CODE_EXPIRED: (422, "The code is too old."),
    ErrorCode.CODE_INVALID: (422, "The code is not right."),
    ErrorCode.CONFLICT: (409, "It was changed at the same time; try again."),
    ErrorCode.CREDENTIAL_INVALID: (401, "The token is missing or not valid."),
    ErrorCode.DOCUMENT_INVALID: (422, "The document cannot be taken."),
    ErrorCode.FENCED: (503, "Another process took over; try again."),
    ErrorCode.FIELD_INVALID: (422, "A field is not valid."),
    ErrorCode.IDEMPOTENCY_CONFLICT: (409, "The key was used for a different request."),
    ErrorCode.INSUFFICIENT_BALANCE: (422, "The balance is too small."),
    ErrorCode.INVALID_STATE: (422, "Where things stand does not allow this."),
    ErrorCode.LIMIT_EXCEEDED: (422, "A limit of the sandbox is exceeded."),
    ErrorCode.LINK_INVALID: (410, "The link was used or is too old."),
    ErrorCode.NONCE_USED: (401, "The request was made before."),
    ErrorCode.NOT_FOUND: (404, "There is no such thing."),
    ErrorCode.ORDER_NOT_REFUNDABLE: (422, "Only completed incoming orders can be refunded."),
    ErrorCode.OVERLOADED: (503, "Too much to do at the moment; try again."),
    ErrorCode.QUOTE_EXPIRED: (409, "The quote has expired."),
    ErrorCode.QUOTE_USED: (409, "The quote was used."),
    ErrorCode.RATE_UNAVAILABLE: (422, "There is no trustworthy price at the moment."),
    ErrorCode.REFUND_EXCEEDS_RECEIVED: (422, "Refunds together would exceed what was received."),
    ErrorCode.SETTING_INVALID: (422, "A setting is not valid."),
    ErrorCode.TOO_MANY_TRIES: (429, "Too many tries."),
    ErrorCode.UNKNOWN_OUTCOME: (503, "The outcome is not known; try again."),
}


def refuse(error: DomainError) -> Refusal:
    """Describe a refusal; the field at fault, when known, becomes a violation."""
    status, detail = ERRORS[error.code]
    field = error.facts.get("field")
    violations = () if field is None else (Violation(str(field), detail, error.code.value),)
    return Refusal(status, error.code.value, detail, violations)


@contextmanager
def naming(field: str, **fields: str) -> Iterator[None]:
    """Name the field a refusal inside is about; `fields` are for codes (ADDRESS_INVALID="...")."""
    try:
        yield
    except DomainError as error:
        named = fields.get(error.code.name, field)
        raise DomainError(error.code, **{"field": named, **error.facts}) from error
