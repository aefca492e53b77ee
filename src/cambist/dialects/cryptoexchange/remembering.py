"""Decide who is given a price answer again: the client it was written for, let in by its key."""

from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from cambist.http.callers import Callers
from cambist.http.price_memory import PriceMemory, Remembered
from cambist.http.refusals import RefusedError
from cambist.kernel.errors import DomainError
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.store import StoreUnavailableError

HEADER = "X-API-Key"
KEY_HEADER = HEADER.lower().encode()
ENTERED = "cambist.entered"
"""Where a scope holds who was let in already, or why not."""


def with_memory(app: ASGIApp, path: str, callers: Callers, memory: PriceMemory) -> ASGIApp:
    """Wrap the application so that price answers that still hold are sent at once.

    Whoever is known already is let in here, by the same rules and once; the application is told of
    it. It looks up everybody else, and tells what went wrong with that.
    """

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] != path or scope["method"] != "GET":
            await app(scope, receive, send)
            return
        known = await _recalled(scope, callers, memory)
        if known is None:
            await app(scope, receive, send)
            return
        await known.send(scope, send, path)

    return call


async def _recalled(scope: Any, callers: Callers, memory: PriceMemory) -> Remembered | None:
    secrets = [value for name, value in scope["headers"] if name == KEY_HEADER]
    secret = secrets[-1].decode("latin-1") if secrets else None
    client = scope["client"]
    try:
        principal = callers.recognise(secret, client[0] if client else "")
    except RefusedError as refused:
        scope[ENTERED] = refused
        return None
    if principal is None:
        return None
    scope[ENTERED] = principal
    try:
        return await memory.recall((principal.partner_id, scope["query_string"]))
    except (DomainError, StoreUnavailableError):
        return None


def entered(scope: Any) -> PartnerPrincipal | None:
    """Tell who was let in already, None when nobody was asked yet.

    Raises:
        RefusedError: what it was refused with.
    """
    found: PartnerPrincipal | RefusedError | None = scope.get(ENTERED)
    if isinstance(found, RefusedError):
        raise found
    return found
