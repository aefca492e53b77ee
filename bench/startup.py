"""Decide how starting is measured: from `cambist up` to the first answer that all is ready."""

import asyncio
from pathlib import Path
from time import perf_counter

import httpx2

from bench.children import BenchError, last_words, part
from bench.house import HOST, free_port
from bench.report import Line, Target
from bench.stand import Stand

NAME = "startup"
EMPTY = Target(15, at_least=False)
EXISTING = Target(5, at_least=False)
READY_TIMEOUT_S = 60.0
POLL_S = 0.02
ASK_TIMEOUT_S = 5.0


async def measure(stand: Stand) -> list[Line]:
    """Start on an empty folder and again on what that left, several times."""
    empty: list[float] = []
    existing: list[float] = []
    for number in range(stand.effort.rounds):
        folder = stand.folder / f"{NAME}_{number}"
        folder.mkdir()
        for times in (empty, existing):
            times.append(await _start(folder))
        print(f"  round {number + 1}: {empty[-1]:.1f} s, then {existing[-1]:.1f} s", flush=True)
    how = "to the first 200 of /health/ready"
    return [
        Line(NAME, "on an empty data folder", empty, EMPTY, how, " s"),
        Line(NAME, "on an existing data folder", existing, EXISTING, how, " s"),
    ]


async def _start(folder: Path) -> float:
    """Run `cambist up` until it is ready; returns the seconds that took."""
    port, log = free_port(), folder / "up.log"
    settings = {"CAMBIST_VAR_DIR": str(folder / "var"), "CAMBIST_PORT": str(port)}
    begun = perf_counter()
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=ASK_TIMEOUT_S) as client,
        part(("cambist.cli", "up"), settings, log) as process,
    ):
        while not await _is_ready(client, port):
            if process.returncode is not None:
                raise BenchError(f"`cambist up` ended: {last_words(log)}")
            if perf_counter() - begun > READY_TIMEOUT_S:
                raise BenchError(f"not ready after {READY_TIMEOUT_S:.0f} s: {last_words(log)}")
            await asyncio.sleep(POLL_S)
        return perf_counter() - begun


async def _is_ready(client: httpx2.AsyncClient, port: int) -> bool:
    try:
        answer = await client.get(f"http://{HOST}:{port}/health/ready")
    except httpx2.TransportError:
        return False
    return answer.status_code == httpx2.codes.OK
