"""Decide how commands share one transaction: side by side, loads gathered, locks in one order.

What cannot keep the order of locks starts again in a later batch, taking all it needs at first.
"""

from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cambist.bus.identity import IdentityMap
from cambist.bus.requests import Ask, Load, Request
from cambist.bus.scope import Scope, Tools
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.store import (
    LOCK_RANK,
    IdempotencyKey,
    Kind,
    StoredAnswer,
    StoreTransaction,
    Writes,
)

UseCase = Callable[[Any, Any, datetime], Coroutine[Any, Any, Any]]
LockKey = tuple[int, Any]
KINDS = tuple(Kind)
TURNS_MAX = 10_000
FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a faulty use case raises; it fails alone. Anything else fails the batch, and the bus then
runs each of its commands alone."""


@dataclass(slots=True, eq=False)
class Job:
    """Carry one command through a batch; `outcome` is its result or the error it met.

    `needs` are locks a restarted command asked for before: it takes them first, in order.
    """

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
    needs: set[LockKey] = field(default_factory=set)
    ahead: list[Load] = field(default_factory=list)

    def finish(self, outcome: Any, *, failed: bool) -> None:
        """Set the outcome."""
        self.outcome, self.failed, self.done = outcome, failed, True

    def reset(self) -> None:
        """Go back to the beginning; nothing but `needs` is kept."""
        self.stop()
        self.outcome, self.failed, self.done = None, False, False

    def stop(self) -> None:
        """End the use case where it stands and let go of what it held."""
        if self.coroutine is not None:
            self.coroutine.close()
        self.scope, self.coroutine, self.locks, self.ahead = None, None, set(), []


class Batch:
    """Run jobs within one open transaction and collect what the successful ones write."""

    def __init__(self, transaction: StoreTransaction, tools: Tools) -> None:
        self._transaction, self._tools = transaction, tools
        self._known = IdentityMap()
        self._writes = Writes()
        self._dirty: dict[Kind, dict[Any, bool]] = {}
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
        try:
            await self._read_gates(admitted)
            for job in admitted:
                self._start(job)
            for _ in range(TURNS_MAX):
                while self._ready:
                    self._step(*self._ready.popleft())
                if not self._waiting:
                    break
                await self._serve()
            stuck = [*self._parked, *self._waiting]
            self._parked, self._waiting = [], []
            for job, request in stuck:
                self._restart(job, request)
            await self._reconsider(admitted)
        finally:
            for job in admitted:
                job.stop()
        return self._collect()

    async def _reconsider(self, jobs: list[Job]) -> None:
        """Answer a refused repetition like its twin that another process committed meanwhile.

        The gates were read before the locks were waited for; what was refused may have been
        refused because the very same request had just gone through.
        """
        refused = [job for job in jobs if job.failed and (job.key or job.inbox)]
        if not refused:
            return
        await self._read_gates(refused)
        for job in refused:
            stored = self._answers.get(job.key.id) if job.key else None
            if stored is not None and job.key and stored.fingerprint == job.key.fingerprint:
                self._replay(job, job.key, stored)
            elif job.inbox in self._handled:
                job.finish(None, failed=False)

    async def _read_gates(self, jobs: list[Job]) -> None:
        """Learn which keys were answered and which events were handled, before or in this batch."""
        keys = [job.key for job in jobs if job.key is not None and job.key.id not in self._answers]
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
        job.scope = Scope(self._known, self._transaction.now, self._tools)
        job.coroutine = job.use_case(job.command, job.scope, self._transaction.now)
        for rank in sorted({rank for rank, _ in job.needs}):
            keys = sorted(key for needed, key in job.needs if needed == rank)
            job.ahead.append(Load(KINDS[rank], None, tuple(keys), lock=True))
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
        if job.ahead:
            self._take(job, job.ahead.pop(0))
            return
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
        if not isinstance(request, Load | Ask):
            job.stop()
            self._fail(job, TypeError("a use case awaits nothing but its unit of work"))
        elif isinstance(request, Load) and self._is_served(job, request):
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
        for kind, by in {(load.kind, load.field): None for _, load in loads}:
            asked = {v: None for _, r in loads if (r.kind, r.field) == (kind, by) for v in r.values}
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
                self._restart(job, load)
            else:
                kept.append((job, load))
        if not kept:
            return
        kind = kept[0][1].kind
        wanted = sorted({k for _, r in kept for k in r.values if (rank, k) not in self._locked})
        if wanted:
            rows = await self._transaction.load(kind, None, wanted, lock=True)
            self._known.put_locked(kind, wanted, rows)
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
        try:
            encoded = b"" if job.key is None else job.encode(result)
        except FAULTS as fault:
            self._fail(job, fault)
            return
        self._merge(scope)
        if job.key is not None:
            self._writes.answers.append((job.key, encoded))
            self._answers[job.key.id] = StoredAnswer(job.key.fingerprint, encoded)
        if job.inbox is not None:
            self._writes.inbox.append(job.inbox)
            self._handled.add(job.inbox)
        job.finish(result, failed=False)
        self._release(job)

    def _merge(self, scope: Scope) -> None:
        """Make a command's changes the batch's own."""
        changes = scope.changes
        for kind, items in changes.items.items():
            dirty = self._dirty.setdefault(kind, {})
            for key, item in items.items():
                dirty[key] = (kind, key) in changes.added or dirty.get(key, False)
                self._known.put(kind, item)
        own, all_writes = changes.writes, self._writes
        all_writes.journals.extend(own.journals)
        all_writes.entries.extend(own.entries)
        all_writes.system_accounts |= own.system_accounts
        all_writes.events.extend(own.events)

    def _fail(self, job: Job, fault: Exception) -> None:
        job.finish(fault, failed=True)
        self._release(job)

    def _restart(self, job: Job, request: Any) -> None:
        """Put a job back to its beginning for a later batch; it leaves nothing behind."""
        job.needs |= job.locks
        if isinstance(request, Load) and request.lock:
            job.needs |= {(LOCK_RANK[request.kind], key) for key in request.values}
        self.restarted.append(job)
        self._release(job)

    def _release(self, job: Job) -> None:
        """Let the jobs parked behind this one try again, in their order."""
        for lock in job.locks:
            self._owners.pop(lock, None)
        if job.key is not None and self._owners.get(job.key.id) is job:
            del self._owners[job.key.id]
        job.stop()
        parked, self._parked = self._parked, []
        for waiter, wanted in parked:
            if isinstance(wanted, Load):
                self._grant(waiter, wanted)
            else:
                self._start(waiter)

    def _collect(self) -> Writes:
        """List what to flush; new rows in key order, so that two flushes never wait crosswise."""
        writes = self._writes
        for kind, keys in self._dirty.items():
            for key in sorted(keys):
                bucket = writes.added if keys[key] else writes.changed
                bucket.setdefault(kind, []).append(self._known.get(kind, key))
        writes.answers.sort(key=lambda answer: answer[0].id)
        writes.inbox.sort()
        return writes
