"""Decide how a refusal reads as application/problem+json (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

import msgspec

from cambist.http.refusals import Refusal

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:cambist:problem:"

# RFC 9110 renamed these after Python 3.11.
RENAMED: Mapping[int, str] = {413: "Content Too Large", 422: "Unprocessable Content"}

_encode = msgspec.json.Encoder().encode


class ProblemViolation(msgspec.Struct, frozen=True, rename="camel"):
    """One wrong value: where it is, what is wrong, and a stable code for programs."""

    property_path: str
    message: str
    code: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refused request; `code` is stable, `violations` name every wrong value at once."""

    type: Annotated[str, msgspec.Meta(examples=[TYPE_PREFIX + "not-found"])]
    title: str
    status: Annotated[int, msgspec.Meta(ge=400, le=499)]
    detail: str
    code: str
    violations: tuple[ProblemViolation, ...] = ()


class ServerProblem(msgspec.Struct, frozen=True):
    """A failure on our side: nothing is told but an id to ask the operator about."""

    type: str
    title: str
    status: Annotated[int, msgspec.Meta(ge=500, le=599)]
    id: str


def render_problem(refusal: Refusal) -> bytes:
    """Write a refusal as problem JSON; one of our own faults shows its id only."""
    title = RENAMED.get(refusal.status, HTTPStatus(refusal.status).phrase)
    kind = TYPE_PREFIX + refusal.code
    if refusal.error_id is not None:
        return _encode(ServerProblem(kind, title, refusal.status, refusal.error_id))
    violations = tuple(ProblemViolation(v.path, v.message, v.code) for v in refusal.violations)
    return _encode(Problem(kind, title, refusal.status, refusal.detail, refusal.code, violations))
