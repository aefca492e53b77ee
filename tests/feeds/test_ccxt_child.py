"""Prove that the exchange child lets only plain decimals out, whatever an exchange answers."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import ccxt.async_support
import pytest

from cambist.adapters.feeds.ccxt_child import answer, exact_json, open_exchange, plain

PAIRS = ["BTC_EUR", "TRX_EUR"]
KRAKEN_TICKER = """{"error": [], "result": {"XXBTZEUR": {
  "a": ["60010.10000", "1", "1.000"], "b": ["59990.10000", "2", "2.000"],
  "c": ["60000.00000", "0.04"], "v": ["1.5", "2.5"], "p": ["60000.1", "60000.2"],
  "t": [3, 5], "l": ["59000.0", "58000.0"], "h": ["61000.0", "62000.0"], "o": "59500.0"}}}"""
COINMATE_TICKER = """{"error": false, "errorMessage": null, "data": {"BTC_EUR": {
  "last": 60000.1, "high": 61000.0, "low": 5.9e4, "amount": 1.5e-7, "bid": 59990.30000000000001,
  "ask": 6.00101e4, "change": 0.1, "open": 59500.0, "timestamp": 1793534400}}}"""


class FakeExchange:
    """Answer as told, in place of a ccxt exchange."""

    def __init__(self, tickers: Mapping[str, Any], *, many: bool = True) -> None:
        self.has: Mapping[str, Any] = {"fetchTickers": many}
        self.markets: Mapping[str, Any] | None = None
        self.tickers = tickers
        self.asked: list[Any] = []

    async def load_markets(self) -> None:
        self.asked.append("markets")
        self.markets = dict.fromkeys(self.tickers)

    async def fetch_tickers(self, symbols: list[str]) -> Mapping[str, Any]:
        self.asked.append(symbols)
        return self.tickers

    async def fetch_ticker(self, symbol: str) -> Mapping[str, Any]:
        self.asked.append(symbol)
        return self.tickers[symbol]  # type: ignore[no-any-return]  # what the test gave

    async def close(self) -> None:
        self.asked.append("close")


class RaisingExchange(FakeExchange):
    """Fail in a way nobody foresaw."""

    async def load_markets(self) -> None:
        raise KeyError("a field that was always there")


class HangingExchange(FakeExchange):
    """Never answer."""

    async def load_markets(self) -> None:
        await asyncio.Event().wait()


def question(*exchanges: str, timeout_ms: int = 60_000) -> dict[str, Any]:
    return {"id": 7, "exchanges": list(exchanges), "pairs": PAIRS, "timeout_ms": timeout_ms}


async def ask(exchange: FakeExchange) -> dict[str, Any]:
    return await answer(question("fake"), {}, lambda name, timeout_ms: exchange)


@pytest.mark.parametrize("many", [True, False])
async def test_books_come_out_as_plain_decimals(many: bool) -> None:
    tickers = {
        "BTC/EUR": {"bid": "59990.10", "ask": "6.00101E+4", "timestamp": 1793534400000},
        "TRX/EUR": {"bid": "2.7e-1", "ask": "0.2701", "timestamp": None},
        "DOGE/EUR": {"bid": "1", "ask": "1", "timestamp": None},
    }
    said = await ask(FakeExchange(tickers, many=many))
    assert said == {
        "id": 7,
        "failed": {},
        "tickers": [
            {
                "exchange": "fake",
                "pair": "BTC_EUR",
                "bid": "59990.1",
                "ask": "60010.1",
                "at_ms": 1793534400000,
            },
            {"exchange": "fake", "pair": "TRX_EUR", "bid": "0.27", "ask": "0.2701", "at_ms": None},
        ],
    }


@pytest.mark.parametrize(
    "bid",
    [0.27, 27, None, "NaN", "Infinity", "-1", "0", "1e400", "1e-19", "", "x", ["1"], "1" * 61],
)
async def test_ticker_without_a_sound_bid_is_left_out(bid: object) -> None:
    tickers = {"TRX/EUR": {"bid": bid, "ask": "0.28", "timestamp": None}}
    assert (await ask(FakeExchange(tickers)))["tickers"] == []


def test_plain_keeps_every_digit() -> None:
    assert plain("0.123456789012345678") == "0.123456789012345678"
    assert plain("100") == "100"
    assert plain("1E+3") == "1000"
    assert plain("100.00") == "100"


async def test_failing_and_hanging_exchanges_cost_only_themselves() -> None:
    good = FakeExchange({"TRX/EUR": {"bid": "0.27", "ask": "0.28", "timestamp": None}})
    exchanges = {"good": good, "bad": RaisingExchange({}), "slow": HangingExchange({})}
    said = await answer(
        question("bad", "slow", "good", timeout_ms=100), {}, lambda name, _: exchanges[name]
    )
    assert [ticker["exchange"] for ticker in said["tickers"]] == ["good"]
    assert said["failed"] == {"bad": "KeyError", "slow": "TimeoutError"}


async def test_unknown_exchange_fails_alone() -> None:
    said = await answer(question("nosuchexchange"), {}, open_exchange)
    assert said["failed"] == {"nosuchexchange": "ModuleNotFoundError"}


async def test_exchange_is_opened_once_and_its_markets_read_once() -> None:
    fake = FakeExchange({"TRX/EUR": {"bid": "0.27", "ask": "0.28", "timestamp": None}})
    opened: dict[str, Any] = {}
    for _ in range(2):
        await answer(question("fake"), opened, lambda name, timeout_ms: fake)
    assert fake.asked == ["markets", ["TRX/EUR"], ["TRX/EUR"]]
    assert list(opened) == ["fake"]


def test_numbers_of_json_stay_text() -> None:
    assert exact_json('{"a": 0.1000, "b": 1e-9, "c": 5}') == {"a": "0.1000", "b": "1e-9", "c": 5}


def floats_in(value: Any) -> bool:
    if isinstance(value, dict):
        return any(floats_in(inner) for inner in value.values())
    if isinstance(value, list):
        return any(floats_in(inner) for inner in value)
    return isinstance(value, float)


@pytest.mark.parametrize(
    ("name", "market_id", "body", "bid", "ask"),
    [
        ("kraken", "XXBTZEUR", KRAKEN_TICKER, "59990.1", "60010.1"),
        ("coinmate", "BTC_EUR", COINMATE_TICKER, "59990.30000000000001", "60010.1"),
    ],
)
async def test_real_exchange_objects_never_make_a_float(
    name: str, market_id: str, body: str, bid: str, ask: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange: Any = open_exchange(name, 60_000)

    async def fetch(*_: object, **__: object) -> Any:
        return exchange.parse_json(body)

    monkeypatch.setattr(exchange, "fetch", fetch)
    exchange.set_markets(
        [
            {
                "id": market_id,
                "symbol": "BTC/EUR",
                "base": "BTC",
                "quote": "EUR",
                "active": True,
                "spot": True,
                "type": "spot",
                "precision": {"price": "0.1", "amount": "0.00000001"},
                "limits": {},
                "info": {},
            }
        ]
    )
    tickers = await exchange.fetch_tickers(["BTC/EUR"])
    assert not floats_in(json.loads(json.dumps(tickers)))
    said = await answer(question(name), {name: exchange}, open_exchange)
    assert [(t["bid"], t["ask"]) for t in said["tickers"]] == [(bid, ask)], said
    await exchange.close()


def test_names_used_exist_in_the_installed_ccxt() -> None:
    assert {"kraken", "coinmate", "bitstamp"} <= set(ccxt.async_support.exchanges)
