"""Decide how a refusal reads as RFC 9457 asks: a type one can link to, a title, one occurrence.

The older envelope of `problems.py` stays as it was published; new dialects take this one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar.openapi.datastructures import ResponseSpec

from cambist.http.dialect import Envelope
from cambist.http.openapi import ALWAYS
from cambist.http.problems import MEDIA_TYPE
from cambist.http.refusals import STATUSES, Fault, Refusal, Violation
from cambist.kernel.errors import DomainError, ErrorCode

TYPE_PREFIX = "/problems/"
INSTANCE_MAX = 3_000
"""Room for the longest id of a customer, percent-encoded."""
PATH_CHARACTERS = "/%:@!$&'()*+,;=~"
"""What a path may hold besides letters, digits and `-._` (RFC 3986, 3.3)."""
OURS = 500

_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")

TITLES: Mapping[Fault, str] = {
    Fault.BODY_TOO_LARGE: "Body too large",
    Fault.CREDENTIAL_INVALID: "Credential not valid",
    Fault.FIELD_INVALID: "Fields not valid",
    Fault.INTERNAL: "Failure on our side",
    Fault.JSON_INVALID: "Body not valid",
    Fault.MEDIA_TYPE_UNSUPPORTED: "Media type not supported",
    Fault.METHOD_NOT_ALLOWED: "Method not allowed",
    Fault.NOT_FOUND: "Not found",
    Fault.RATE_LIMITED: "Too many requests",
    Fault.REQUEST_INVALID: "Request not understood",
}

REFUSED: Mapping[int, str] = {
    400: "The request is not valid; `errors` names every wrong value",
    401: "The credential is missing, not valid or used up",
    403: "Not for this caller, or not in this way",
    404: "Not found, or not the caller's",
    409: "The request does not fit what is there now",
    413: "The body is too large",
    415: "The body is of another media type than expected",
    422: "Refused by a business rule, named by `type`",
    429: "Too many requests or tries",
    500: "A failure on our side",
    503: "Overloaded, or the outcome is not known: ask what happened before repeating",
}


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """Hold a dialect's words for one refusal of the core.

    `code` is stable and makes the `type`; two rows with one code have one title and status.
    """

    status: int
    code: str
    title: str
    detail: str
    retry_after_s: int | None = None


ErrorTable = Mapping[ErrorCode, ProblemRow]


class ProblemError(msgspec.Struct, frozen=True):
    """One wrong value: its field, dotted from the root, a stable code, words for people."""

    field: str
    code: str
    detail: str


class ProblemDetails(msgspec.Struct, frozen=True):
    """A refused request (RFC 9457); `errors` names every wrong value at once."""

    type: Annotated[str, msgspec.Meta(examples=[TYPE_PREFIX + "not-found"])]
    title: str
    status: Annotated[int, msgspec.Meta(ge=400, le=599)]
    detail: str
    instance: str
    errors: list[ProblemError] | msgspec.UnsetType = msgspec.UNSET


class CodedProblemDetails(msgspec.Struct, frozen=True):
    """A refused request (RFC 9457) with a stable code; `errors` names every wrong value at once."""

    type: Annotated[str, msgspec.Meta(examples=[TYPE_PREFIX + "not-found"])]
    title: str
    status: Annotated[int, msgspec.Meta(ge=400, le=599)]
    detail: str
    instance: str
    code: Annotated[str, msgspec.Meta(examples=["not-found"])]
    errors: list[ProblemError] | msgspec.UnsetType = msgspec.UNSET


Extras = Callable[[DomainError], Mapping[str, str | int | None]]

_encode = msgspec.json.Encoder().encode


def no_extras(_: DomainError) -> Mapping[str, str | int | None]:
    """Add nothing to a problem."""
    return {}


class ProblemJson:
    """Write a dialect's refusals: with a `code` beside the type or without.

    `fields` gives the wire's names for fields as the core calls them; `extras` picks facts of an
    error that programs want as members of their own.
    """

    def __init__(
        self,
        table: ErrorTable,
        *,
        with_code: bool,
        fields: Mapping[str, str] | None = None,
        extras: Extras = no_extras,
        own: Mapping[str, str] | None = None,
    ) -> None:
        """Take the dialect's table; `own` are titles of refusals the dialect itself raises."""
        self._table, self._with_code = table, with_code
        self._fields, self._extras = fields or {}, extras
        self._titles = {fault.value: title for fault, title in TITLES.items()}
        self._titles.update({row.code: row.title for row in table.values()})
        self._titles.update(own or {})

    @property
    def envelope(self) -> Envelope:
        """Give what a dialect is declared with."""
        return Envelope(MEDIA_TYPE, self.render)

    def refuse(self, error: DomainError) -> Refusal:
        """Put a refusal of the core into the dialect's words; its `field` becomes an error."""
        row = self._table[error.code]
        field = error.facts.get("field")
        errors: tuple[Violation, ...] = ()
        if field is not None:
            shown = self._fields.get(str(field), str(field))
            reason = str(error.facts.get("reason", row.code))
            errors = (Violation(shown, row.detail, reason),)
        headers = {} if row.retry_after_s is None else {"Retry-After": str(row.retry_after_s)}
        extra = self._extras(error)
        return Refusal(row.status, row.code, row.detail, errors, headers, extra=extra)

    def render(self, refusal: Refusal) -> bytes:
        """Write a refusal; one of our own faults shows an id to ask about and nothing else."""
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + refusal.code,
            "title": self._titles[refusal.code],
            "status": refusal.status,
            "detail": refusal.detail,
            "instance": _instance(refusal),
        }
        if self._with_code:
            body["code"] = refusal.code
        if refusal.violations and refusal.status < OURS:
            body["errors"] = [ProblemError(v.path, v.code, v.message) for v in refusal.violations]
        return _encode({**refusal.extra, **body} if refusal.status < OURS else body)


def _instance(refusal: Refusal) -> str:
    """Name the occurrence: the path the caller asked, prefix included, or the id of our fault."""
    if refusal.error_id is not None:
        return f"urn:uuid:{refusal.error_id}"
    asked = quote((refusal.instance or "/")[:INSTANCE_MAX], PATH_CHARACTERS, "latin-1")
    return _LONE_PERCENT.sub("%25", asked)


def refused(*statuses: int, with_code: bool) -> dict[int, ResponseSpec]:
    """Declare an operation's refusals beside those every operation has, for OpenAPI."""
    shape = CodedProblemDetails if with_code else ProblemDetails
    return {
        status: ResponseSpec(
            shape, description=REFUSED[status], media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in sorted({*statuses, *ALWAYS})
    }


def rows_agree(table: ErrorTable) -> bool:
    """Tell whether each code has one status and title, also where the kit itself uses it."""
    known = {fault.value: (STATUSES[fault], TITLES[fault]) for fault in Fault}
    return all(
        known.setdefault(row.code, (row.status, row.title)) == (row.status, row.title)
        for row in table.values()
    )
