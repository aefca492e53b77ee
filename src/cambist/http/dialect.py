"""Decide what a dialect is, and make its application: one Litestar each, one envelope in all."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from litestar import HttpMethod, Litestar, MediaType, Response, Router, get, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.types import ASGIApp

from cambist.http.faults import AnyRequest, refusal_of
from cambist.http.hardening import hardened
from cambist.http.json_body import BODY_BYTES_MAX
from cambist.http.openapi import document
from cambist.http.openapi_page import TryOut, content_security_policy, render_page
from cambist.http.refusals import Refusal
from cambist.http.services import Services
from cambist.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Envelope:
    """Tell how a dialect writes refusals down."""

    media_type: str
    render: Callable[[Refusal], bytes]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Declare a dialect: where it lives, what it answers, who may enter, how it refuses.

    `prefix` is one path segment, `base` the rest of the base URL; `door` runs before each handler
    and sets `scope["user"]` or raises; `openapi_extra` adds top-level parts to the document.
    """

    name: str
    prefix: str
    base: str
    title: str
    version: str
    description: str
    handlers: Sequence[HTTPRouteHandler]
    request_class: type[AnyRequest]
    door: Callable[[Any], Awaitable[None]]
    refuse: Callable[[DomainError], Refusal]
    envelope: Envelope
    security: Mapping[str, SecurityScheme]
    openapi_extra: Mapping[str, Any] = field(default_factory=dict)
    body_bytes_max: int = BODY_BYTES_MAX


def build_application(
    dialect: Dialect, services: Services, try_out: TryOut | None = None
) -> ASGIApp:
    """Make a dialect's ASGI application; `services` is found at `app.state.services`.

    With `try_out` the page of its OpenAPI document has forms that make calls.
    """

    def answer(request: AnyRequest, error: Exception) -> Response[bytes]:
        refusal = refusal_of(error, request, dialect.refuse, services.new_id)
        return Response(
            dialect.envelope.render(refusal),
            status_code=refusal.status,
            media_type=dialect.envelope.media_type,
            headers=dict(refusal.headers),
        )

    application = Litestar(
        route_handlers=[
            _router(dialect),
            Router(dialect.base, route_handlers=_documentation(dialect, try_out)),
        ],
        request_class=dialect.request_class,
        exception_handlers={Exception: answer},
        request_max_body_size=dialect.body_bytes_max,
        logging_config=None,
        state=State({"services": services}),
        openapi_config=None,
    )
    return hardened(application, https=services.public_url.startswith("https:"))


def describe(dialect: Dialect) -> dict[str, Any]:
    """Write a dialect's OpenAPI document; an application made only for it knows no other paths."""
    application = Litestar(
        route_handlers=[_router(dialect)],
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title=dialect.title,
            version=dialect.version,
            description=dialect.description,
            servers=[Server(url=dialect.prefix)],
            components=Components(security_schemes=dict(dialect.security)),
            security=[{name: []} for name in dialect.security],
            use_handler_docstrings=True,
        ),
    )
    return document(application, dialect.openapi_extra)


def _router(dialect: Dialect) -> Router:
    return Router(
        dialect.base,
        route_handlers=[*_options(dialect.handlers), *dialect.handlers],
        before_request=dialect.door,
        request_class=dialect.request_class,
    )


def _options(handlers: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """Answer OPTIONS where a path has several handlers.

    The framework would tell the methods of the first one only. To be registered before them.
    """
    methods: dict[str, list[str]] = {}
    for handler in handlers:
        for path in handler.paths:
            methods.setdefault(path, []).extend(handler.http_methods)
    return [_allowing(path, found) for path, found in methods.items() if len(found) > 1]


def _allowing(path: str, methods: Sequence[str]) -> HTTPRouteHandler:
    allow = {"Allow": ", ".join(sorted({*methods, HttpMethod.OPTIONS.value}))}

    @route(path, http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
    def options() -> Response[None]:
        """Tell the methods."""
        return Response(None, status_code=204, media_type=MediaType.TEXT, headers=allow)

    return options


def _documentation(dialect: Dialect, try_out: TryOut | None) -> list[HTTPRouteHandler]:
    @cache
    def written() -> tuple[bytes, str]:
        described = describe(dialect)
        page = render_page(described, "openapi.json", try_out)
        return json.dumps(described).encode(), page

    @get("/openapi.json", include_in_schema=False, sync_to_thread=False)
    def openapi_json() -> Response[bytes]:
        """Answer the OpenAPI document."""
        return Response(written()[0], media_type="application/json")

    @get("/docs", include_in_schema=False, sync_to_thread=False)
    def openapi_page() -> Response[str]:
        """Answer the OpenAPI document as a page."""
        policy = {"Content-Security-Policy": content_security_policy(try_out)}
        return Response(written()[1], media_type="text/html", headers=policy)

    return [openapi_json, openapi_page]
