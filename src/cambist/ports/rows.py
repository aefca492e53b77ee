"""Say what rows exist only to order work: counters, leases, wallets."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Counter:
    """Count a partner's payments; the next one gets `payments + 1`."""

    partner_id: UUID
    payments: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Let one worker at a time do a job; `epoch` rises with each new holder and fences the old."""

    name: str
    holder: str
    epoch: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wallet:
    """Guard a chain's coins and nonces: whoever spends or reverts coins locks it first."""

    chain: str
    spends: int
