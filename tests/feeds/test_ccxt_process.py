"""Prove that the parent survives every way its exchange child can fail, and believes little."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cambist.adapters.feeds.ccxt_process import CHILD_ENV_NAMES, CcxtFeed
from cambist.adapters.feeds.fixed import unix_us
from cambist.adapters.feeds.line_child import BACKOFF_MAX_S, STARTS_MAX, STARTS_WINDOW_S
from cambist.domain.pricing.samples import parse_price
from cambist.ports.feed import FeedUnavailableError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PATIENCE_S = 120
PAIRS = frozenset({"TRX_EUR", "BTC_EUR"})
TICKER = {"exchange": "kraken", "pair": "TRX_EUR", "bid": "0.26", "ask": "0.28", "at_ms": None}

# Each behaviour answers one line read from standard input.
PREFACE = "import json, os, sys, time\nfor line in sys.stdin:\n    asked = json.loads(line)\n    "
SAY = "print(json.dumps({'id': asked['id'], 'tickers': TICKERS}), flush=True)"
FAKE_EXCHANGE_CHILD = """
from cambist.adapters.feeds.ccxt_child import main

class Fake:
    has = {"fetchTickers": True}
    markets = None
    async def load_markets(self):
        print("a library that talks")
        self.markets = {"TRX/EUR": {}}
    async def fetch_tickers(self, symbols):
        return {"TRX/EUR": {"bid": "0.26", "ask": "2.8e-1", "timestamp": None}}
    async def close(self):
        pass

main(lambda name, timeout_ms: Fake())
"""

Build = Callable[..., CcxtFeed]


def saying(tickers: Any) -> str:
    return PREFACE + SAY.replace("TICKERS", repr(tickers))


class Stopwatch:
    """Stand for the monotonic clock."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
async def build(tmp_path: Path, stopwatch: Stopwatch) -> AsyncIterator[Build]:
    """Make feeds whose child runs a given text, and end every child."""
    made: list[CcxtFeed] = []

    def make(text: str, *, timeout_s: int = PATIENCE_S) -> CcxtFeed:
        script = tmp_path / f"child{len(made)}.py"
        script.write_text(text)
        feed = CcxtFeed(
            "ccxt",
            ("kraken", "bitstamp"),
            PAIRS,
            lambda: NOW,
            os.environ,
            timeout_s=timeout_s,
            command=(sys.executable, str(script)),
            monotonic=stopwatch,
        )
        made.append(feed)
        return feed

    yield make
    for feed in made:
        await feed.close()


def wait_for(file: Path) -> None:
    """Wait until a child has made a file."""
    while not file.exists():
        time.sleep(0.01)


async def refusal(feed: CcxtFeed) -> str:
    with pytest.raises(FeedUnavailableError) as refused:
        await feed.poll()
    return str(refused.value)


async def test_sample_is_the_middle_of_the_book(build: Build) -> None:
    bitstamp = {**TICKER, "exchange": "bitstamp", "at_ms": 1793490000000}
    one, two = await build(saying([TICKER, bitstamp])).poll()
    assert (one.source, one.pair, one.mantissa) == ("ccxt:kraken", "TRX_EUR", parse_price("0.27"))
    assert (one.taken_at, one.seq) == (NOW, unix_us(NOW))
    assert two.source == "ccxt:bitstamp"
    assert two.taken_at == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=1793490000000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bid": "0.29"},
        {"bid": 0.26},
        {"bid": "0"},
        {"bid": "1e-5"},
        {"ask": "NaN"},
        {"ask": None},
        {"pair": "DOGE_EUR"},
        {"pair": ["TRX_EUR"]},
        {"exchange": "binance"},
        {"exchange": {}},
        {"at_ms": "1793490000000"},
        {"at_ms": True},
        {"at_ms": -1},
        {"at_ms": 10**15},
        {"at_ms": 1.5},
    ],
)
async def test_ticker_that_is_not_as_agreed_is_dropped(build: Build, wrong: dict[str, Any]) -> None:
    good = {**TICKER, "pair": "BTC_EUR"}
    samples = await build(saying([{**TICKER, **wrong}, "no ticker", None, good])).poll()
    assert [sample.pair for sample in samples] == ["BTC_EUR"]


@pytest.mark.parametrize("tickers", [[], None, {}, "x", [TICKER] * 501])
async def test_answer_without_prices_is_a_feed_that_is_down(build: Build, tickers: Any) -> None:
    assert await refusal(build(saying(tickers)))


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("sys.exit(3)", "died"),
        ("print('garbage', flush=True)", "spoke no JSON"),
        ("print('[' * 100_000, flush=True)", "spoke no JSON"),
        ("sys.stdout.buffer.write(bytes([255, 254, 10])); sys.stdout.flush()", "spoke no JSON"),
        ("print('[]', flush=True)", "answered another question"),
        ("print(json.dumps({'id': -1}), flush=True)", "answered another question"),
        ("print('x' * 2_000_000, flush=True)", "said too much"),
        ("sys.stdout.write('y' * 600_000); sys.stdout.flush(); time.sleep(60)", "said too much"),
    ],
)
async def test_child_that_misbehaves_is_killed_and_started_again(
    build: Build, stopwatch: Stopwatch, tmp_path: Path, behaviour: str, why: str
) -> None:
    flag = tmp_path / "seen"
    text = (
        f"{PREFACE}if os.path.exists({str(flag)!r}):\n"
        f"        {SAY.replace('TICKERS', repr([TICKER]))}\n"
        f"        continue\n    open({str(flag)!r}, 'w').close()\n    {behaviour}\n"
    )
    feed = build(text)
    assert why in await refusal(feed)
    assert "waits" in await refusal(feed)
    stopwatch.seconds += 1
    assert await feed.poll()


async def test_child_that_hangs_is_given_up(build: Build) -> None:
    assert "too slow" in await refusal(build(PREFACE + "time.sleep(600)", timeout_s=1))


async def test_cancelled_question_does_not_leave_its_answer_for_the_next(
    build: Build, stopwatch: Stopwatch, tmp_path: Path
) -> None:
    asked, free = tmp_path / "asked", tmp_path / "free"
    feed = build(
        f"{PREFACE}open({str(asked)!r}, 'w').close()\n"
        f"    while not os.path.exists({str(free)!r}):\n        time.sleep(0.01)\n"
        f"    {SAY.replace('TICKERS', repr([TICKER]))}\n"
    )
    asking = asyncio.ensure_future(feed.poll())
    await asyncio.to_thread(wait_for, asked)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    free.touch()
    stopwatch.seconds += 1
    assert len(await feed.poll()) == 1


async def test_pause_doubles_up_to_its_bound(build: Build, stopwatch: Stopwatch) -> None:
    feed = build("import sys; sys.exit(1)")
    for pause in (1, 2, 4, 8, 16, 32, BACKOFF_MAX_S, BACKOFF_MAX_S):
        assert "waits" not in await refusal(feed)
        stopwatch.seconds += pause - 0.5
        assert "waits" in await refusal(feed)
        stopwatch.seconds += 0.5


async def test_child_that_answers_once_and_dies_cannot_make_a_storm(
    build: Build, stopwatch: Stopwatch
) -> None:
    feed = build(saying([TICKER]) + "; sys.exit(0)")
    answers = 0
    for _ in range(STARTS_MAX * 4):
        try:
            answers += len(await feed.poll())
        except FeedUnavailableError:
            stopwatch.seconds += 1
    assert answers == STARTS_MAX
    assert "too often" in await refusal(feed)
    stopwatch.seconds += STARTS_WINDOW_S
    assert await feed.poll()


async def test_child_knows_nothing_secret_of_our_environment(tmp_path: Path) -> None:
    seen = tmp_path / "environment.json"
    script = tmp_path / "child.py"
    script.write_text(
        f"{PREFACE}json.dump(dict(os.environ), open({str(seen)!r}, 'w'))\n"
        f"    {SAY.replace('TICKERS', repr([TICKER]))}\n"
    )
    environ = {**os.environ, "CAMBIST_DATABASE_URL": "secret", "PATH": "/bin"}
    feed = CcxtFeed(
        "ccxt",
        ("kraken",),
        PAIRS,
        lambda: NOW,
        environ,
        timeout_s=PATIENCE_S,
        command=(sys.executable, str(script)),
    )
    assert await feed.poll()
    await feed.close()
    assert set(json.loads(seen.read_text())) - {"LC_CTYPE"} <= set(CHILD_ENV_NAMES)


async def test_closing_ends_the_child(build: Build, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    feed = build(
        f"import os\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\n" + saying([TICKER])
    )
    await feed.poll()
    await feed.close()
    assert not Path("/proc", pid_file.read_text()).exists()
    await feed.close()


async def test_child_that_ignores_the_end_of_its_input_is_killed(
    build: Build, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    feed = build(
        f"import os\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\n"
        + saying([TICKER])
        + "\ntime.sleep(600)\n"
    )
    await feed.poll()
    await feed.close()
    assert not Path("/proc", pid_file.read_text()).exists()


async def test_real_child_with_a_fake_exchange_speaks_the_agreed_lines(build: Build) -> None:
    feed = build(FAKE_EXCHANGE_CHILD)
    for _ in range(2):
        samples = await feed.poll()
        assert {sample.source for sample in samples} == {"ccxt:kraken", "ccxt:bitstamp"}
        assert {sample.mantissa for sample in samples} == {parse_price("0.27")}


async def test_real_child_goes_out_through_the_proxy_only_and_survives_its_refusal() -> None:
    asked: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        environ = {**os.environ, "HTTPS_PROXY": f"http://127.0.0.1:{port}"}
        feed = CcxtFeed("ccxt", ("kraken",), PAIRS, lambda: NOW, environ, timeout_s=PATIENCE_S)
        assert await refusal(feed) == "no exchange gave a price"
        await feed.close()
    assert asked
    assert all(line.startswith(b"CONNECT api.kraken.com:443 ") for line in asked)


@pytest.mark.parametrize(
    "exchanges", [(), ("kraken", "kraken"), ("../x",), ("Kraken",), ("os.path",), ("a1",) * 9]
)
def test_exchange_names_are_checked(exchanges: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="exchange"):
        CcxtFeed("ccxt", exchanges, PAIRS, lambda: NOW, {})
