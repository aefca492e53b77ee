"""Decide which price answers are given again as they were: those whose prices still hold.

Prices are asked for far more often than they change. An answer already written is sent without a
walk through the framework, as long as the market says what it said when it was written.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.types import Scope, Send

from cambist.http.hardening import API_HEADERS, HSTS, RawHeaders
from cambist.ports.trades import MarketQueries, MarketTerms, PriceAsk

REMEMBERED_MAX = 10_000
QUERY_MAX = 300

Question = tuple[Hashable, bytes]
"""Who asks (None: anybody), and the query as it was sent."""
Basis = tuple[tuple[PriceAsk, MarketTerms], ...]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Remembered:
    """Hold a written answer, its headers, and what the market said for it."""

    basis: Basis
    body: bytes
    headers: RawHeaders

    async def send(self, scope: Scope, send: Send, path: str) -> None:
        """Give the answer again; `path` is what meters call it."""
        found: Any = scope
        found["path_template"] = path
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


class PriceMemory:
    """Keep the answers last given."""

    def __init__(self, market: MarketQueries, *, https: bool) -> None:
        self._market = market
        self._fixed = [*API_HEADERS, HSTS] if https else list(API_HEADERS)
        self._kept: OrderedDict[Question, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, question: Question, basis: Basis, answer: msgspec.Struct) -> None:
        """Keep an answer; the oldest one makes room."""
        if len(question[1]) > QUERY_MAX:
            return
        body = _encode(answer)
        length = (b"content-length", str(len(body)).encode())
        headers = [(b"content-type", b"application/json"), length, *self._fixed]
        self._kept[question] = Remembered(basis, body, headers)
        self._kept.move_to_end(question)
        if len(self._kept) > REMEMBERED_MAX:
            self._kept.popitem(last=False)

    async def recall(self, question: Question) -> Remembered | None:
        """Find an answer the market would give again; validity is told in whole seconds.

        Raises:
            DomainError: RATE_UNAVAILABLE, ASSET_NOT_SUPPORTED.
            StoreUnavailableError: the database cannot be reached.
        """
        known = self._kept.get(question)
        if known is None:
            return None
        for ask, said in known.basis:
            if not _agree(await self._market.market(ask), said):
                self._forget(question, known)
                return None
        return known

    def _forget(self, question: Question, known: Remembered) -> None:
        """Drop an answer, unless another request has dropped or renewed it meanwhile."""
        if self._kept.get(question) is known:
            del self._kept[question]


def _agree(now: MarketTerms, then: MarketTerms) -> bool:
    until = now.valid_until.replace(microsecond=0)
    same = until == then.valid_until.replace(microsecond=0)
    return same and now.raw == then.raw and now.terms == then.terms
