"""Say how events leave the core: an order's events one after the other, a poison one set aside."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Hold one undelivered event; `attempts` counts the times its consumers failed."""

    id: int
    order_id: OrderId
    seq: int
    name: EventName
    facts: Mapping[str, str | int]
    happened_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Tell that every consumer is done with an event; `note` keeps what one had to leave undone."""

    id: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Tell that a consumer failed; a parked event waits for an operator, its order with it."""

    id: int
    error: str
    park: bool


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """Show a dead letter: the event, when it was given up, and the last error."""

    row: OutboxRow
    parked_at: datetime
    error: str


class OutboxClaim(Protocol):
    """Hold events that no other relay can take until the claim ends."""

    @property
    def rows(self) -> Sequence[OutboxRow]:
        """List the claimed events, the oldest first, at most one an order."""

    async def record(self, settled: Sequence[Settled], failed: Sequence[Failed]) -> None:
        """Write what became of claimed events; those not named are claimed again later."""


class OutboxPort(Protocol):
    """Take events out of the core. All methods may raise StoreUnavailableError."""

    def claim(
        self, limit: int, excluding: Sequence[int] = ()
    ) -> AbstractAsyncContextManager[OutboxClaim]:
        """Claim at most `limit` events, of each order only its earliest undelivered one.

        An order whose earliest one is parked, claimed by another or in `excluding` has none to
        offer. A claim holds a database connection; what was recorded holds when it ends well.
        """

    async def parked(self, limit: int) -> Sequence[ParkedEvent]:
        """List dead letters, the oldest first."""

    async def requeue(self, ids: Sequence[int] | None = None) -> int:
        """Let dead letters (all, or those named) be tried afresh, and count them."""
