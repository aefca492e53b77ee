"""Say what belongs to a sandbox alone: a payer, pinned prices, a clock that leaps, sinks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from cambist.domain.messaging.templates import Channel
from cambist.domain.orders.orders import Order
from cambist.kernel.ids import OrderId
from cambist.ports.feed import PriceOverrides


class PaymentSimulator(Protocol):
    """Play payer and network for one incoming order whose asset and address are fixed."""

    async def pay(self, order: Order, units: int) -> None:
        """Send units of the order's asset to its address; the transaction waits for a block.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """

    async def replace(self, order: Order) -> None:
        """Replace the order's newest unconfirmed transaction; without one nothing happens.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """

    async def mine(self, order: Order, blocks: int) -> None:
        """Mine blocks on the chain of the order's asset.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """


class PricePins(Protocol):
    """Hold what an operator of the sandbox said about prices; feeds ask for it at every poll."""

    async def overrides(self) -> PriceOverrides:
        """Read every pin."""

    async def pin(self, pair: str, mantissa: int) -> None:
        """Fix the mid of a pair, up again if it was down."""

    async def take_down(self, pair: str) -> None:
        """Leave a pair without a price."""

    async def release(self, pair: str) -> None:
        """Let a pair follow the feed's own walk again."""


@dataclass(frozen=True, slots=True)
class SinkRequest:
    """Hold a request somebody sent to a sink; header names are in lower case."""

    method: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """Hold a request a sink has kept, and the status it answered with; numbers count from 1."""

    number: int
    at: datetime
    request: SinkRequest
    status: int


class Sinks(Protocol):
    """Keep what was sent to the sandbox's sinks, bounded, for every process to see."""

    async def receive(self, name: str, request: SinkRequest) -> ReceivedRequest:
        """Keep a request and decide its answer.

        Raises:
            DomainError: LIMIT_EXCEEDED for one more sink than there may be.
        """

    async def received(self, name: str) -> Sequence[ReceivedRequest]:
        """List what a sink keeps, the oldest first."""

    async def behave(self, name: str, status: int, times: int) -> None:
        """Let a sink answer its next `times` requests with a status.

        Raises:
            DomainError: LIMIT_EXCEEDED for one more sink than there may be.
        """

    async def sinks(self) -> Mapping[str, int]:
        """Count the requests received by each sink."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """Show an event of an order, and whether every consumer is done with it."""

    seq: int
    name: str
    happened_at: datetime
    facts: Mapping[str, str | int]
    delivered: bool


class SandboxReads(Protocol):
    """Read what no caller of an API may."""

    async def events(self, order_id: OrderId) -> Sequence[RecordedEvent]:
        """List an order's events, the first first."""

    async def recent_orders(self, limit: int) -> Sequence[Order]:
        """List orders of whoever they are, newest first."""

    async def order_pages(self, order_ids: Sequence[OrderId]) -> Mapping[OrderId, str]:
        """Name the pages of those orders that are trades."""

    async def unrecorded(self, chain: str, txids: Sequence[str]) -> set[str]:
        """Pick the transactions neither a payment nor a withdrawal of ours is known of."""

    async def seen_at(self) -> Mapping[str, datetime]:
        """Tell when each watched chain was last looked at."""


class LeapingClock(Protocol):
    """Move the time the core goes by."""

    async def advance(self, seconds: int) -> datetime:
        """Let seconds pass at once and return the time it is then."""


class World(PricePins, Sinks, SandboxReads, LeapingClock, Protocol):
    """Be everything of a sandbox that every process shares."""


class LedgerCheck(Protocol):
    """Look at the books without proving every journal."""

    async def quick_check(self) -> Mapping[str, object]:
        """Tell `balanced`, `negative` (accounts below their floor) and `assets` (sums by asset)."""


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """Hold a mail or short message as its reader gets it; `copies` counts how often it was sent.

    A short message has neither subject nor HTML.
    """

    id: UUID
    channel: Channel
    recipient: str
    subject: str
    text: str
    html: str
    sent_at: datetime
    copies: int


class MailBox(Protocol):
    """Keep what was sent to people, bounded; may raise StoreUnavailableError."""

    async def put(
        self,
        message_id: UUID,
        channel: Channel,
        recipient: str,
        subject: str,
        text: str,
        html: str,
    ) -> None:
        """Keep a message; one that is known already is counted as one more copy."""

    async def kept(
        self, limit: int, channel: Channel | None = None, recipient: str | None = None
    ) -> Sequence[KeptMessage]:
        """List messages, newest first; the case of a recipient does not matter."""

    async def find(self, message_id: UUID) -> KeptMessage | None:
        """Find one message."""
