"""Decide how HTTP is loaded: keep-alive connections, each with one request under way.

Run as a process of its own (`python -m bench.load`), so that it shares no loop with anything.
"""

import asyncio
import itertools
import json
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
    `then_path` makes each a pair: `then_body` is sent after a success, `{id}` in it becomes the
    `id` that was answered.
    """

    port: int
    connections: int
    seconds: float
    paths: tuple[str, ...]
    api_key: str = ""
    key_prefix: str = ""
    body: str = ""
    then_path: str = ""
    then_body: str = ""

    def requests(self) -> Iterator["Request"]:
        """Write requests without end."""
        if not self.body:
            yield from itertools.cycle([Request("", self._get(path)) for path in self.paths])
        for number in itertools.count():
            key = f"{self.key_prefix}-{number:09d}"
            path = self.paths[number % len(self.paths)]
            yield Request(key, self._post(path, key, self.body.replace("{key}", key)))

    def second(self, key: str, answer: bytes) -> bytes:
        """Write the second request of a pair."""
        found = str(json.loads(answer)["id"])
        body = self.then_body.replace("{key}", key).replace("{id}", found)
        return self._post(self.then_path, f"{key}-then", body)

    def _get(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode()

    def _post(self, path: str, key: str, body: str) -> bytes:
        return (
            f"POST {path} HTTP/1.1\r\n{self._head}Idempotency-Key: {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    @property
    def _head(self) -> str:
        key = f"X-API-Key: {self.api_key}\r\n" if self.api_key else ""
        return f"Host: bench.example\r\n{key}"


@dataclass(frozen=True, slots=True)
class Request:
    """Hold the bytes of a request, and the key its pair goes by."""

    key: str
    sent: bytes


@dataclass
class Tally:
    """Count answers by status: all of them, pairs or singles in time, and how long these took."""

    answers: Counter[int] = field(default_factory=Counter)
    in_time: int = 0
    broken: int = 0
    odd: str = ""
    times: list[float] = field(default_factory=list)

    def note(self, status: int, body: bytes) -> bool:
        """Note a whole answer; tells whether it is a success, and keeps the first that is none."""
        self.answers[status] += 1
        is_success = 200 <= status < 300
        if not self.odd and not is_success:
            self.odd = f"{status} {body[:300].decode(errors='replace')}"
        return is_success

    def end(self, *, in_time: bool, seconds: float) -> None:
        """Note that what was to be done is done."""
        self.in_time += in_time
        self.times.append(seconds)

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

    def __init__(
        self, order: Order, requests: Iterator[Request], deadline: float, tally: Tally
    ) -> None:
        self._order, self._requests = order, requests
        self._deadline, self._tally = deadline, tally
        self._transport: asyncio.Transport | None = None
        self._seen = b""
        self._begun_at = 0.0
        self._open = False
        self._pair = ""
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
        body, self._seen = self._seen[body_from:body_to], self._seen[body_to:]
        self._open = False
        self._answered(self._tally.note(int(head[9:12]), body), body)

    def _answered(self, is_success: bool, body: bytes) -> None:
        """Go on with the second of a pair, or with the next."""
        pair, self._pair = self._pair, ""
        if pair and is_success:
            self._send(self._order.second(pair, body))
            return
        now = perf_counter()
        self._tally.end(in_time=now <= self._deadline, seconds=now - self._begun_at)
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
        self._begun_at = perf_counter()
        if self._begun_at >= self._deadline:
            self._transport.close()
            return
        request = next(self._requests)
        self._pair = request.key if self._order.then_path else ""
        self._send(request.sent)

    def _send(self, sent: bytes) -> None:
        assert self._transport is not None
        self._open = True
        self._transport.write(sent)


async def load(order: Order) -> dict[str, Any]:
    """Put a load on a server of this machine and count what it answers."""
    loop, tally, requests = asyncio.get_running_loop(), Tally(), order.requests()
    deadline = perf_counter() + order.seconds
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        made = await asyncio.gather(
            *(
                loop.create_connection(
                    lambda: Caller(order, requests, deadline, tally), "127.0.0.1", order.port
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
