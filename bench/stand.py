"""Decide what everything is measured on: one PostgreSQL, its yardstick, and interleaved rounds."""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from bench.children import BenchError
from cambist.adapters.db.embedded import EmbeddedPostgres
from cambist.adapters.db.migrate import upgrade_async

CLIENTS = 16
THREADS = 2
TEMPLATE = "house"
YARDSTICK = "yardstick"
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)

Measure = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Effort:
    """Say how long and how often to measure; `scale` is pgbench's."""

    quick: bool
    rounds: int
    seconds: float
    scale: int
    history: tuple[int, int]


FULL = Effort(quick=False, rounds=5, seconds=8, scale=16, history=(10_000, 1_000_000))
QUICK = Effort(quick=True, rounds=2, seconds=0.5, scale=1, history=(1_000, 5_000))


@dataclass(frozen=True, slots=True)
class Round:
    """Hold one measured value and the yardstick around it."""

    value: float
    yardstick: float

    @property
    def ratio(self) -> float:
        """Divide the value by its yardstick."""
        return self.value / self.yardstick


@dataclass
class Stand:
    """Hold the server everything is measured on."""

    folder: Path
    url: str
    binaries: Path
    version: str
    effort: Effort
    _made: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[str]:
        """Give a migrated database of a figure's own; an asyncpg URL."""
        await _execute(self.url, f"create database {name} template {TEMPLATE}")
        try:
            yield with_database(self.url, name)
        finally:
            await _execute(self.url, f"drop database {name} with (force)")

    async def pgbench(self) -> float:
        """Measure the yardstick: TPC-B like transactions a second, prepared, on this server."""
        if YARDSTICK not in self._made:
            await _execute(self.url, f"create database {YARDSTICK}")
            await self._pgbench("--initialize", "--quiet", f"--scale={self.effort.scale}")
            self._made.add(YARDSTICK)
        seconds = max(1, round(self.effort.seconds))
        said = await self._pgbench(
            "--protocol=prepared",
            "--no-vacuum",
            f"--client={CLIENTS}",
            f"--jobs={THREADS}",
            f"--time={seconds}",
        )
        found = _TPS.search(said)
        if found is None:
            raise BenchError(f"pgbench said no rate: {said}")
        return float(found[1])

    async def _pgbench(self, *arguments: str) -> str:
        command = self.binaries / "pgbench"
        if not command.exists():
            raise BenchError(f"there is no pgbench beside the server ({self.binaries})")
        process = await asyncio.create_subprocess_exec(
            str(command),
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **_libpq(with_database(self.url, YARDSTICK))},
        )
        out, err = await process.communicate()
        if process.returncode != 0:
            raise BenchError(f"pgbench failed: {err.decode(errors='replace')}")
        return out.decode()


def with_database(url: str, name: str) -> str:
    """Name another database of the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _libpq(url: str) -> dict[str, str]:
    """Turn an asyncpg URL into the variables libpq reads; keeps the password off the command."""
    parts = urlsplit(url)
    return {
        "PGHOST": parse_qs(parts.query)["host"][0],
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def open_stand(effort: Effort, bin_dir: Path | None = None) -> AsyncIterator[Stand]:
    """Start a server with the sandbox's own settings, and remove all of it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="cambist-bench-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "postgres", bin_dir)
    try:
        url = await asyncio.to_thread(server.start)
        assert server.binaries is not None
        version = await _ask(url, "show server_version")
        if await _ask(url, "show fsync") != "on":
            raise BenchError("fsync is off: nothing measured here would be durable")
        await _execute(url, f"create database {TEMPLATE}")
        await upgrade_async(with_database(url, TEMPLATE))
        yield Stand(folder, url, server.binaries.folder, version, effort)
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder)


async def _ask(url: str, question: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval(question))
    finally:
        await connection.close()


async def interleave(
    yardstick: Measure, figures: Mapping[str, Measure], rounds: int
) -> dict[str, list[Round]]:
    """Measure yardstick, figure, yardstick, figure, ...; each against the mean of both sides.

    A machine that gets slower or faster meanwhile moves both.
    """
    measured: dict[str, list[Round]] = {name: [] for name in figures}
    before = await yardstick()
    for number in range(1, rounds + 1):
        for name, measure in figures.items():
            value = await measure()
            after = await yardstick()
            measured[name].append(Round(value, (before + after) / 2))
            before = after
            print(
                f"  round {number} of {rounds}, {name}: {measured[name][-1].ratio:.2f}", flush=True
            )
    return measured
