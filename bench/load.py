"""Decide how HTTP is loaded: keep-alive connections, each with one request under way.

Run as a process of its own (`python -m bench.load`), so that it shares no loop with anything.
"""

import asyncio
import itertools
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, cast

import uvloop

from bench.children import answer_questions

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
STRAGGLERS_TIMEOUT_S = 30.0
CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Order:
    """Say what to send: `path` and, for a POST, `body`; `{key}` in the body becomes the key.

    With `key_prefix` each request has an Idempotency-Key of its own; several `paths` take turns.
    """

    port: int
    connections: int
    seconds: float
    paths: tuple[str, ...]
    api_key: str = ""
    key_prefix: str = ""
    body: str = ""

    def requests(self) -> Iterator[bytes]:
        """Write requests without end."""
        verb = "POST" if self.body else "GET"
        heads = [f"{verb} {path} HTTP/1.1\r\nHost: bench.example\r\n" for path in self.paths]
        if self.api_key:
            heads = [f"{head}X-API-Key: {self.api_key}\r\n" for head in heads]
        if not self.body:
            yield from itertools.cycle([f"{head}\r\n".encode() for head in heads])
        for number in itertools.count():
            key = f"{self.key_prefix}-{number:09d}"
            body = self.body.replace("{key}", key)
            yield (
                f"{heads[number % len(heads)]}Idempotency-Key: {key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode()


@dataclass
class Tally:
    """Count answers by status: all of them, those in time, and how long each took."""

    answers: Counter[int] = field(default_factory=Counter)
    in_time: int = 0
    broken: int = 0
    odd: str = ""
    times: list[float] = field(default_factory=list)

    def note(self, status: int, body: bytes, *, in_time: bool, seconds: float) -> None:
        """Note one whole answer; keeps the first that is no success, to be shown."""
        self.answers[status] += 1
        self.in_time += in_time
        self.times.append(seconds)
        if not self.odd and not 200 <= status < 300:
            self.odd = f"{status} {body[:300].decode(errors='replace')}"

    def summary(self, seconds: float) -> dict[str, Any]:
        """Write what was counted."""
        cuts = statistics.quantiles(self.times, n=100) if len(self.times) > 1 else [0.0] * 99
        return {
            "rate": self.in_time / seconds,
            "answers": {str(status): count for status, count in self.answers.items()},
            "broken": self.broken,
            "odd": self.odd,
            "p50_ms": cuts[49] * 1000,
            "p99_ms": cuts[98] * 1000,
        }


class Caller(asyncio.Protocol):
    """Send a request, await its whole answer, send the next, until the deadline."""

    def __init__(self, requests: Iterator[bytes], deadline: float, tally: Tally) -> None:
        self._requests, self._deadline, self._tally = requests, deadline, tally
        self._transport: asyncio.Transport | None = None
        self._seen = b""
        self._sent_at = 0.0
        self._open = False
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take in what came; one answer is under way at most."""
        self._seen += data
        end = self._seen.find(HEAD_END)
        if end < 0:
            return
        head = self._seen[:end].lower()
        at = head.find(LENGTH)
        if at < 0:
            self._give_up(f"an answer without a length: {head!r}")
            return
        body_from = end + len(HEAD_END)
        body_to = body_from + int(head[at + len(LENGTH) :].partition(b"\r\n")[0])
        if len(self._seen) < body_to:
            return
        now = perf_counter()
        body, self._seen = self._seen[body_from:body_to], self._seen[body_to:]
        in_time = now <= self._deadline
        self._open = False
        self._tally.note(int(head[9:12]), body, in_time=in_time, seconds=now - self._sent_at)
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """End; a request without an answer is broken."""
        self._tally.broken += self._open
        if not self.ended.done():
            self.ended.set_result(None)

    def _give_up(self, why: str) -> None:
        assert self._transport is not None
        self.ended.set_exception(ValueError(why))
        self._transport.abort()

    def _next(self) -> None:
        assert self._transport is not None
        self._sent_at = perf_counter()
        if self._sent_at >= self._deadline:
            self._transport.close()
            return
        self._open = True
        self._transport.write(next(self._requests))


async def load(order: Order) -> dict[str, Any]:
    """Put a load on a server of this machine and count what it answers."""
    loop, tally, requests = asyncio.get_running_loop(), Tally(), order.requests()
    deadline = perf_counter() + order.seconds
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        made = await asyncio.gather(
            *(
                loop.create_connection(
                    lambda: Caller(requests, deadline, tally), "127.0.0.1", order.port
                )
                for _ in range(order.connections)
            )
        )
    async with asyncio.timeout(order.seconds + STRAGGLERS_TIMEOUT_S):
        await asyncio.gather(*(caller.ended for _, caller in made))
    return tally.summary(order.seconds)


def question(order: Order) -> Mapping[str, Any]:
    """Write an order for the process that loads."""
    return asdict(order)


async def _answer(asked: dict[str, Any]) -> Mapping[str, Any]:
    return await load(Order(**{**asked, "paths": tuple(asked["paths"])}))


if __name__ == "__main__":
    uvloop.run(answer_questions(_answer))
