"""Say what tells whether the house is well: signs of life, ages, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Vitals:
    """Hold signs of life, each by the moment it was last given.

    `at` is the database's own time, which `beats` (by worker) go by; `now` is the time the core
    goes by (the sandbox may advance it), which `chains` (last heard of) and `prices` (oldest
    sample, by pair) go by. `lacking` names the revision the schema lacks.
    """

    at: datetime
    now: datetime
    lacking: str | None
    beats: Mapping[str, datetime]
    chains: Mapping[str, datetime]
    prices: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Backlog:
    """Count what waits; counts stop at a bound of the reader's, ages are whole seconds."""

    outbox_waiting: int
    outbox_parked: int
    outbox_age_s: int
    callbacks_pending: int
    callbacks_dead: int
    callbacks_overdue_s: int
    unfolded_entries: int
    unsealed_journals: int
    withdrawals_open: Mapping[str, int]
    withdrawals_stuck: Mapping[str, int]
    orders_open: Mapping[str, int]
    messages_queued: Mapping[str, int]
    messages_dead: Mapping[str, int]
    messages_overdue_s: int
    bank_lines_waiting: int
    bank_payouts_queued: int
    cases_submitted: int


class HealthReader(Protocol):
    """Look at the house. Each look is one short query with a deadline."""

    async def vitals(self) -> Vitals:
        """Read the signs of life.

        Raises:
            StoreUnavailableError: the database did not answer in time.
        """

    async def backlog(self) -> Backlog:
        """Count what waits.

        Raises:
            StoreUnavailableError: the database did not answer in time.
        """


class Heartbeats(Protocol):
    """Write signs of life down."""

    async def beat(self, name: str, detail: str = "") -> None:
        """Note that a worker did its work just now; `detail` is shown to nobody but operators."""
