"""Decide how endpoints behave towards the messaging tests: take all, fail, or lie about it."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from cambist.domain.webhooks.schedule import ATTEMPTS_MAX
from cambist.ports.egress import EgressAnswer, EgressDocument, EgressFailedError, FailureReason

FAILURES_MAX = ATTEMPTS_MAX // 2


@dataclass(frozen=True)
class Received:
    """Hold one request as an endpoint got it."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    lane: str

    @property
    def form(self) -> str:
        """Name the form by what only one of them carries."""
        return "vendor" if "api-notification-sign" in self.headers else "standard"

    @property
    def order(self) -> dict[str, object]:
        """Read the order out of either form."""
        message = json.loads(self.body)
        found: dict[str, object] = message if self.form == "vendor" else message["data"]
        return found


Answer = Callable[[Received], Awaitable[EgressAnswer]]


async def accept(_request: Received) -> EgressAnswer:
    """Answer as an endpoint that took it."""
    return EgressAnswer(200, "", 1)


class Receiver:
    """Be the egress and all endpoints behind it; keeps what arrived, in order."""

    def __init__(self, answer: Answer = accept) -> None:
        self.answer = answer
        self.log: list[Received] = []
        self.under_way: Counter[str] = Counter()
        self.most_under_way: Counter[str] = Counter()

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, lane: str = ""
    ) -> EgressAnswer:
        """Keep the request, then answer."""
        request = Received(url, headers, body, lane)
        self.log.append(request)
        self.under_way[lane] += 1
        self.most_under_way[lane] = max(self.most_under_way[lane], self.under_way[lane])
        try:
            return await self.answer(request)
        finally:
            self.under_way[lane] -= 1

    async def get(self, url: str, headers: Mapping[str, str], lane: str = "") -> EgressDocument:
        raise AssertionError

    async def close(self) -> None:
        """Hold nothing."""


class FlakyReceiver(Receiver):
    """Be down for some requests, and take others without its answer arriving.

    No message fails more than FAILURES_MAX times: some would be given up, by chance alone.
    """

    def __init__(self, chance: random.Random, down: float, lost: float) -> None:
        super().__init__()
        self._chance, self._down, self._lost = chance, down, lost
        self._failed: Counter[bytes] = Counter()

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, lane: str = ""
    ) -> EgressAnswer:
        """Fail before or after taking the request, or answer."""
        await asyncio.sleep(self._chance.uniform(0, 0.004))
        drawn = self._chance.random()
        if self._failed[body] == FAILURES_MAX:
            drawn = 1.0
        self._failed[body] += drawn < self._down + self._lost
        if drawn < self._down:
            raise EgressFailedError(FailureReason.CONNECT)
        answer = await super().post(url, headers, body, lane)
        if drawn < self._down + self._lost:
            raise EgressFailedError(FailureReason.TIMEOUT)
        return answer
