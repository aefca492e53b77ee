"""Prove that whoever watches the bus hears of each command once, with how it ended."""

import asyncio
from uuid import uuid4

import pytest

from cambist.adapters.vault.entropy import SystemEntropy
from cambist.bus.answers import register
from cambist.bus.bus import Bus
from cambist.bus.scope import Tools
from cambist.kernel.errors import DomainError
from tests.bus.cases import USE_CASES, Count
from tests.bus.conftest import NoBook
from tests.bus.stores import MemoryStore


class Watcher:
    """Remember what was told."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, int]] = []
        self.answers: list[tuple[type, str]] = []

    def batch(self, size: int, waiting: int, seconds: float) -> None:
        """Note a batch."""
        assert seconds >= 0
        self.batches.append((size, waiting))

    def answered(self, command: type, error: object) -> None:
        """Note an answer."""
        self.answers.append((command, type(error).__name__))


async def test_each_command_is_told_once_with_its_end() -> None:
    watcher = Watcher()
    bus = Bus(
        MemoryStore(), register(USE_CASES), Tools(SystemEntropy(), NoBook()), observer=watcher
    )
    faults = ("", "refusal", "bug", "")
    work = (bus.execute(Count(uuid4(), fault=fault)) for fault in faults)
    await asyncio.gather(*work, return_exceptions=True)
    with pytest.raises(DomainError):
        await bus.execute(Count(uuid4(), fault="refusal"))
    await bus.close()
    ends = sorted(kind for _, kind in watcher.answers)
    assert ends == ["DomainError", "DomainError", "KeyError", "NoneType", "NoneType"]
    assert sum(size for size, _ in watcher.batches) == 5
    assert watcher.batches[-1] == (1, 0)
