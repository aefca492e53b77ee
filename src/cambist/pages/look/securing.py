"""Decide how every answer of a page gets its security headers, errors included."""

from collections.abc import Awaitable, Callable, Mapping

from litestar.types import Message, Scope


def secured(headers: Mapping[str, str]) -> Callable[[Message, Scope], Awaitable[None]]:
    """Give every answer the headers it did not set itself."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def add(message: Message, _scope: Scope) -> None:
        if message["type"] == "http.response.start":
            own = list(message["headers"])
            names = {name.lower() for name, _ in own}
            # A framed page leaves the older header out on purpose; see `framed`.
            if any(name == b"content-security-policy" for name in names):
                names.add(b"x-frame-options")
            message["headers"] = [*own, *(pair for pair in raw if pair[0] not in names)]

    return add
