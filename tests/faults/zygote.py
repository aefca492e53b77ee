"""Decide how the matrix gets its many processes: forks of one that has imported everything.

The process has one thread, no event loop and no connection when it forks, so that each child is
as good as a fresh interpreter. Requests and replies are lines of JSON.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FAILED = 1


@dataclass(frozen=True)
class End:
    """Tell how a process ended: its exit status (negative for a signal) and what it left."""

    status: int
    left: Any

    @property
    def was_killed(self) -> bool:
        """Tell whether it died as from kill -9."""
        return self.status == -signal.SIGKILL


class Zygote:
    """Ask for processes, one after the other or beside each other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, act: str, **job: Any) -> End:
        """Run a job in a process of its own and wait for its end."""
        return self.wait(self.start(act, **job))

    def start(self, act: str, **job: Any) -> int:
        """Start a job in a process of its own and return its number."""
        number: int = self._ask({"act": act, **job})
        return number

    def wait(self, number: int) -> End:
        """Wait for a process to end by itself."""
        return End(*self._ask({"wait": number}))

    def close(self) -> None:
        """End the mother process; its children are waited for or killed before."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def serve(perform: Callable[[dict[str, Any]], Any]) -> None:
    """Fork a child for each job asked for, until the input ends."""
    pipes: dict[int, int] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            number = request["wait"]
            answer: Any = _end(number, pipes.pop(number))
        else:
            answer, pipes_end = _fork(request, perform)
            pipes[answer] = pipes_end
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for number in pipes:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)


def _fork(job: dict[str, Any], perform: Callable[[dict[str, Any]], Any]) -> tuple[int, int]:
    reading, writing = os.pipe()
    number = os.fork()
    if number:
        os.close(writing)
        return number, reading
    os.close(reading)
    os.dup2(2, 1)
    status = 0
    try:
        left = perform(job)
    except BaseException:
        left, status = traceback.format_exc(), FAILED
    with os.fdopen(writing, "w") as pipe:
        pipe.write(json.dumps(left))
    os._exit(status)


def _end(number: int, pipe: int) -> tuple[int, Any]:
    with os.fdopen(pipe) as reader:
        text = reader.read()
    _, status = os.waitpid(number, 0)
    return os.waitstatus_to_exitcode(status), json.loads(text) if text else None


if __name__ == "__main__":
    from tests.faults.runner import perform

    serve(perform)
