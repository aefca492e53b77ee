"""Decide which price answers are given again as they were: those whose prices still hold.

Prices are asked for far more often than they change. An answer already written is sent without a
walk through the framework, as long as the market says what it said when it was written.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from cambist.dialects.cryptoexchange import answers
from cambist.http.callers import Callers
from cambist.http.hardening import API_HEADERS, HSTS, RawHeaders
from cambist.http.refusals import RefusedError
from cambist.kernel.errors import DomainError
from cambist.kernel.ids import PartnerId
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.store import StoreUnavailableError
from cambist.ports.trades import MarketQueries, MarketTerms, PriceAsk

REMEMBERED_MAX = 10_000
QUERY_MAX = 300
HEADER = "X-API-Key"
KEY_HEADER = HEADER.lower().encode()
CHALLENGE = 'ApiKey realm="cryptoexchange", header="X-API-Key"'
ENTERED = "cambist.entered"
"""Where a scope holds who was let in already, or why not."""

Question = tuple[PartnerId, bytes]
Basis = tuple[tuple[PriceAsk, MarketTerms], ...]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Remembered:
    """Hold a written answer, its headers, and what the market said for it."""

    basis: Basis
    body: bytes
    headers: RawHeaders


class PriceMemory:
    """Keep the answers last given, by client and query."""

    def __init__(self, market: MarketQueries, *, https: bool) -> None:
        self._market = market
        self._fixed = [*API_HEADERS, HSTS] if https else list(API_HEADERS)
        self._kept: OrderedDict[Question, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, question: Question, basis: Basis, answer: answers.Rates) -> None:
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
                del self._kept[question]
                return None
        return known


def _agree(now: MarketTerms, then: MarketTerms) -> bool:
    until = now.valid_until.replace(microsecond=0)
    same = until == then.valid_until.replace(microsecond=0)
    return same and now.raw == then.raw and now.terms == then.terms


def with_memory(app: ASGIApp, path: str, callers: Callers, memory: PriceMemory) -> ASGIApp:
    """Wrap the application so that price answers that still hold are sent at once.

    Whoever asks is let in here, by the same rules and once; the application is told of it.
    """

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] != path or scope["method"] != "GET":
            await app(scope, receive, send)
            return
        known = await _recalled(scope, callers, memory)
        if known is None:
            await app(scope, receive, send)
            return
        scope["path_template"] = path
        await send({"type": "http.response.start", "status": 200, "headers": known.headers})
        await send({"type": "http.response.body", "body": known.body, "more_body": False})

    return call


async def _recalled(scope: Any, callers: Callers, memory: PriceMemory) -> Remembered | None:
    secrets = [value for name, value in scope["headers"] if name == KEY_HEADER]
    secret = secrets[-1].decode("latin-1") if secrets else None
    client = scope["client"]
    try:
        principal = await callers.identify(secret, client[0] if client else "", CHALLENGE)
    except RefusedError as refused:
        scope[ENTERED] = refused
        return None
    scope[ENTERED] = principal
    try:
        return await memory.recall((principal.partner_id, scope["query_string"]))
    except (DomainError, StoreUnavailableError):
        return None


def entered(scope: Any) -> PartnerPrincipal | None:
    """Tell who was let in already, None when nobody was asked yet.

    Raises:
        RefusedError: what it was refused with.
    """
    found: PartnerPrincipal | RefusedError | None = scope.get(ENTERED)
    if isinstance(found, RefusedError):
        raise found
    return found
