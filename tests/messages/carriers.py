"""Decide how carriers of messages behave in tests: as told, and remembering what they took."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cambist.ports.messages import OutgoingMail, OutgoingSms

M = TypeVar("M", OutgoingMail, OutgoingSms)


async def _at_once(_: object) -> None:
    return None


@dataclass
class Carrier(Generic[M]):
    """Take messages after `pause`, or raise what `trouble` makes of one."""

    trouble: Callable[[M], BaseException | None] = lambda _: None
    pause: Callable[[M], Awaitable[None]] = _at_once
    taken: list[M] = field(default_factory=list)
    tried: int = 0

    async def send(self, message: M) -> None:
        """Take a message."""
        self.tried += 1
        await self.pause(message)
        trouble = self.trouble(message)
        if trouble is not None:
            raise trouble
        self.taken.append(message)
