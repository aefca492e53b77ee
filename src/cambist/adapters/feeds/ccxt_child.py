"""Decide how exchanges are asked, in a process of its own: books in, plain decimal strings out."""

import asyncio
import importlib
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

QUESTION_MAX_BYTES = 64 * 1024
MEMORY_MAX_BYTES = 2 * 1024**3
TEXT_MAX = 60
# One request at a time where an exchange has no call for all tickers; bounded by the timeout.
SINGLES_MAX = 40


class Exchange(Protocol):
    """Name what is used of a ccxt exchange (its async form)."""

    has: Mapping[str, Any]
    markets: Mapping[str, Any] | None

    async def load_markets(self) -> Any:
        """Fetch the list of markets once."""

    async def fetch_tickers(self, symbols: list[str]) -> Mapping[str, Any]:
        """Fetch tickers by symbol (`BTC/EUR`)."""

    async def fetch_ticker(self, symbol: str) -> Mapping[str, Any]:
        """Fetch one ticker."""

    async def close(self) -> None:
        """Close connections."""


OpenExchange = Callable[[str, int], Exchange]


def open_exchange(name: str, timeout_ms: int) -> Exchange:
    """Build a ccxt exchange that never turns a number into a float."""
    module = importlib.import_module(f"ccxt.async_support.{name}")
    built = getattr(module, name)(
        {
            "number": str,
            "timeout": timeout_ms,
            "enableRateLimit": True,
            "aiohttp_trust_env": True,  # HTTPS_PROXY is the operator's one way out
        }
    )
    built.on_json_response = exact_json
    exchange: Exchange = built
    return exchange


def exact_json(body: str) -> Any:
    """Read JSON keeping every number with a point or exponent as the text it was."""
    return json.loads(body, parse_float=str)


def plain(text: Any) -> str | None:
    """Write a number's text as a plain decimal, None for anything that is not one.

    A float is refused: whatever made it has already lost digits.
    """
    if not isinstance(text, str) or len(text) > TEXT_MAX:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or number <= 0 or not -18 <= number.adjusted() <= 20:
        return None
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


async def answer(
    question: Mapping[str, Any], opened: dict[str, Exchange], opener: OpenExchange
) -> dict[str, Any]:
    """Ask every exchange side by side; one that fails in any way is named in `failed`."""
    timeout_ms = int(question["timeout_ms"])
    names = [str(name) for name in question["exchanges"]]
    pairs = [str(pair) for pair in question["pairs"]]
    results = await asyncio.gather(
        *(_bounded(_ask(name, pairs, timeout_ms, opened, opener), timeout_ms) for name in names),
        return_exceptions=True,
    )
    tickers: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    for name, result in zip(names, results, strict=True):
        if isinstance(result, Exception):
            failed[name] = type(result).__name__
        elif isinstance(result, BaseException):
            raise result
        else:
            tickers.extend(result)
    return {"id": question["id"], "tickers": tickers, "failed": failed}


async def _bounded(work: Awaitable[list[dict[str, Any]]], timeout_ms: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(timeout_ms / 1000):
        return await work


async def _ask(
    name: str,
    pairs: Iterable[str],
    timeout_ms: int,
    opened: dict[str, Exchange],
    opener: OpenExchange,
) -> list[dict[str, Any]]:
    if name not in opened:
        opened[name] = opener(name, timeout_ms)
    exchange = opened[name]
    if not exchange.markets:
        await exchange.load_markets()
    listed = {
        pair.replace("_", "/"): pair
        for pair in pairs
        if pair.replace("_", "/") in (exchange.markets or {})
    }
    if not listed:
        return []
    found = await _tickers(exchange, list(listed))
    return [
        {
            "exchange": name,
            "pair": pair,
            "bid": bid,
            "ask": ask,
            "at_ms": _moment(found[symbol].get("timestamp")),
        }
        for symbol, pair in listed.items()
        if symbol in found
        if (bid := plain(found[symbol].get("bid"))) is not None
        if (ask := plain(found[symbol].get("ask"))) is not None
    ]


async def _tickers(exchange: Exchange, symbols: list[str]) -> Mapping[str, Any]:
    if exchange.has.get("fetchTickers"):
        return await exchange.fetch_tickers(symbols)
    return {symbol: await exchange.fetch_ticker(symbol) for symbol in symbols[:SINGLES_MAX]}


def _moment(timestamp: Any) -> int | None:
    return timestamp if type(timestamp) is int else None


async def serve(opener: OpenExchange = open_exchange) -> None:
    """Answer questions from standard input, a line each, until it closes."""
    out = os.dup(sys.stdout.fileno())
    # Whatever a library prints must not mix with the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    reader = asyncio.StreamReader(limit=QUESTION_MAX_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    opened: dict[str, Exchange] = {}
    with os.fdopen(out, "wb") as answers:
        while line := await reader.readline():
            reply = await answer(json.loads(line), opened, opener)
            answers.write(json.dumps(reply).encode() + b"\n")
            answers.flush()
    for exchange in opened.values():
        await exchange.close()


def main(opener: OpenExchange = open_exchange) -> None:
    """Run the child within a bound on its memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    asyncio.run(serve(opener))


if __name__ == "__main__":
    main()
