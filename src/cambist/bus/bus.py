"""Decide when commands run: they wait in a lane, the lane takes all that wait as one batch.

What is only rehearsed runs beside the lanes, each alone, and is never committed.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from cambist.bus.answers import Registered, fingerprint
from cambist.bus.batch import Batch, Job
from cambist.bus.observing import BusObserver
from cambist.bus.scope import Tools
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.store import (
    FlushConflictError,
    IdempotencyKey,
    OutcomeUnknownError,
    Store,
    StoreTransaction,
    StoreUnavailableError,
    Writes,
)

BATCH_MAX = 128
QUEUE_MAX = 4096
ATTEMPTS_MAX = 6
GATHER_TURNS_MAX = 8
RESTARTS_MAX = 200
REHEARSALS_MAX = 2
"""How many are rehearsed at once; each holds a connection that lanes could use."""
REHEARSALS_WAITING_MAX = 64


@dataclass(frozen=True, slots=True)
class Gate:
    """Let a request pass once: a client's key, or an event a consumer handles once."""

    tenant: str = ""
    operation: str = ""
    key: str = ""
    consumer: str = ""
    event: int = 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Hold what a command would have answered and written; nothing of it was kept."""

    result: Any
    writes: Writes


class Bus:
    """Run commands. One instance a process and event loop."""

    def __init__(
        self,
        store: Store,
        use_cases: Mapping[type, Registered],
        tools: Tools,
        lanes: int = 1,
        observer: BusObserver | None = None,
    ) -> None:
        self._store, self._use_cases, self._tools = store, use_cases, tools
        self._queue: deque[tuple[Job, asyncio.Future[Any]]] = deque()
        self._lanes_max, self._lanes = lanes, set[asyncio.Task[Any]]()
        self._stage = asyncio.Semaphore(REHEARSALS_MAX)
        self._rehearsals = set[asyncio.Task[Any]]()
        self._observer = observer

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command and return its result once it is durable.

        Raises:
            DomainError: the use case refused; IDEMPOTENCY_CONFLICT for a key used for something
                else; OVERLOADED when too many wait; UNKNOWN_OUTCOME when the connection was lost
                while committing (the same key later gives the answer).
        """
        if len(self._queue) >= QUEUE_MAX:
            raise DomainError(ErrorCode.OVERLOADED)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append((self._job(command, gate), answer))
        self._wake()
        return await answer

    async def rehearse(self, command: object, gate: Gate | None = None) -> Rehearsal:
        """Run a command as `execute` would, up to its commit, and drop all it did.

        It sees what is committed, holds its locks meanwhile and meets every check of the database
        but those made while committing. What it asks outside its transaction stays asked: numbers
        of addresses are used up.

        Raises:
            DomainError: as `execute`, but never UNKNOWN_OUTCOME.
        """
        if len(self._rehearsals) >= REHEARSALS_WAITING_MAX:
            raise DomainError(ErrorCode.OVERLOADED)
        job = self._job(command, gate)
        work = asyncio.get_running_loop().create_task(self._rehearse(job))
        self._rehearsals.add(work)
        work.add_done_callback(self._rehearsals.discard)
        await asyncio.wait((work,))
        writes = work.result()
        if job.failed:
            raise job.outcome
        return Rehearsal(job.outcome, writes)

    async def close(self) -> None:
        """Wait until everything that was accepted is answered."""
        while running := self._lanes | self._rehearsals:
            await asyncio.wait(running)

    def _job(self, command: object, gate: Gate | None) -> Job:
        registered = self._use_cases[type(command)]
        job = Job(command, registered.use_case, registered.encode, registered.decode)
        if gate is not None and gate.key:
            print_ = fingerprint(command)
            job.key = IdempotencyKey(gate.tenant, gate.operation, gate.key, print_)
        if gate is not None and gate.consumer:
            job.inbox = (gate.consumer, gate.event)
        return job

    def _wake(self) -> None:
        if len(self._lanes) < self._lanes_max:
            self._lanes.add(asyncio.get_running_loop().create_task(self._drain()))

    async def _drain(self) -> None:
        """Run batches until nobody waits; leaves the lanes before the loop turns again."""
        try:
            while self._queue:
                await self._gather()
                size = min(BATCH_MAX, len(self._queue))
                if not size:
                    break
                taken = [self._queue.popleft() for _ in range(size)]
                begun = asyncio.get_running_loop().time()
                restarted = set(await self._together([job for job, _ in taken]))
                for job, answer in taken:
                    if job not in restarted:
                        _settle(answer, job)
                self._queue.extendleft(pair for pair in reversed(taken) if pair[0] in restarted)
                self._tell([job for job, _ in taken if job not in restarted], begun)
        finally:
            self._lanes.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _gather(self) -> None:
        """Let requests that have arrived already come into this batch; idle, that is no wait."""
        for _ in range(GATHER_TURNS_MAX):
            before = len(self._queue)
            await asyncio.sleep(0)
            if before >= BATCH_MAX or len(self._queue) == before:
                return

    def _tell(self, answered: list[Job], begun: float) -> None:
        if self._observer is None:
            return
        seconds = asyncio.get_running_loop().time() - begun
        self._observer.batch(len(answered), len(self._queue), seconds)
        for job in answered:
            error = job.outcome if job.failed else None
            self._observer.answered(type(job.command), error)

    async def _together(self, jobs: list[Job]) -> list[Job]:
        """Run jobs in one transaction; when that fails as a whole, each in its own."""
        fault, restarted = await self._try(jobs)
        if fault is None:
            return restarted
        if len(jobs) == 1 and not isinstance(fault, FlushConflictError):
            jobs[0].finish(fault, failed=True)
            return []
        for job in jobs:
            restarted += await self._alone(job)
        return restarted

    async def _rehearse(self, job: Job) -> Writes:
        """Run a job to an outcome and hand back what it would have written."""
        async with self._stage:
            again, dropped = [job], list[Writes]()
            while again:
                again = await self._alone(job, dropped)
        return dropped[-1] if dropped else Writes()

    async def _alone(self, job: Job, dropped: list[Writes] | None = None) -> list[Job]:
        fault: Exception | None = None
        for _ in range(ATTEMPTS_MAX):
            fault, restarted = await self._try([job], dropped)
            if fault is None:
                return restarted
            if not isinstance(fault, FlushConflictError):
                job.finish(fault, failed=True)
                return []
        refusal = DomainError(ErrorCode.CONFLICT, attempts=ATTEMPTS_MAX)
        refusal.__cause__ = fault
        job.finish(refusal, failed=True)
        return []

    async def _try(
        self, jobs: list[Job], dropped: list[Writes] | None = None
    ) -> tuple[Exception | None, list[Job]]:
        """Attempt jobs and hand back what went wrong as a value, whatever it was."""
        work = asyncio.get_running_loop().create_task(self._attempt(jobs, dropped))
        await asyncio.wait((work,))
        if work.cancelled():
            return RuntimeError("a batch was cancelled from within"), []
        fault = work.exception()
        if fault is None:
            return None, work.result()
        if isinstance(fault, Exception):
            return fault, []
        raise fault

    async def _attempt(self, jobs: list[Job], dropped: list[Writes] | None) -> list[Job]:
        """Run jobs in one transaction and keep what they wrote, or put it on `dropped` instead."""
        transaction: StoreTransaction | None = None
        committed = False
        for job in jobs:
            job.reset()
        try:
            transaction = await self._store.begin()
            batch = Batch(transaction, self._tools)
            writes = await batch.run(jobs)
            failpoint(Failpoint.BUS_BEFORE_FLUSH)
            await transaction.flush(writes)
            failpoint(Failpoint.BUS_BEFORE_COMMIT)
            if dropped is None:
                committed = True
                await _commit(transaction)
            else:
                dropped.append(writes)
        except StoreUnavailableError:
            return _give_up(jobs, ErrorCode.OVERLOADED)
        except OutcomeUnknownError:
            return _give_up(jobs, ErrorCode.UNKNOWN_OUTCOME)
        finally:
            if transaction is not None and not committed:
                await transaction.rollback()
        return _bounded(batch.restarted)


async def _commit(transaction: StoreTransaction) -> None:
    """Commit; whatever goes wrong from here on must not make anybody run the commands again.

    Raises:
        FlushConflictError: the database refused, nothing happened.
        OutcomeUnknownError: anything else.
    """

    async def commit() -> None:
        await transaction.commit()
        failpoint(Failpoint.BUS_AFTER_COMMIT)

    work = asyncio.get_running_loop().create_task(commit())
    await asyncio.wait((work,))
    fault = OutcomeUnknownError() if work.cancelled() else work.exception()
    if isinstance(fault, FlushConflictError | OutcomeUnknownError):
        raise fault
    if fault is not None:
        raise OutcomeUnknownError from fault


def _give_up(jobs: list[Job], code: ErrorCode) -> list[Job]:
    """Refuse every job; those that wrote nothing had no effect whatever became of the batch.

    Reasons met on the way are not told: they may rest on changes that never became durable.
    """
    for job in jobs:
        wrote = job.done and not job.failed
        job.finish(DomainError(code if wrote else ErrorCode.OVERLOADED), failed=True)
    return []


def _bounded(restarted: list[Job]) -> list[Job]:
    """Give up on a job that could not keep the lock order too often."""
    again: list[Job] = []
    for job in restarted:
        job.restarts += 1
        if job.restarts > RESTARTS_MAX:
            job.finish(DomainError(ErrorCode.OVERLOADED), failed=True)
        else:
            again.append(job)
    return again


def _settle(answer: asyncio.Future[Any], job: Job) -> None:
    if answer.done():
        return
    if job.failed:
        answer.set_exception(job.outcome)
    else:
        answer.set_result(job.outcome)
