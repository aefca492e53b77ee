"""Decide how a test types what staff type, and reads what they read."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from cambist.bootstrap.commands import run


@dataclass(frozen=True)
class Typed:
    """Hold what a command answered."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """List the lines of the answer."""
        return self.out.splitlines()

    @property
    def logged(self) -> list[dict[str, Any]]:
        """Read what was logged."""
        return [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]

    def line(self, start: str) -> str:
        """Find the one line that begins so, blanks before it aside."""
        (found,) = (one.strip() for one in self.lines if one.strip().startswith(start))
        return found


class Staff:
    """Type commands in this process."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured

    async def types(self, *words: object, status: int = 0) -> Typed:
        """Type a command that ends with a status."""
        self._captured.readouterr()
        ended = await asyncio.to_thread(_run, [str(word) for word in words])
        said = self._captured.readouterr()
        typed = Typed(ended, said.out, said.err)
        assert typed.status == status, typed
        return typed


def _run(words: list[str]) -> int:
    try:
        return run(words)
    except SystemExit as left:
        return int(left.code or 0)


@contextmanager
def own_logs() -> Iterator[None]:
    """Put the logs back as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
