"""Decide how the bench talks to processes of its own: a line of JSON asks, a line answers."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STOP_TIMEOUT_S = 20
LINE_BYTES_MAX = 1_000_000
LOG_LINES_SHOWN = 15


class BenchError(Exception):
    """A figure could not be measured, or measured something that must not be."""


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Give a child this process's environment with other CAMBIST settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAMBIST_")}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


async def end(process: asyncio.subprocess.Process) -> None:
    """Ask a process to end, then make sure of it."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


class Child:
    """Hold a process that answers questions, one at a time."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self._name, self._process = name, process

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Put a question and await the answer.

        Raises:
            BenchError: the process ended instead.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise BenchError(f"{self._name} ended without an answer; its words are above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def child(
    module: str, *arguments: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[Child]:
    """Run a module of the bench as a process that answers questions."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment(env or {}),
        limit=LINE_BYTES_MAX,
    )
    try:
        yield Child(module, process)
    finally:
        await end(process)


async def answer_questions(
    answer: Callable[[dict[str, Any]], Awaitable[Mapping[str, Any]]],
) -> None:
    """Be such a process: answer each line of standard input until it closes."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await answer(json.loads(line))), flush=True)


@asynccontextmanager
async def part(
    command: tuple[str, ...], env: Mapping[str, str], log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a part of the program until the block ends; its words go to a file.

    A part told to be supervised ends when this process does, however that comes about.
    """
    with log.open("ab") as words:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=words,
            stderr=words,
            env=environment(env),
        )
    try:
        yield process
    finally:
        await end(process)


def last_words(log: Path) -> str:
    """Give the end of what a part said."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-LOG_LINES_SHOWN:]) or "(nothing)"
