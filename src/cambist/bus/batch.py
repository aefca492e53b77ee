"""Decide how many commands share one transaction: they run side by side, loads are gathered,
locks are taken in one order, and whatever cannot keep that order starts again in a later batch.
"""

from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cambist.bus.identity import IdentityMap
from cambist.bus.requests import Ask, Load, Request
from cambist.bus.scope import Scope
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.addresses import AddressBook
from cambist.ports.ids import IdSource
from cambist.ports.store import (
    LOCK_RANK,
    IdempotencyKey,
    Kind,
    StoreTransaction,
    StoredAnswer,
    Writes,
)

UseCase = Callable[[Any, Any, datetime], Coroutine[Any, Any, Any]]
LockKey = tuple[int, Any]
TURNS_MAX = 10_000
FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What a faulty use case raises; it fails alone, its neighbours in the batch go on."""


@dataclass(slots=True, eq=False)
class Job:
    """Carry one command through a batch; `outcome` is its result or the error it met."""

    command: Any
    use_case: UseCase
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    key: IdempotencyKey | None = None
    inbox: tuple[str, int] | None = None
    outcome: Any = None
    failed: bool = False
    done: bool = False
    restarts: int = 0
    scope: Scope | None = None
    coroutine: Coroutine[Any, Any, Any] | None = None
    locks: set[LockKey] = field(default_factory=set)

    def finish(self, outcome: Any, *, failed: bool) -> None:
        """Set the outcome."""
        self.outcome, self.failed, self.done = outcome, failed, True


class Batch:
    """Run jobs within one open transaction and collect what the successful ones write."""

    def __init__(self, transaction: StoreTransaction, ids: IdSource, book: AddressBook) -> None:
        self._transaction = transaction
        self._ids, self._book = ids, book
        self._known = IdentityMap()
        self._writes = Writes()
        self._dirty: dict[tuple[Kind, Any], bool] = {}
        self._locked: set[LockKey] = set()
        self._owners: dict[Any, Job] = {}
        self._ready: deque[tuple[Job, Any]] = deque()
        self._waiting: list[tuple[Job, Request]] = []
        self._parked: list[tuple[Job, Any]] = []
        self._answers: dict[tuple[str, str, str], StoredAnswer] = {}
        self._handled: set[tuple[str, int]] = set()
        self.restarted: list[Job] = []

    async def run(self, jobs: Iterable[Job]) -> Writes:
        """Run all jobs to an outcome (or onto `restarted`) and return what to flush."""
        admitted = list(jobs)
        await self._read_gates(admitted)
        for job in admitted:
            self._start(job)
        for _ in range(TURNS_MAX):
            while self._ready:
                self._step(*self._ready.popleft())
            if not self._waiting:
                break
            await self._serve()
        for job, _ in [*self._parked, *self._waiting]:
            self._restart(job)
        return self._collect()

    async def _read_gates(self, jobs: list[Job]) -> None:
        keys = [job.key for job in jobs if job.key is not None]
        if keys:
            self._answers.update(await self._transaction.answers(keys))
        consumers: dict[str, list[int]] = {}
        for job in jobs:
            if job.inbox is not None:
                consumers.setdefault(job.inbox[0], []).append(job.inbox[1])
        for consumer, events in consumers.items():
            handled = await self._transaction.handled(consumer, events)
            self._handled.update((consumer, event) for event in handled)

    def _start(self, job: Job) -> None:
        """Answer a known key at once, wait behind its twin, or begin the use case."""
        if job.inbox is not None and job.inbox in self._handled:
            job.finish(None, failed=False)
            return
        if job.key is not None:
            stored = self._answers.get(job.key.id)
            if stored is not None:
                self._replay(job, job.key, stored)
                return
            if job.key.id in self._owners:
                self._parked.append((job, job.key.id))
                return
            self._owners[job.key.id] = job
        job.scope = Scope(self._known, self._transaction.now, self._ids, self._book)
        job.coroutine = job.use_case(job.command, job.scope, self._transaction.now)
        self._ready.append((job, None))

    def _replay(self, job: Job, key: IdempotencyKey, stored: StoredAnswer) -> None:
        if stored.fingerprint == key.fingerprint:
            job.finish(job.decode(stored.result), failed=False)
        else:
            job.finish(DomainError(ErrorCode.IDEMPOTENCY_CONFLICT), failed=True)

    def _step(self, job: Job, value: Any) -> None:
        """Resume a use case until it asks for something or ends."""
        coroutine = job.coroutine
        if coroutine is None:
            raise AssertionError("a job is started before it is stepped")
        try:
            refused = isinstance(value, DomainError)
            request = coroutine.throw(value) if refused else coroutine.send(value)
        except StopIteration as finished:
            self._succeed(job, finished.value)
        except (DomainError, *FAULTS) as refusal:
            self._fail(job, refusal)
        else:
            self._take(job, request)

    def _take(self, job: Job, request: Request) -> None:
        if isinstance(request, Load) and self._is_served(job, request):
            self._ready.append((job, None))
        else:
            self._waiting.append((job, request))

    def _is_served(self, job: Job, load: Load) -> bool:
        if load.field is not None:
            return all(self._known.knows_field(load.kind, load.field, v) for v in load.values)
        if not load.lock:
            return all(self._known.knows(load.kind, key) for key in load.values)
        rank = LOCK_RANK[load.kind]
        return all((rank, key) in job.locks for key in load.values)

    async def _serve(self) -> None:
        """Serve the reads of this turn, or else the lowest kind of lock asked for."""
        reads = [(j, r) for j, r in self._waiting if isinstance(r, Ask) or not r.lock]
        if reads:
            self._waiting = [(j, r) for j, r in self._waiting if isinstance(r, Load) and r.lock]
            await self._serve_questions([(j, r) for j, r in reads if isinstance(r, Ask)])
            await self._serve_reads([(j, r) for j, r in reads if isinstance(r, Load)])
            return
        loads = [(job, load) for job, load in self._waiting if isinstance(load, Load)]
        rank = min(LOCK_RANK[load.kind] for _, load in loads)
        now = [(job, load) for job, load in loads if LOCK_RANK[load.kind] == rank]
        self._waiting = [(job, load) for job, load in loads if LOCK_RANK[load.kind] != rank]
        await self._serve_locks(rank, now)

    async def _serve_questions(self, asks: list[tuple[Job, Ask]]) -> None:
        for question in {ask.question for _, ask in asks}:
            group = [(job, ask) for job, ask in asks if ask.question is question]
            answers = await self._transaction.answer(question, [a.argument for _, a in group])
            self._ready.extend((job, value) for (job, _), value in zip(group, answers, strict=True))

    async def _serve_reads(self, loads: list[tuple[Job, Load]]) -> None:
        for kind, by in {(load.kind, load.field) for _, load in loads}:
            asked = {v for _, r in loads if (r.kind, r.field) == (kind, by) for v in r.values}
            if by is None:
                missing = [key for key in asked if not self._known.knows(kind, key)]
                if missing:
                    rows = await self._transaction.load(kind, None, missing, lock=False)
                    self._known.put_loaded(kind, missing, rows)
            else:
                missing = [v for v in asked if not self._known.knows_field(kind, by, v)]
                if missing:
                    rows = await self._transaction.load(kind, by, missing, lock=False)
                    self._known.put_found(kind, by, missing, list(rows))
        self._ready.extend((job, None) for job, _ in loads)

    async def _serve_locks(self, rank: int, loads: list[tuple[Job, Load]]) -> None:
        """Lock what is asked for of one kind, in key order, never below what is locked."""
        highest = max(self._locked, default=None)
        kept: list[tuple[Job, Load]] = []
        for job, load in loads:
            fresh = [(rank, key) for key in load.values if (rank, key) not in self._locked]
            if highest is not None and any(lock <= highest for lock in fresh):
                self._restart(job)
            else:
                kept.append((job, load))
        if not kept:
            return
        kind = kept[0][1].kind
        wanted = sorted({k for _, r in kept for k in r.values if (rank, k) not in self._locked})
        if wanted:
            rows = await self._transaction.load(kind, None, wanted, lock=True)
            self._known.refresh(kind, rows)
            self._known.put_loaded(kind, wanted, ())
            self._locked.update((rank, key) for key in wanted)
        for job, load in kept:
            self._grant(job, load)

    def _grant(self, job: Job, load: Load) -> None:
        """Give a job its locks, or park it behind the job that holds one of them."""
        keys = [(LOCK_RANK[load.kind], key) for key in load.values]
        for key in keys:
            owner = self._owners.get(key)
            if owner is not None and owner is not job:
                self._parked.append((job, load))
                return
        for key in keys:
            self._owners[key] = job
            job.locks.add(key)
        self._ready.append((job, None))

    def _succeed(self, job: Job, result: Any) -> None:
        scope = job.scope
        if scope is None:
            raise AssertionError("a finished job has a scope")
        changes = scope.changes
        for kind, items in changes.items.items():
            for key, item in items.items():
                added = (kind, key) in changes.added
                self._dirty[(kind, key)] = added or self._dirty.get((kind, key), False)
                self._known.put(kind, item)
        own, all_writes = changes.writes, self._writes
        all_writes.journals.extend(own.journals)
        all_writes.entries.extend(own.entries)
        all_writes.system_accounts |= own.system_accounts
        all_writes.events.extend(own.events)
        if job.key is not None:
            encoded = job.encode(result)
            all_writes.answers.append((job.key, encoded))
            self._answers[job.key.id] = StoredAnswer(job.key.fingerprint, encoded)
        if job.inbox is not None:
            all_writes.inbox.append(job.inbox)
            self._handled.add(job.inbox)
        job.finish(result, failed=False)
        self._release(job)

    def _fail(self, job: Job, fault: Exception) -> None:
        job.finish(fault, failed=True)
        self._release(job)

    def _restart(self, job: Job) -> None:
        """Put a job back to its beginning for a later batch; it leaves nothing behind."""
        if job.coroutine is not None:
            job.coroutine.close()
        self.restarted.append(job)
        self._release(job)

    def _release(self, job: Job) -> None:
        """Let the jobs parked behind this one try again, in their order."""
        for lock in job.locks:
            self._owners.pop(lock, None)
        if job.key is not None and self._owners.get(job.key.id) is job:
            del self._owners[job.key.id]
        job.scope, job.coroutine, job.locks = None, None, set()
        parked, self._parked = self._parked, []
        for waiter, wanted in parked:
            if waiter is job or waiter in self.restarted:
                continue
            if isinstance(wanted, Load):
                self._grant(waiter, wanted)
            else:
                self._start(waiter)

    def _collect(self) -> Writes:
        writes = self._writes
        for (kind, key), added in self._dirty.items():
            bucket = writes.added if added else writes.changed
            bucket.setdefault(kind, []).append(self._known.get(kind, key))
        return writes
