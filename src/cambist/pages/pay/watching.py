"""Decide how long browsers may listen to an order, how many, and when they are told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import msgspec
import structlog

from cambist.kernel.ids import IntegrationId, OrderId
from cambist.pages.pay.model import page_model
from cambist.pages.pay.render import Scene, Update, version_of
from cambist.pages.pay.shown import AssetName
from cambist.ports.queries import PayPageQueries, PayPageView
from cambist.ports.store import StoreUnavailableError

POLL_S = 1.0
HEARTBEAT_S = 15.0
LIFETIME_S = 600.0
RECONNECT_MS = 2_000
LISTENERS_MAX = 512
LISTENERS_PER_ORDER_MAX = 8

Key = tuple[IntegrationId, OrderId]
Show = Callable[[Scene], Update]

_log = structlog.get_logger(__name__)


class Watch:
    """Look at one order again and again, for all who listen to it."""

    def __init__(self, queries: PayPageQueries, key: Key, poll_s: float) -> None:
        self._queries, self._key, self._poll_s = queries, key, poll_s
        self._changed = asyncio.Event()
        self.view: PayPageView | None = None
        self.version = ""
        self.listeners = 0
        self.has_ended = False
        self._task = asyncio.get_running_loop().create_task(self._look())
        self._task.add_done_callback(self._end)

    async def changed(self, timeout_s: float) -> bool:
        """Wait for a change or the end; False when neither came in time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Stop looking."""
        self._task.cancel()

    async def _look(self) -> None:
        while view := await self._queries.pay_page(*self._key):
            self.view = view
            version = version_of(page_model(view))
            if version != self.version:
                self.version = version
                self._wake()
            await asyncio.sleep(self._poll_s)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _end(self, task: "asyncio.Task[None]") -> None:
        """Let everybody go; browsers come back by themselves, and find out what is wrong."""
        self.has_ended = True
        self._changed.set()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            is_outage = isinstance(error, StoreUnavailableError)
            _log.warning(
                "pay_page_watch_failed",
                error=type(error).__name__,
                exc_info=None if is_outage else error,
            )


class Watches:
    """Share one watch an order among its listeners, within the bounds above."""

    def __init__(
        self,
        queries: PayPageQueries,
        poll_s: float = POLL_S,
        heartbeat_s: float = HEARTBEAT_S,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queries, self._poll_s = queries, poll_s
        self._heartbeat_s, self._monotonic_s = heartbeat_s, monotonic_s
        self._watches: dict[Key, Watch] = {}
        self._is_closed = False

    @property
    def listeners(self) -> int:
        """Count who listens to this process."""
        return sum(watch.listeners for watch in self._watches.values())

    def has_room(self, key: Key) -> bool:
        """Tell whether one more may listen to an order."""
        watch = self._watches.get(key)
        at_order = watch.listeners if watch else 0
        is_full = self.listeners >= LISTENERS_MAX or at_order >= LISTENERS_PER_ORDER_MAX
        return not (is_full or self._is_closed)

    def close(self) -> None:
        """Send everybody away."""
        self._is_closed = True
        for watch in self._watches.values():
            watch.close()

    async def listen(
        self, key: Key, seen: str, choices: tuple[AssetName, ...], show: Show
    ) -> AsyncIterator[bytes]:
        """Stream server-sent events: an update whenever what is shown is not what was `seen`."""
        if not self.has_room(key):
            return
        watch = self._enter(key)
        end = self._monotonic_s() + LIFETIME_S
        try:
            yield f"retry: {RECONNECT_MS}\n\n".encode()
            while not watch.has_ended and (left := end - self._monotonic_s()) > 0:
                if watch.view is not None and watch.version != seen:
                    scene = Scene(page_model(watch.view), choices, watch.view.now)
                    update = show(scene)
                    seen = update.version
                    yield _event(update)
                elif not await watch.changed(min(left, self._heartbeat_s)):
                    yield b": still here\n\n"
        finally:
            self._leave(key, watch)

    def _enter(self, key: Key) -> Watch:
        watch = self._watches.get(key)
        if watch is None or watch.has_ended:
            watch = self._watches[key] = Watch(self._queries, key, self._poll_s)
        watch.listeners += 1
        return watch

    def _leave(self, key: Key, watch: Watch) -> None:
        watch.listeners -= 1
        if watch.listeners == 0:
            watch.close()
            if self._watches.get(key) is watch:
                del self._watches[key]


def _event(update: Update) -> bytes:
    """Write one event (WHATWG HTML, server-sent events); JSON keeps it to one line."""
    head = f"event: update\nid: {update.version}\ndata: ".encode()
    return head + msgspec.json.encode(update) + b"\n\n"
