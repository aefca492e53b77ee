"""Decide which refusal an exception means, whoever raised it: the core, the kit, the framework."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import KwargDefinition, ParameterKwarg

from cambist.http.refusals import ROOT, Fault, Refusal, RefusedError, Violation, fault
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.store import StoreUnavailableError

AnyRequest = Request[Any, Any, Any]
BY_STATUS = {
    404: Fault.NOT_FOUND,
    405: Fault.METHOD_NOT_ALLOWED,
    413: Fault.BODY_TOO_LARGE,
    415: Fault.MEDIA_TYPE_UNSUPPORTED,
}
FORM = "The value does not have the expected form."
MESSAGES: Mapping[str, str] = {
    "extra_forbidden": "This field is not known.",
    "missing": "This field is required.",
    "string_pattern_mismatch": FORM,
    "string_type": "A string is expected.",
    "string_unicode": "The text is not valid Unicode.",
}
"""Our words for what models report most; the rest keeps the model's own."""
ECHOING = ("regex", "enum value")
"""Messages of the framework that show a pattern, or what was sent."""

_log = structlog.get_logger("cambist.http")


def refusal_of(
    error: Exception,
    request: AnyRequest,
    domain: Callable[[DomainError], Refusal],
    new_id: Callable[[], UUID],
) -> Refusal:
    """Describe any exception as a refusal; faults of ours are logged under the id they show."""
    asked = request.scope["raw_path"].decode("latin-1")
    refusal = replace(_describe(error, request, domain), instance=asked)
    if refusal.status < 500:
        return refusal
    error_id = str(new_id())
    place = request.scope.get("path_template", "")
    _log.error(
        "request_failed",
        error_id=error_id,
        code=refusal.code,
        method=request.scope.get("method"),
        path=place,
        exc_info=None if isinstance(error, DomainError) else error,
    )
    return replace(refusal, error_id=error_id)


def _describe(
    error: Exception, request: AnyRequest, domain: Callable[[DomainError], Refusal]
) -> Refusal:
    if isinstance(error, RefusedError):
        return error.refusal
    if isinstance(error, DomainError):
        return domain(error)
    if isinstance(error, StoreUnavailableError):
        return domain(DomainError(ErrorCode.OVERLOADED))
    if isinstance(error, ValidationException):
        return fault(Fault.FIELD_INVALID, *_violations(error, request))
    if not isinstance(error, HTTPException) or error.status_code >= 500:
        return fault(Fault.INTERNAL)
    headers = {name.title(): str(value) for name, value in (error.headers or {}).items()}
    kind = BY_STATUS.get(error.status_code, Fault.REQUEST_INVALID)
    return fault(kind, headers=headers)


def _violations(error: ValidationException, request: AnyRequest) -> tuple[Violation, ...]:
    """List every wrong value: pydantic's findings of a body, or the framework's of parameters."""
    found: list[dict[str, Any]] | None = getattr(error.__cause__, "errors", None)
    if found is not None:
        return model_violations(found)
    extra = error.extra if isinstance(error.extra, list) else []
    return tuple(_of_parameter(item, request) for item in extra)


def model_violations(found: Iterable[Mapping[str, Any]]) -> tuple[Violation, ...]:
    """Write pydantic's findings as violations; what was sent is not among what is told."""
    return tuple(
        _of_model(_path(item["loc"]), str(item["type"]), str(item["msg"])) for item in found
    )


def _of_model(path: str, kind: str, message: str) -> Violation:
    return Violation(path, MESSAGES.get(kind, message), kind.replace("_", "-"))


def _path(location: tuple[str | int, ...]) -> str:
    return ".".join(str(part)[:100] for part in location)


def _of_parameter(item: dict[str, Any], request: AnyRequest) -> Violation:
    name = str(item.get("key", "")).partition(".")[0]
    if name == "data":
        return Violation(ROOT, "A JSON object is expected as the body.", "missing")
    field = request.route_handler.parsed_fn_signature.parameters.get(name)
    definition: KwargDefinition | Any = field.kwarg_definition if field is not None else None
    shown = name
    if isinstance(definition, ParameterKwarg):
        shown = definition.name or name
    message = str(item.get("message", "")).replace("`", "")
    told = FORM if any(word in message for word in ECHOING) else message
    return Violation(shown, told, Fault.FIELD_INVALID.value)
