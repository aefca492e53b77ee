"""Say what workers look up to find their work; every list is bounded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cambist.domain.custody.custody import Coin, Cursor, Withdrawal
from cambist.kernel.ids import OrderId, PaymentId


@dataclass(frozen=True, slots=True)
class WatchedPayment:
    """Name a pending payment and its transaction; `order_id` is None for the house's own."""

    payment_id: PaymentId
    order_id: OrderId | None
    txid: str


@dataclass(frozen=True, slots=True)
class OpenWithdrawal:
    """Hold a withdrawal under way with the coins it spends, and the order it refunds if any."""

    withdrawal: Withdrawal
    coins: tuple[Coin, ...]
    change: Coin | None
    parent_id: OrderId | None


class WorkQueries(Protocol):
    """Find what is due."""

    async def now(self) -> datetime:
        """Tell the time the core goes by."""

    async def cursor(self, chain: str) -> Cursor | None:
        """Tell how far a chain was watched."""

    async def issued_addresses(self, chain: str, addresses: Iterable[str]) -> set[str]:
        """Pick the addresses that are ours."""

    async def payments_at(self, chain: str, height: int) -> Sequence[WatchedPayment]:
        """List pending payments in blocks up to a height, oldest first."""

    async def unplaced_payments(self, chain: str) -> Sequence[WatchedPayment]:
        """List pending payments that stand in no block."""

    async def due_orders(self) -> Sequence[OrderId]:
        """List incoming orders whose time is over and that are not decided."""

    async def open_withdrawals(self, chain: str) -> Sequence[OpenWithdrawal]:
        """List withdrawals neither settled nor parked, oldest first."""
