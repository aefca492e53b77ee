"""Decide how concurrent reads of one kind share a query: what is asked for in one turn is one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

KEYS_MAX = 256
IN_FLIGHT_MAX = 2


class SharedReads(Generic[K, V]):
    """Gather keys asked for while queries are under way into one query of at most KEYS_MAX keys.

    At most IN_FLIGHT_MAX queries run at once, so that many callers make few large queries.
    """

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._fetch = fetch
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_starting = False

    async def get(self, key: K) -> V | None:
        """Read one, None when it does not exist."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[V | None] = loop.create_future()
        self._waiting.setdefault(key, []).append(answer)
        if not self._is_starting and len(self._tasks) < IN_FLIGHT_MAX:
            self._is_starting = True
            loop.call_soon(self._start)
        return await answer

    def _start(self) -> None:
        self._is_starting = False
        keys = list(self._waiting)[:KEYS_MAX]
        if not keys:
            return
        part = {key: self._waiting.pop(key) for key in keys}
        task = asyncio.get_running_loop().create_task(self._serve(part))
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._waiting and not self._is_starting:
            self._start()

    async def _serve(self, waiting: dict[K, list[asyncio.Future[V | None]]]) -> None:
        work = asyncio.ensure_future(self._fetch(list(waiting)))
        await asyncio.wait((work,))
        fault = work.exception()
        for key, answers in waiting.items():
            for answer in answers:
                if answer.done():
                    continue
                if fault is not None:
                    answer.set_exception(fault)
                else:
                    answer.set_result(work.result().get(key))
