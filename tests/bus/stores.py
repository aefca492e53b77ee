"""Decide the stores the bus is tried on: one in memory that fails when told to, one that counts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cambist.adapters.db.pool import Pool
from cambist.adapters.db.store import PostgresStore, PostgresTransaction
from cambist.bus.identity import key_of
from cambist.kernel.errors import DomainError
from cambist.ports.store import (
    LOCK_RANK,
    IdempotencyKey,
    Kind,
    Question,
    StoredAnswer,
    Writes,
)

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Failures:
    """List what the next calls raise; an empty list means success."""

    begin: list[Exception] = field(default_factory=list)
    load: list[Exception] = field(default_factory=list)
    flush: list[Exception] = field(default_factory=list)
    commit: list[Exception] = field(default_factory=list)


def _raise_next(planned: list[Exception]) -> None:
    if planned:
        raise planned.pop(0)


class MemoryStore:
    """Keep rows in dictionaries; one transaction at a time, no locks but a record of them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Kind, Any], Any] = {}
        self.answers: dict[tuple[str, str, str], StoredAnswer] = {}
        self.inbox: set[tuple[str, int]] = set()
        self.journals: list[Any] = []
        self.failures = Failures()
        self.batches: list[MemoryTransaction] = []
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def begin(self) -> "MemoryTransaction":
        """Open a transaction, once the gate is open."""
        self.asked.set()
        await self.gate.wait()
        _raise_next(self.failures.begin)
        self.batches.append(MemoryTransaction(self))
        return self.batches[-1]


class MemoryTransaction:
    """Record what is asked and apply the writes at commit."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._writes = Writes()
        self.loads: list[tuple[Kind, str | None, tuple[Any, ...], bool]] = []
        self.ended = ""

    @property
    def now(self) -> datetime:
        """Tell a fixed time."""
        return NOW

    @property
    def locks(self) -> list[tuple[int, Any]]:
        """List the locks in the order they were taken."""
        return [
            (LOCK_RANK[kind], key) for kind, _, keys, lock in self.loads if lock for key in keys
        ]

    async def answers(
        self, keys: Sequence[IdempotencyKey]
    ) -> Mapping[tuple[str, str, str], StoredAnswer]:
        """Read stored answers."""
        known = self._store.answers
        return {key.id: known[key.id] for key in keys if key.id in known}

    async def handled(self, consumer: str, events: Sequence[int]) -> set[int]:
        """Read handled events."""
        return {event for event in events if (consumer, event) in self._store.inbox}

    async def load(
        self, kind: Kind, field: str | None, values: Sequence[Any], *, lock: bool
    ) -> Sequence[Any]:
        """Read rows."""
        self.loads.append((kind, field, tuple(values), lock))
        await asyncio.sleep(0)
        _raise_next(self._store.failures.load)
        rows = self._store.rows
        if field is None:
            return [rows[(kind, key)] for key in values if (kind, key) in rows]
        of_kind = (item for (known, _), item in rows.items() if known is kind)
        return [item for item in of_kind if getattr(item, field) in values]

    async def answer(
        self, question: Question, arguments: Sequence[Any]
    ) -> Sequence[Any | DomainError]:
        """Know nothing."""
        raise LookupError(question)

    async def flush(self, writes: Writes) -> None:
        """Take the writes."""
        await asyncio.sleep(0)
        _raise_next(self._store.failures.flush)
        self._writes = writes

    async def commit(self) -> None:
        """Apply the writes."""
        self.ended = "lost"
        _raise_next(self._store.failures.commit)
        self.ended = "committed"
        writes, store = self._writes, self._store
        for items in (writes.added, writes.changed):
            for kind, rows in items.items():
                store.rows.update({(kind, key_of(kind, row)): row for row in rows})
        store.answers.update(
            {key.id: StoredAnswer(key.fingerprint, result) for key, result in writes.answers}
        )
        store.inbox.update(writes.inbox)
        store.journals.extend(writes.journals)

    async def rollback(self) -> None:
        """Drop the writes."""
        self.ended = "rolled back"


class CountingConnection:
    """Pass everything on to a connection and note each statement."""

    def __init__(self, connection: Any, statements: list[str]) -> None:
        self._connection, self._statements = connection, statements

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, query: str, *arguments: Any) -> Any:
        """Note and fetch."""
        self._statements.append(query)
        return await self._connection.fetch(query, *arguments)

    async def execute(self, query: str, *arguments: Any) -> Any:
        """Note and execute."""
        self._statements.append(query)
        return await self._connection.execute(query, *arguments)


class CountingStore(PostgresStore):
    """Be the real store, and keep the statements of each transaction after its beginning."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, {})
        self.batches: list[list[str]] = []

    async def begin(self) -> PostgresTransaction:
        """Open a transaction whose statements are noted."""
        transaction = await super().begin()
        self.batches.append([])
        real = transaction._connection
        counting: Any = CountingConnection(real, self.batches[-1])
        unwrapping: Any = _Unwrapping(self._pool, real)
        transaction._connection, transaction._pool = counting, unwrapping
        return transaction


class _Unwrapping:
    def __init__(self, pool: Pool, connection: Any) -> None:
        self._pool, self._connection = pool, connection

    async def release(self, _: Any) -> None:
        await self._pool.release(self._connection)
