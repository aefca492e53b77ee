"""Decide how a refused request is described before a dialect puts it into its own envelope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ROOT = ""
VIOLATIONS_MAX = 100
"""Who sends thousands of wrong values is told the first ones: no answer dwarfs its request."""


class Fault(StrEnum):
    """Name what can be wrong with a request itself; refusals of the core are `ErrorCode`."""

    BODY_TOO_LARGE = "body-too-large"
    CREDENTIAL_INVALID = "credential-invalid"
    FIELD_INVALID = "field-invalid"
    INTERNAL = "internal"
    JSON_INVALID = "json-invalid"
    MEDIA_TYPE_UNSUPPORTED = "media-type-unsupported"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_FOUND = "not-found"
    RATE_LIMITED = "rate-limited"
    REQUEST_INVALID = "request-invalid"


STATUSES: Mapping[Fault, int] = {
    Fault.BODY_TOO_LARGE: 413,
    Fault.CREDENTIAL_INVALID: 401,
    Fault.FIELD_INVALID: 400,
    Fault.INTERNAL: 500,
    Fault.JSON_INVALID: 400,
    Fault.MEDIA_TYPE_UNSUPPORTED: 415,
    Fault.METHOD_NOT_ALLOWED: 405,
    Fault.NOT_FOUND: 404,
    Fault.RATE_LIMITED: 429,
    Fault.REQUEST_INVALID: 400,
}

DETAILS: Mapping[Fault, str] = {
    Fault.BODY_TOO_LARGE: "The request body is too large.",
    Fault.CREDENTIAL_INVALID: "The credential is missing or not valid.",
    Fault.FIELD_INVALID: "Some fields are not valid.",
    Fault.INTERNAL: "Something went wrong on our side.",
    Fault.JSON_INVALID: "The request body is not the JSON object that is expected.",
    Fault.MEDIA_TYPE_UNSUPPORTED: "The request body must be application/json.",
    Fault.METHOD_NOT_ALLOWED: "The resource does not know this method.",
    Fault.NOT_FOUND: "There is no such resource.",
    Fault.RATE_LIMITED: "Too many requests; try again later.",
    Fault.REQUEST_INVALID: "The request could not be understood.",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """Point at one wrong value; `path` is dotted from the body's or query's root."""

    path: str
    message: str
    code: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Describe a refusal; `error_id` is set for faults of ours only, and then is all to show.

    `instance` is the path as it was sent; `extra` are further members of the answer, for programs.
    """

    status: int
    code: str
    detail: str
    violations: tuple[Violation, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    error_id: str | None = None
    instance: str | None = None
    extra: Mapping[str, str | int | None] = field(default_factory=dict)


class RefusedError(Exception):
    """Refuse a request; the dialect's envelope turns it into an answer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def fault(kind: Fault, *violations: Violation, headers: Mapping[str, str] | None = None) -> Refusal:
    """Describe a fault of the request with the kit's own status and words."""
    told = violations[:VIOLATIONS_MAX]
    return Refusal(STATUSES[kind], kind.value, DETAILS[kind], told, headers or {})


def refuse(
    kind: Fault, *violations: Violation, headers: Mapping[str, str] | None = None
) -> RefusedError:
    """Make the exception of a fault, to be raised."""
    return RefusedError(fault(kind, *violations, headers=headers))
