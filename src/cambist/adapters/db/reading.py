"""Decide how concurrent reads of one kind share a query: what is asked for in one turn is one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

KEYS_MAX = 256


class SharedReads(Generic[K, V]):
    """Gather keys asked for in one turn of the loop into one query of at most KEYS_MAX keys."""

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._fetch = fetch
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """Read one, None when it does not exist."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[V | None] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._start)
        self._waiting.setdefault(key, []).append(answer)
        return await answer

    def _start(self) -> None:
        waiting, self._waiting = self._waiting, {}
        keys = list(waiting)
        for first in range(0, len(keys), KEYS_MAX):
            part = {key: waiting[key] for key in keys[first : first + KEYS_MAX]}
            task = asyncio.get_running_loop().create_task(self._serve(part))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

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
