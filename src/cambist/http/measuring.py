"""Decide what is noted of each request: its route's template, never the path that was asked."""

import asyncio
import time
from typing import Protocol

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
NO_ROUTE = "none"
ABORTED = 499
FALLEN = 500


class RequestObserver(Protocol):
    """Watch requests from outside; must not fail or wait."""

    def request(self, dialect: str, operation: str, status: int, seconds: float) -> None:
        """Note an answered request; `operation` is one of a closed set: method and template."""


def measured(app: ASGIApp, name: str, observer: RequestObserver) -> ASGIApp:
    """Wrap an application, known by `name`, so that each answer is noted when it is complete."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        status = ABORTED

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begun = time.perf_counter()
        noted = FALLEN
        try:
            await app(scope, receive, send_noted)
            noted = status
        except asyncio.CancelledError:
            noted = status
            raise
        finally:
            seconds = time.perf_counter() - begun
            observer.request(name, _operation(scope), noted, seconds)

    return call


def _operation(scope: Scope) -> str:
    template = scope.get("path_template")
    if not template:
        return NO_ROUTE
    method = str(scope.get("method"))
    return f"{method if method in METHODS else 'OTHER'} {template}"
