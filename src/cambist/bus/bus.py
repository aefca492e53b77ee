"""Decide when commands run: they wait in a lane, the lane takes all that wait as one batch."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cambist.bus.answers import Registered, fingerprint
from cambist.bus.batch import Batch, Job
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.addresses import AddressBook
from cambist.ports.ids import IdSource
from cambist.ports.store import (
    FlushConflictError,
    IdempotencyKey,
    OutcomeUnknownError,
    Store,
    StoreTransaction,
    StoreUnavailableError,
)

BATCH_MAX = 128
QUEUE_MAX = 4096
ATTEMPTS_MAX = 6
RESTARTS_MAX = 200


@dataclass(frozen=True, slots=True)
class Gate:
    """Let a request pass once: a client's key, or an event a consumer handles once."""

    tenant: str = ""
    operation: str = ""
    key: str = ""
    consumer: str = ""
    event: int = 0


class Bus:
    """Run commands. One instance a process and event loop."""

    def __init__(
        self,
        store: Store,
        use_cases: Mapping[type, Registered],
        ids: IdSource,
        book: AddressBook,
        lanes: int = 1,
    ) -> None:
        self._store, self._use_cases = store, use_cases
        self._ids, self._book = ids, book
        self._queue: deque[tuple[Job, asyncio.Future[Any]]] = deque()
        self._lanes_max, self._lanes = lanes, set[asyncio.Task[None]]()

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command and return its result once it is durable.

        Raises:
            DomainError: the use case refused; IDEMPOTENCY_CONFLICT for a key used for something
                else; OVERLOADED when too many wait; UNKNOWN_OUTCOME when the connection was lost
                while committing (the same key later gives the answer).
        """
        if len(self._queue) >= QUEUE_MAX:
            raise DomainError(ErrorCode.OVERLOADED)
        registered = self._use_cases[type(command)]
        job = Job(command, registered.use_case, registered.encode, registered.decode)
        if gate is not None and gate.key:
            print_ = fingerprint(command)
            job.key = IdempotencyKey(gate.tenant, gate.operation, gate.key, print_)
        if gate is not None and gate.consumer:
            job.inbox = (gate.consumer, gate.event)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append((job, answer))
        self._wake()
        return await answer

    async def close(self) -> None:
        """Wait until everything that was accepted is answered."""
        while self._lanes:
            await asyncio.wait(self._lanes)

    def _wake(self) -> None:
        if len(self._lanes) < self._lanes_max:
            lane = asyncio.get_running_loop().create_task(self._drain())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)

    async def _drain(self) -> None:
        while self._queue:
            taken = [self._queue.popleft() for _ in range(min(BATCH_MAX, len(self._queue)))]
            work = asyncio.get_running_loop().create_task(self._together([j for j, _ in taken]))
            await asyncio.wait((work,))
            fault = work.exception()
            restarted = [] if fault else work.result()
            for job, answer in taken:
                if job in restarted:
                    continue
                if not job.done:
                    job.finish(fault or AssertionError("a job was left without outcome"), failed=True)
                _settle(answer, job)
            again = [(job, answer) for job, answer in taken if job in restarted]
            self._queue.extendleft(reversed(again))

    async def _together(self, jobs: list[Job]) -> list[Job]:
        """Run jobs in one transaction; when the flush conflicts, each in its own."""
        try:
            return await self._attempt(jobs)
        except FlushConflictError:
            restarted: list[Job] = []
            for job in jobs:
                restarted += await self._alone(job)
            return restarted

    async def _alone(self, job: Job) -> list[Job]:
        for attempt in range(ATTEMPTS_MAX):
            job.done, job.failed, job.outcome = False, False, None
            try:
                return await self._attempt([job])
            except FlushConflictError as conflict:
                job.finish(DomainError(ErrorCode.CONFLICT, attempts=attempt + 1), failed=True)
                job.outcome.__cause__ = conflict
        return []

    async def _attempt(self, jobs: list[Job]) -> list[Job]:
        transaction: StoreTransaction | None = None
        committed = False
        try:
            transaction = await self._store.begin()
            batch = Batch(transaction, self._ids, self._book)
            writes = await batch.run(jobs)
            failpoint(Failpoint.BUS_BEFORE_FLUSH)
            await transaction.flush(writes)
            failpoint(Failpoint.BUS_BEFORE_COMMIT)
            committed = True
            await transaction.commit()
            failpoint(Failpoint.BUS_AFTER_COMMIT)
        except StoreUnavailableError:
            return _give_up(jobs, ErrorCode.OVERLOADED)
        except OutcomeUnknownError:
            return _give_up(jobs, ErrorCode.UNKNOWN_OUTCOME)
        finally:
            if transaction is not None and not committed:
                await transaction.rollback()
        return _bounded(batch.restarted)


def _give_up(jobs: list[Job], code: ErrorCode) -> list[Job]:
    """Refuse every job that was not refused for a reason of its own."""
    for job in jobs:
        if not job.failed:
            job.finish(DomainError(code), failed=True)
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
