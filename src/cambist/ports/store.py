"""Say what the bus asks of the database: one transaction that loads, locks and flushes in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from cambist.domain.ledger.accounts import AccountRef
from cambist.domain.ledger.journals import Entry, Journal
from cambist.kernel.errors import DomainError
from cambist.kernel.events import Event


class Kind(StrEnum):
    """Name the aggregates; locks are taken in the order of this list, accounts last."""

    PARTNER = "partner"
    INTEGRATION = "integration"
    API_KEY = "api_key"
    LEASE = "lease"
    CURSOR = "cursor"
    BLOCK = "block"
    QUOTE = "quote"
    CUSTOMER = "customer"
    TURNOVER = "turnover"
    LINK = "link"
    BANK_LINE = "bank_line"
    PAYOUT_BATCH = "payout_batch"
    ORDER = "order"
    TRADE = "trade"
    CASE = "case"
    DOCUMENT = "document"
    CODE = "code"
    BUDGET = "budget"
    MESSAGE = "message"
    BANK_PAYOUT = "bank_payout"
    PAYMENT = "payment"
    WITHDRAWAL = "withdrawal"
    COUNTER = "counter"
    WALLET = "wallet"
    ADDRESS = "address"
    COIN = "coin"
    CALLBACK = "callback"
    CALLBACK_ATTEMPT = "callback_attempt"
    HOLD = "hold"
    ACCOUNT = "account"


LOCK_RANK: Mapping[Kind, int] = {kind: rank for rank, kind in enumerate(Kind)}


class Question(StrEnum):
    """Name what a use case may ask beside its aggregates; answered in bulk, never locked."""

    NEXT_ADDRESS = "next_address"
    RATE = "rate"
    OPEN_ORDERS = "open_orders"
    PRICED = "priced"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """Name a request for ever; `fingerprint` is the SHA-256 of the command it must repeat."""

    tenant: str
    operation: str
    key: str
    fingerprint: bytes

    @property
    def id(self) -> tuple[str, str, str]:
        """Give the part that is unique."""
        return (self.tenant, self.operation, self.key)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """Hold what was answered to a key's first request."""

    fingerprint: bytes
    result: bytes


@dataclass(slots=True)
class Writes:
    """Collect everything a batch changes; flushed with one bulk statement a table."""

    added: dict[Kind, list[Any]] = field(default_factory=dict)
    changed: dict[Kind, list[Any]] = field(default_factory=dict)
    journals: list[Journal] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    system_accounts: set[AccountRef] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    answers: list[tuple[IdempotencyKey, bytes]] = field(default_factory=list)
    inbox: list[tuple[str, int]] = field(default_factory=list)


class FlushConflictError(Exception):
    """The flush met a unique violation, deadlock or serialization failure; nothing is written."""


class OutcomeUnknownError(Exception):
    """The connection was lost while committing: the effect may be there or not."""


class StoreUnavailableError(Exception):
    """The database cannot be reached now; nothing happened."""


class StoreTransaction(Protocol):
    """Hold one open transaction. Only the bus drives it."""

    @property
    def now(self) -> datetime:
        """Tell the database's time at the beginning (plus the sandbox's advance)."""

    async def answers(
        self, keys: Sequence[IdempotencyKey]
    ) -> Mapping[tuple[str, str, str], StoredAnswer]:
        """Read the stored answers of keys."""

    async def handled(self, consumer: str, events: Sequence[int]) -> set[int]:
        """Tell which outbox rows a consumer has handled."""

    async def load(
        self, kind: Kind, field: str | None, values: Sequence[Any], *, lock: bool
    ) -> Sequence[Any]:
        """Read aggregates by key (field None) or by a field; locked ones in key order."""

    async def answer(
        self, question: Question, arguments: Sequence[Any]
    ) -> Sequence[Any | DomainError]:
        """Answer questions in bulk, one answer or refusal each."""

    async def flush(self, writes: Writes) -> None:
        """Write everything.

        Raises:
            FlushConflictError: the transaction must be rolled back.
        """

    async def commit(self) -> None:
        """Make it durable; never given up by a timeout.

        Raises:
            OutcomeUnknownError: the connection was lost meanwhile.
        """

    async def rollback(self) -> None:
        """Drop everything."""


class Store(Protocol):
    """Open transactions."""

    async def begin(self) -> StoreTransaction:
        """Open a transaction.

        Raises:
            StoreUnavailableError: no connection in time.
        """
