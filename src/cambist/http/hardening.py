"""Decide which headers every answer of an API carries."""

from collections.abc import Sequence

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

RawHeaders = Sequence[tuple[bytes, bytes]]

API_HEADERS: RawHeaders = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
HSTS: tuple[bytes, bytes] = (b"strict-transport-security", b"max-age=31536000")


def hardened(app: ASGIApp, *, https: bool) -> ASGIApp:
    """Wrap an application so that each answer has the headers it did not set itself."""
    headers = [*API_HEADERS, HSTS] if https else list(API_HEADERS)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message["headers"])
                names = {name for name, _ in own}
                own.extend(header for header in headers if header[0] not in names)
                message["headers"] = own
            await send(message)

        if scope["type"] == ScopeType.HTTP:
            await app(scope, receive, send_hardened)
        else:
            await app(scope, receive, send)

    return call
