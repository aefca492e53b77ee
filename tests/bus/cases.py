"""Decide the tiny use cases the bus is tried with: counters to lock, accounts to book on."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cambist.domain.ledger.accounts import AccountRef, HoldState, house_account, partner_account
from cambist.domain.ledger.journals import Leg, posting
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.rows import Counter, Lease
from cambist.ports.uow import UnitOfWork

ASSET = "TRX"


class StrangeError(Exception):
    """Be what no list of expected faults names."""


@dataclass(frozen=True, slots=True)
class Count:
    """Add to a counter; with a fault, fail after having written."""

    counter: UUID
    by: int = 1
    fault: str = ""


async def count(command: Count, uow: UnitOfWork, now: datetime) -> int:
    """Return the counter's new value."""
    known = await uow.counters.lock([command.counter])
    before = known.get(command.counter)
    after = Counter(command.counter, (before.payments if before else 0) + command.by)
    if before is None:
        uow.counters.add(after)
    else:
        uow.counters.save(after)
    await _meet(command.fault)
    return after.payments


async def _meet(fault: str) -> None:
    match fault:
        case "refusal":
            raise DomainError(ErrorCode.INVALID_STATE)
        case "bug":
            raise KeyError("planted")
        case "runtime":
            raise RuntimeError("planted")
        case "strange":
            raise StrangeError
        case "foreign":
            await asyncio.sleep(0)
        case "cancelled":
            raise asyncio.CancelledError


@dataclass(frozen=True, slots=True)
class CountAll:
    """Add one to several counters, locked in as many calls as there are groups."""

    groups: tuple[tuple[UUID, ...], ...]


async def count_all(command: CountAll, uow: UnitOfWork, now: datetime) -> int:
    """Return how many counters were raised."""
    raised = 0
    for group in command.groups:
        known = await uow.counters.lock(group)
        for key in group:
            before = known.get(key)
            if before is None:
                uow.counters.add(Counter(key, 1))
            else:
                uow.counters.save(Counter(key, before.payments + 1))
            raised += 1
    return raised


@dataclass(frozen=True, slots=True)
class Move:
    """Move units between two parties; a source of None creates them from house capital."""

    source: UUID | None
    target: UUID
    units: int
    reference: str = ""


async def move(command: Move, uow: UnitOfWork, now: datetime) -> int:
    """Return what the target has afterwards."""
    await uow.ledger.lock(_bounded(command))
    return book_move(command, uow)


def _bounded(command: Move) -> list[AccountRef]:
    parties = [party for party in (command.source, command.target) if party is not None]
    return [partner_account(party, ASSET) for party in parties]


def book_move(command: Move, uow: UnitOfWork) -> int:
    """Book a move whose accounts are locked."""
    target = partner_account(command.target, ASSET)
    source = (
        house_account("capital", ASSET)
        if command.source is None
        else partner_account(command.source, ASSET)
    )
    legs = (Leg(source, -command.units), Leg(target, command.units))
    reference = command.reference or str(uow.new_id())
    uow.ledger.post(posting("test_move", legs), reference, None)
    return uow.ledger.balance(target).posted


@dataclass(frozen=True, slots=True)
class SetAside:
    """Hold units of a party for an order."""

    party: UUID
    order: UUID
    units: int


async def set_aside(command: SetAside, uow: UnitOfWork, now: datetime) -> int:
    """Return what is still available."""
    account = partner_account(command.party, ASSET)
    await uow.ledger.lock([account])
    uow.ledger.hold(account, command.units, OrderId(command.order))
    return uow.ledger.balance(account).available


@dataclass(frozen=True, slots=True)
class GiveFree:
    """Release an order's hold."""

    party: UUID
    order: UUID


async def give_free(command: GiveFree, uow: UnitOfWork, now: datetime) -> int:
    """Return what is available afterwards."""
    account = partner_account(command.party, ASSET)
    await uow.ledger.lock([account])
    await uow.ledger.close_hold(account, OrderId(command.order), HoldState.RELEASED)
    return uow.ledger.balance(account).available


@dataclass(frozen=True, slots=True)
class Peep:
    """Read a lease, lock a counter, read the lease again."""

    lease: str
    counter: UUID


async def peep(command: Peep, uow: UnitOfWork, now: datetime) -> tuple[int, int]:
    """Return the lease's epoch before and after the lock was waited for."""
    before = await uow.leases.peek(command.lease)
    await uow.counters.lock([command.counter])
    after = await uow.leases.peek(command.lease)
    return (before.epoch if before else 0, after.epoch if after else 0)


@dataclass(frozen=True, slots=True)
class Renew:
    """Raise a lease's epoch without locking it first, as a careless use case would."""

    lease: str


async def renew(command: Renew, uow: UnitOfWork, now: datetime) -> int:
    """Return the new epoch."""
    known = await uow.leases.peek(command.lease)
    if known is None:
        uow.leases.add(Lease(command.lease, "x", 1, now))
        return 1
    uow.leases.save(Lease(command.lease, "x", known.epoch + 1, now))
    return known.epoch + 1


@dataclass(frozen=True, slots=True)
class Touch:
    """Lock a lease and store it as it is."""

    lease: str


async def touch(command: Touch, uow: UnitOfWork, now: datetime) -> int:
    """Return the epoch seen under the lock."""
    lease = await uow.leases.get(command.lease)
    uow.leases.save(lease)
    return lease.epoch


@dataclass(frozen=True, slots=True)
class Odd:
    """Answer with something that cannot be written down."""

    counter: UUID


async def odd(command: Odd, uow: UnitOfWork, now: datetime) -> Any:
    """Write, then return what has no codec."""
    uow.counters.add(Counter(command.counter, 1))
    return object()


USE_CASES = (count, count_all, move, set_aside, give_free, peep, renew, odd)
