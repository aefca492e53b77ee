"""Decide how a child process is asked: one JSON line each way, bounded in time, size, restarts."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

LINE_MAX_BYTES = 512 * 1024
BACKOFF_FIRST_S = 1
BACKOFF_MAX_S = 60
STARTS_MAX = 12
STARTS_WINDOW_S = 600
CLOSE_WAIT_S = 2


class ChildFailedError(Exception):
    """The child gave no usable answer and was killed, or may not be started again yet."""


class LineChild:
    """Run one child, started when first asked, killed at the first answer that is not right.

    After a failure the next start waits twice as long as before (BACKOFF_FIRST_S up to
    BACKOFF_MAX_S), and there are at most STARTS_MAX starts in STARTS_WINDOW_S, so a child that
    answers once and dies cannot make a storm.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        monotonic: Callable[[], float],
        timeout_s: int,
        line_max_bytes: int = LINE_MAX_BYTES,
    ) -> None:
        """Take the whole environment of the child; it inherits nothing."""
        self._command = tuple(command)
        self._env = dict(env)
        self._monotonic = monotonic
        self._timeout_s = timeout_s
        self._line_max_bytes = line_max_bytes
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._asked = 0
        self._failures = 0
        self._not_before = monotonic()
        self._starts: deque[float] = deque(maxlen=STARTS_MAX)

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Send a question and return the answer object that carries its id.

        Raises:
            ChildFailedError: died, too slow, too long, no JSON object, or another id.
        """
        async with self._lock:
            answered = False
            try:
                async with asyncio.timeout(self._timeout_s):
                    process = self._process or await self._start()
                    answer = await self._exchange(process, question)
                answered = True
            except TimeoutError as slow:
                raise ChildFailedError("too slow") from slow
            except OSError as broken:
                raise ChildFailedError("cannot be reached") from broken
            finally:
                # A cancelled question leaves an answer in the pipe: that child is of no use.
                if not answered:
                    await self._discard()
            self._failures = 0
            return answer

    async def close(self) -> None:
        """End the child: its input closes, and it is killed when that does not end it."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(CLOSE_WAIT_S):
                await process.wait()
        except TimeoutError:
            await _kill(process)

    async def _start(self) -> asyncio.subprocess.Process:
        now = self._monotonic()
        if now < self._not_before:
            raise ChildFailedError("waits before the next start")
        if len(self._starts) == STARTS_MAX and now - self._starts[0] < STARTS_WINDOW_S:
            raise ChildFailedError("was started too often")
        self._starts.append(now)
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._env,
            limit=self._line_max_bytes,
        )
        return self._process

    async def _exchange(
        self, process: asyncio.subprocess.Process, question: Mapping[str, Any]
    ) -> dict[str, Any]:
        if process.stdin is None or process.stdout is None:
            raise ChildFailedError("has no pipes")
        self._asked += 1
        line = json.dumps({**question, "id": self._asked}) + "\n"
        process.stdin.write(line.encode())
        await process.stdin.drain()
        try:
            answer = json.loads(await process.stdout.readuntil(b"\n"))
        except asyncio.IncompleteReadError as gone:
            raise ChildFailedError("died") from gone
        except asyncio.LimitOverrunError as long:
            raise ChildFailedError("said too much") from long
        except (ValueError, RecursionError) as garbage:
            raise ChildFailedError("spoke no JSON") from garbage
        if not isinstance(answer, dict) or answer.get("id") != self._asked:
            raise ChildFailedError("answered another question")
        return answer

    async def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        pause = min(BACKOFF_FIRST_S << min(self._failures, 16), BACKOFF_MAX_S)
        self._failures += 1
        self._not_before = self._monotonic() + pause
        await _kill(process)


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    # Reads what is left in the pipe: a reader paused at its limit would never see the end.
    await process.communicate()
