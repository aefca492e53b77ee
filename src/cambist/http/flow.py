"""Decide how a caller's own id of a conversation comes back to it (X-Flow-ID)."""

import re

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-flow-id"
_FLOW = re.compile(rb"[A-Za-z0-9._~+/=:-]{1,128}")


def echoed(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that each answer carries the request's flow id, if it has a fair one.

    One that is longer or has other characters is left out, not refused: it has no meaning to us.
    """

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        flow = _flow_of(scope) if scope["type"] == ScopeType.HTTP else None
        if flow is None:
            await app(scope, receive, send)
            return
        header = (HEADER, flow)

        async def send_flow(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], header]
            await send(message)

        await app(scope, receive, send_flow)

    return call


def _flow_of(scope: Scope) -> bytes | None:
    found = next((value for name, value in scope["headers"] if name == HEADER), None)
    return found if found is not None and _FLOW.fullmatch(found) else None
