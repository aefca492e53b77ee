"""Decide that the bench runs, notices wrong answers and lost orders, and says what it measured."""

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench import load as load_module
from bench.__main__ import ENDED, FIGURES, README
from bench.children import BenchError
from bench.load import Order, load
from bench.orders_http import only, require_stored
from bench.report import BEGIN, END, Line, Target, put_between_marks, table
from bench.stand import interleave

ROOT = Path(__file__).resolve().parent.parent
QUICK_TIMEOUT_S = 200
ANSWER = b"HTTP/1.1 201 Created\r\ncontent-type: text/plain\r\nContent-Length: 5\r\n\r\nfirst"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(answer: Callable[[int], list[bytes]], seen: list[bytes]) -> AsyncIterator[int]:
    """Answer the n-th request with pieces sent one by one; gives the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0] or 0)
            seen.append(head + await reader.readexactly(length))
            for piece in answer(len(seen)):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            if not answer(len(seen)):
                break
        writer.close()

    async def tolerate(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(tolerate, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(autouse=True)
def counted_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a load's time go by with what it does, so that it does as much on any machine."""
    monkeypatch.setattr(load_module, "perf_counter", itertools.count(0, 0.001).__next__)
    monkeypatch.setattr(load_module, "CONNECT_TIMEOUT_S", 120.0)
    monkeypatch.setattr(load_module, "STRAGGLERS_TIMEOUT_S", 120.0)


def order(port: int, connections: int = 2) -> Order:
    return Order(port, connections, 0.1, ("/x",), "secret", "k", '{"externalId": "{key}"}')


def pairs(port: int) -> Order:
    first, second = '{"customer": "{key}"}', '{"customer": "{key}", "quote": "{id}"}'
    return Order(port, 1, 0.1, ("/x",), "secret", "k", first, "/y", second)


def created(name: str) -> bytes:
    body = f'{{"id": "{name}"}}'.encode()
    return b"HTTP/1.1 201 Created\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


async def test_every_request_has_a_key_of_its_own() -> None:
    seen: list[bytes] = []
    async with serving(lambda _: [ANSWER], seen) as port:
        answer = await load(order(port))
    keys = [request.partition(b"Idempotency-Key: ")[2].partition(b"\r")[0] for request in seen]
    assert len(set(keys)) == len(keys) == answer["answers"]["201"] > 1
    assert all(b'"%b"' % key in request for key, request in zip(keys, seen, strict=True))


async def test_an_answer_in_pieces_counts_once() -> None:
    pieces = [ANSWER[:10], ANSWER[10:60], ANSWER[60:-2], ANSWER[-2:]]
    seen: list[bytes] = []
    async with serving(lambda _: pieces, seen) as port:
        answer = await load(order(port))
    assert only(answer, 201) == len(seen)


async def test_a_refusal_among_many_answers_is_noticed() -> None:
    refusal = b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy"
    async with serving(lambda n: [refusal if n == 3 else ANSWER], []) as port:
        answer = await load(order(port))
    with pytest.raises(BenchError, match="503 busy"):
        only(answer, 201)


async def test_a_request_without_an_answer_is_noticed() -> None:
    async with serving(lambda n: [] if n == 3 else [ANSWER], []) as port:
        answer = await load(order(port))
    with pytest.raises(BenchError, match="1 broken"):
        only(answer, 201)


async def test_the_second_of_a_pair_takes_what_the_first_was_answered() -> None:
    seen: list[bytes] = []
    async with serving(lambda n: [created(f"quote-{n}")], seen) as port:
        answer = await load(pairs(port))
    assert only(answer, 201) == len(seen)
    assert len(seen) % 2 == 0
    firsts, seconds = seen[::2], seen[1::2]
    assert all(request.startswith(b"POST /x ") for request in firsts)
    for number, request in enumerate(seconds):
        assert request.startswith(b"POST /y ")
        assert f'"quote": "quote-{2 * number + 1}"'.encode() in request
    assert answer["rate"] * 0.1 == pytest.approx(len(seconds), abs=1)


async def test_a_pair_whose_first_is_refused_has_no_second() -> None:
    refusal = b"HTTP/1.1 409 Conflict\r\ncontent-length: 2\r\n\r\nno"
    seen: list[bytes] = []
    async with serving(lambda _: [refusal], seen) as port:
        answer = await load(pairs(port))
    assert {request.split(b" ")[1] for request in seen} == {b"/x"}
    with pytest.raises(BenchError, match="409 no"):
        only(answer, 201)


async def test_no_answer_at_all_is_noticed() -> None:
    with pytest.raises(BenchError):
        only({"answers": {}, "broken": 0, "odd": ""}, 201)


class ForgetfulHouse:
    """Stand for a house that lost an order it had promised."""

    async def count(self, query: str) -> int:
        return 9


async def test_a_promised_order_that_is_not_stored_is_noticed() -> None:
    with pytest.raises(BenchError, match="10 orders were answered, 9 are in the table"):
        await require_stored(ForgetfulHouse(), 10)


async def test_a_machine_that_slows_down_moves_figure_and_yardstick_alike() -> None:
    speed = iter([100.0, 90.0, 80.0, 70.0, 60.0])

    async def pace() -> float:
        return next(speed)

    measured = await interleave(pace, {"same": pace}, 2)
    assert [one.ratio for one in measured["same"]] == [1.0, 1.0]


def test_a_missed_target_is_said() -> None:
    lines = [
        Line("fast", "a", [1.0, 3.0, 2.0], Target(2, at_least=True), "x"),
        Line("slow", "b", [1.0, 3.0, 1.5], Target(2, at_least=True), "y"),
        Line("large", "c", [400.0], Target(500, at_least=False), "z", " MB"),
    ]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table(lines).splitlines()]
    assert [row[3:6] for row in rows[2:]] == [
        ["2.00", "1.00 to 3.00", "yes"],
        ["1.50", "1.00 to 3.00", "NO"],
        ["400 MB", "400 to 400", "yes"],
    ]


def test_the_table_replaces_what_stands_between_the_marks() -> None:
    text = README.read_text(encoding="utf-8")
    once = put_between_marks(text, "figures")
    assert put_between_marks(once, "figures") == once
    assert once.startswith(text.partition(BEGIN)[0])
    assert once.endswith(text.partition(END)[2])
    with pytest.raises(ValueError, match="marks"):
        put_between_marks(text.replace(END, ""), "figures")


def test_the_readme_explains_every_figure() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in FIGURES if f"| `{name}` |" not in text] == []


@pytest.fixture
def temporary_folder() -> Iterator[Path]:
    """Give a folder that the server's own account can reach."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def test_quick_mode_measures_and_leaves_nothing(temporary_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--rounds=1", "transfers_bus", "order_get"],
        env={**os.environ, "TMPDIR": str(temporary_folder), "CAMBIST_PORT": "not a number"},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=QUICK_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fsync on" in done.stdout
    assert "books verified" in done.stdout
    assert "| order_get " in done.stdout
    assert list(temporary_folder.iterdir()) == []


async def test_a_bench_told_to_stop_leaves_nothing(temporary_folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench", "--quick", "transfers_bus"),
        env={**os.environ, "TMPDIR": str(temporary_folder)},
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    while (line := await process.stdout.readline()) and not line.startswith(b"transfers_bus"):
        pass
    process.terminate()
    said, _ = await process.communicate()
    assert process.returncode == ENDED, said
    assert list(temporary_folder.iterdir()) == []
