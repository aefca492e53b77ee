"""Decide what a journal is: legs that sum to zero per asset, posted once under a reference."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cambist.domain.ledger.accounts import AccountRef
from cambist.kernel.ids import AccountId, JournalId, OrderId

LEGS_MAX = 64


@dataclass(frozen=True, slots=True)
class Leg:
    """Move a signed number of units of the account's asset."""

    account: AccountRef
    units: int


@dataclass(frozen=True, slots=True)
class Posting:
    """Hold a recipe's legs before they are booked.

    Raises:
        ValueError: the legs do not sum to zero per asset; that is a fault of the recipe.
    """

    recipe: str
    legs: tuple[Leg, ...]

    def __post_init__(self) -> None:
        sums: Counter[str] = Counter()
        for leg in self.legs:
            sums[leg.account.asset] += leg.units
        if any(sums.values()) or not 2 <= len(self.legs) <= LEGS_MAX:
            raise ValueError(f"{self.recipe}: legs do not balance: {dict(sums)}")

    @property
    def bounded(self) -> list[AccountRef]:
        """List the accounts that must be locked before booking."""
        return [leg.account for leg in self.legs if leg.account.bounded]

    def reversed(self, recipe: str) -> "Posting":
        """Turn every leg round."""
        return Posting(recipe, tuple(Leg(leg.account, -leg.units) for leg in self.legs))


def posting(recipe: str, legs: Iterable[Leg]) -> Posting:
    """Build a posting, leaving out legs of nothing."""
    return Posting(recipe, tuple(leg for leg in legs if leg.units))


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one booked leg; bounded accounts keep their version and the balance after it."""

    journal_id: JournalId
    number: int
    account_id: AccountId
    asset: str
    units: int
    version: int | None
    balance_after: int | None


@dataclass(frozen=True, slots=True)
class Journal:
    """Hold one booked posting; `reference` is unique for ever."""

    id: JournalId
    recipe: str
    reference: str
    order_id: OrderId | None
    posted_at: datetime


def chain_hash(previous: str, journal: Journal, entries: Iterable[Entry]) -> str:
    """Hash a journal onto its predecessor: SHA-256 over a canonical line each, hex."""
    digest = hashlib.sha256(previous.encode())
    posted_at = journal.posted_at.astimezone(UTC).isoformat()
    line = f"\n{journal.id}|{journal.recipe}|{journal.reference}|{journal.order_id}|{posted_at}"
    digest.update(line.encode())
    for entry in entries:
        line = f"\n{entry.number}|{entry.account_id}|{entry.asset}|{entry.units}"
        digest.update(f"{line}|{entry.version}|{entry.balance_after}".encode())
    return digest.hexdigest()
