"""Decide which application answers: by host name, else by the path's first segment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar.types import ASGIApp, LifeSpanScope, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Mount:
    """Bind an application to a path prefix of one segment ("/name") and perhaps to a host name.

    Its paths begin after the prefix, unless it wants them whole.
    """

    prefix: str
    app: ASGIApp
    host: str | None = None
    whole: bool = False


WORDS_MAX = 4
"""An application and its server exchange two words each in a lifetime."""


class StartError(Exception):
    """An application refused to start."""


class Dispatcher:
    """Be the root ASGI application: hand each request on, run everybody's lifespan."""

    def __init__(self, mounts: Sequence[Mount], fallback: ASGIApp) -> None:
        self._apps = [*(mount.app for mount in mounts), fallback]
        self._by_prefix = {mount.prefix: (mount.app, mount.whole) for mount in mounts}
        self._by_host = {m.host.lower().encode(): m.app for m in mounts if m.host is not None}
        self._fallback = fallback

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Receive, send: Send) -> None:
        """Hand a request to its application, whose paths begin after the prefix."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        app = self._of_host(scope) if self._by_host else None
        if app is None:
            path = scope["path"]
            end = path.find("/", 1)
            prefix = path if end < 0 else path[:end]
            app, whole = self._by_prefix.get(prefix, (self._fallback, True))
            if not whole:
                scope["path"] = path[len(prefix) :] or "/"
        await app(scope, receive, send)

    def _of_host(self, scope: Scope) -> ASGIApp | None:
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        return self._by_host.get(host.partition(b":")[0].lower())

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        async with AsyncExitStack() as running:
            try:
                for app in dict.fromkeys(self._apps):
                    await running.enter_async_context(_started(app))
            except StartError as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def _started(app: Any) -> AsyncIterator[None]:
    """Run one application's lifespan around the block (ASGI lifespan protocol 2.0)."""
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue(WORDS_MAX)
    from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue(WORDS_MAX)
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    task = asyncio.create_task(app(scope, to_app.get, from_app.put))
    try:
        await to_app.put({"type": "lifespan.startup"})
        answer = await _next(from_app, task)
        if answer["type"] != "lifespan.startup.complete":
            raise StartError(answer.get("message", "an application ended while starting"))
        yield
        await to_app.put({"type": "lifespan.shutdown"})
        await _next(from_app, task)
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _next(
    queue: "asyncio.Queue[dict[str, Any]]", task: "asyncio.Task[None]"
) -> dict[str, Any]:
    """Wait for the application's word, or for its end."""
    word = asyncio.ensure_future(queue.get())
    await asyncio.wait((word, task), return_when=asyncio.FIRST_COMPLETED)
    if word.done():
        return word.result()
    word.cancel()
    fault = task.exception()
    raise StartError(str(fault or "an application ended while starting"))
