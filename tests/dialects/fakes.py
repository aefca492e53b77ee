"""Decide how a bus and a clock are faked behind the wire: one records, one stands still."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cambist.bus.answers import fingerprint
from cambist.bus.bus import Gate
from cambist.kernel.errors import DomainError, ErrorCode


@dataclass
class RecordingBus(ABC):
    """Record commands, honour gates, and refuse what the core would refuse for plain reasons."""

    commands: list[tuple[Any, Gate | None]] = field(default_factory=list)
    answers: dict[tuple[str, str, str], tuple[bytes, Any]] = field(default_factory=dict)
    refusal: Exception | None = None

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Answer a command, or as it was answered before through the same gate."""
        self.commands.append((command, gate))
        if self.refusal is not None:
            raise self.refusal
        if gate is None:
            return self.answer(command)
        key = (gate.tenant, gate.operation, gate.key)
        if key not in self.answers:
            self.answers[key] = (fingerprint(command), self.answer(command))
        print_, answer = self.answers[key]
        if print_ != fingerprint(command):
            raise DomainError(ErrorCode.IDEMPOTENCY_CONFLICT)
        return answer

    @abstractmethod
    def answer(self, command: object) -> Any:
        """Answer a command as the core would, or refuse it."""


@dataclass
class StandingClock:
    """Stand still until told."""

    moment: datetime
    ns: int = 1_000_000_000_000

    def now(self) -> datetime:
        """Tell the moment."""
        return self.moment

    def monotonic_ns(self) -> int:
        """Tell the nanoseconds since some start."""
        return self.ns
