"""Decide what the bus tells whoever watches it: how much ran, how long, what waits."""

from typing import Protocol


class BusObserver(Protocol):
    """Watch the bus from outside; called after the answers are known, must not fail or wait."""

    def batch(self, size: int, waiting: int, seconds: float) -> None:
        """Note a batch of so many commands, and how many wait after it."""

    def answered(self, command: type, error: object) -> None:
        """Note a command's end; `error` is None when it succeeded."""
