"""Decide who is given a price answer again: anybody who names no affiliate and asks for no test."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from cambist.dialects.btcex.auth import TEST, Signers
from cambist.http.price_memory import PriceMemory, Question, Remembered
from cambist.http.refusals import RefusedError
from cambist.kernel.errors import DomainError
from cambist.ports.store import StoreUnavailableError

PATH = "/price"
AFFILIATE = b"affiliate"
"""A name may lose its meaning while prices hold, so whoever names one is not answered from here."""
SWITCH = TEST.encode()


def question_of(query: bytes) -> Question:
    """Name what anybody asks."""
    return (None, query)


def with_memory(app: ASGIApp, signers: Signers, memory: PriceMemory) -> ASGIApp:
    """Wrap the application so that price answers that still hold are sent at once.

    They count against the limit of the address as every request does. Whoever is beyond it is left
    to the application, which refuses him.
    """

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        known = None
        if scope["type"] == ScopeType.HTTP and scope["path"] == PATH and scope["method"] == "GET":
            known = await _recalled(scope, signers, memory)
        if known is None:
            await app(scope, receive, send)
        else:
            await known.send(scope, send, PATH)

    return call


async def _recalled(scope: Scope, signers: Signers, memory: PriceMemory) -> Remembered | None:
    query: bytes = scope["query_string"]
    if AFFILIATE in query or any(name == SWITCH for name, _ in scope["headers"]):
        return None
    client = scope["client"]
    try:
        known = await memory.recall(question_of(query))
        if known is not None:
            signers.admit(client[0] if client else "")
    except (DomainError, RefusedError, StoreUnavailableError):
        return None
    return known
