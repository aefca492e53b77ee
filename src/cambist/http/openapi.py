"""Decide what an API says about itself: the framework's paths, with exact schemas and refusals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_origin

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation, Parameter, Schema
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from cambist.http.problems import MEDIA_TYPE, Problem, ServerProblem

REF = "#/components/schemas/"

REFUSED: Mapping[int, str] = {
    400: "The request is not valid; `violations` names every wrong value",
    401: "The credential is missing or not valid",
    404: "Not found, or not the caller's",
    409: "The idempotency key or reference was used for a different request",
    413: "The body is larger than 64 KB",
    415: "The body is not declared as application/json",
    422: "Refused by a business rule, named by `code`",
    429: "Too many requests",
    500: "A failure on our side",
    503: "Overloaded, or the outcome is not known: repeat with the same idempotency key",
}
ALWAYS = (400, 401, 429, 500, 503)
DESCRIBED = "described"
"""The key of a handler's `opt` with what replaces parts of its operation in the document."""
BODIES = "bodies"
"""The key of a handler's `opt` with the models it reads by itself."""
HEADERS: Mapping[str, tuple[str, str]] = {
    "401": ("WWW-Authenticate", "The scheme that is expected"),
    "429": ("Retry-After", "Seconds to wait"),
    "503": ("Retry-After", "Seconds to wait"),
}


class _Untitled(GenerateJsonSchema):
    """Leave out titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Say no."""
        return False


def refused(*statuses: int) -> dict[int, ResponseSpec]:
    """Declare an operation's refusals beside those every operation has."""
    return {
        status: ResponseSpec(
            ServerProblem if status >= 500 else Problem,
            description=REFUSED[status],
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status in sorted({*statuses, *ALWAYS})
    }


def document(app: Litestar, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write an application's OpenAPI 3.1 document; `extra` adds or replaces top-level parts.

    The framework's own model schemas lose constraints, so pydantic and msgspec write them.
    """
    found: dict[str, Any] = msgspec.to_builtins(app.openapi_schema.to_schema(), enc_hook=str)
    handlers = [
        handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.resolve_include_in_schema()
    ]
    found["components"]["schemas"] = _schemas(handlers)
    told = {handler.operation_id: handler.opt.get(DESCRIBED, {}) for handler in handlers}
    for item in found["paths"].values():
        for operation in item.values():
            _complete(operation)
            operation.update(told.get(operation["operationId"], {}))
    found.update(extra)
    return found


def _schemas(handlers: Iterable[HTTPRouteHandler]) -> dict[str, Any]:
    read: set[type[BaseModel]] = set()
    written: set[type] = set()
    for handler in handlers:
        written.update(_structs(handler))
        signature = handler.parsed_fn_signature
        data = signature.parameters.get("data")
        if data is not None:
            read.add(data.annotation)
        read.update(handler.opt.get(BODIES, ()))
        result = signature.return_type.annotation
        if get_origin(result) is None and issubclass(result, msgspec.Struct):
            written.add(result)
    models = sorted(read, key=lambda model: model.__name__)
    _, incoming = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=REF + "{model}",
        schema_generator=_Untitled,
    )
    _, outgoing = msgspec.json.schema_components(
        sorted(written, key=lambda model: model.__name__), ref_template=REF + "{name}"
    )
    return {**incoming.get("$defs", {}), **outgoing}


def _structs(handler: HTTPRouteHandler) -> set[type]:
    """Collect what a handler says it may refuse with."""
    specs = (handler.responses or {}).values()
    shapes = (spec.data_container for spec in specs)
    return {one for one in shapes if isinstance(one, type) and issubclass(one, msgspec.Struct)}


def query_of(model: type[BaseModel]) -> type[Operation]:
    """Make the operation class of a handler that reads its query by `forms.read_pairs`."""
    schema = model.model_json_schema(schema_generator=_Untitled)
    required = frozenset(schema.get("required", ()))
    parameters = [
        Parameter(
            name=name,
            param_in="query",
            required=name in required,
            description=shape.get("description"),
            schema=cast(Schema, _without_null(shape)),
        )
        for name, shape in schema["properties"].items()
    ]

    @dataclass
    class Queried(Operation):
        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *parameters]

    return Queried


def _without_null(shape: dict[str, Any]) -> dict[str, Any]:
    """Describe a value that may be left out: absent, never null."""
    choices = [one for one in shape.get("anyOf", ()) if one.get("type") != "null"]
    rest = {key: value for key, value in shape.items() if key not in {"anyOf", "default"}}
    return {**choices[0], **rest} if len(choices) == 1 else shape


def _complete(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        _normalize(parameter["schema"])
    for status, response in operation["responses"].items():
        response.pop("headers", None)
        if status in HEADERS:
            name, description = HEADERS[status]
            response["headers"] = {name: {"description": description, "schema": {"type": "string"}}}


def _normalize(schema: dict[str, Any]) -> None:
    """Say that a parameter is absent, never null, and write whole bounds as whole numbers."""
    choices = schema.get("oneOf", [])
    real = [choice for choice in choices if choice.get("type") != "null"]
    if len(real) == 1:
        del schema["oneOf"]
        schema.update({**real[0], **schema})
    for bound in {"minimum", "maximum"} & schema.keys():
        schema[bound] = int(schema[bound])
