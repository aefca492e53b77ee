"""Say what can be read of files for the bank and of the work list; every list is bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import PayoutBatch
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.trades import WaitingLine


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """Show a file for the bank without its bytes, and what its statements said of it so far."""

    id: UUID
    method: str
    currency: str
    count: int
    units: int
    created_at: datetime
    settled: int
    returned: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Show an order a line on the work list may be meant for."""

    order_id: OrderId
    number: int
    partner_id: PartnerId
    state: OrderState
    reference: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Show a line on the work list with the orders that still ask for its amount."""

    waiting: WaitingLine
    candidates: tuple[Candidate, ...]


class BankDesk(Protocol):
    """Read files for the bank and the work list."""

    async def batches(self, limit: int) -> Sequence[BatchSummary]:
        """List files, newest first."""

    async def batch(self, batch_id: UUID) -> PayoutBatch | None:
        """Find a file as it was written."""

    async def batches_under_way(self, known: Sequence[UUID], limit: int) -> Sequence[UUID]:
        """Name files of which some payout is neither settled nor returned, but not those known."""

    async def work(self, limit: int) -> Sequence[WorkItem]:
        """List the lines nobody has decided on, oldest first."""

    async def orders_numbered(self, number: int) -> Sequence[OrderId]:
        """Find the trades of a number, which several partners may each have one of."""
