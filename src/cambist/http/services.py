"""Decide what every dialect is given by bootstrap; a dialect adds its own queries to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from cambist.bus.bus import Gate


class Commands(Protocol):
    """Run commands; the bus does."""

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command and return its result once it is durable.

        Raises:
            DomainError: what the use case or the bus refused.
        """


@dataclass(frozen=True, slots=True)
class Services:
    """Hold what handlers need; `public_url` is the root of the hosted pages, without a slash."""

    bus: Commands
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    public_url: str
