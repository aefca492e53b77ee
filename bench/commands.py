"""Decide how commands are run through the bus without HTTP, in a process of its own.

`python -m bench.commands transfers|orders` answers each line with what it did in that time.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID, uuid5

import uvloop

from bench.children import answer_questions
from cambist.adapters.db.store import PostgresStore
from cambist.app.orders.open_order import OpenOrder
from cambist.bootstrap.core import Core, open_core
from cambist.bus.answers import register
from cambist.bus.bus import Bus, Gate
from cambist.bus.scope import Tools
from cambist.domain.ledger.accounts import AccountRef, house_account, partner_account
from cambist.domain.ledger.journals import Leg, posting
from cambist.domain.orders.states import OrderKind
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.ports.uow import UnitOfWork
from cambist.settings import Settings

ASSET = "TRX"
ORDER_UNITS = 25_000_000
ACCOUNTS = 10_000
FUND_AT_ONCE = 50
FUND_UNITS = 10**12
TRANSFER_MAX = 1_000
_ACCOUNTS = UUID(int=0xBE7C)

Work = Callable[[], Awaitable[object]]


def account_of(number: int) -> AccountRef:
    """Name one of the accounts transfers go between."""
    return partner_account(uuid5(_ACCOUNTS, str(number)), ASSET)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Ask for units to go from one account to another."""

    source: AccountRef
    destination: AccountRef
    units: int


async def transfer(command: Transfer, uow: UnitOfWork, now: datetime) -> None:
    """Lock both accounts and post two entries.

    Raises:
        DomainError: INSUFFICIENT_BALANCE.
    """
    await uow.ledger.lock((command.source, command.destination))
    legs = (Leg(command.source, -command.units), Leg(command.destination, command.units))
    uow.ledger.post(posting("bench_transfer", legs), f"bench:{uow.new_id()}", None)


@dataclass(frozen=True, slots=True)
class Fund:
    """Ask for accounts to begin with units of the house."""

    accounts: tuple[AccountRef, ...]


async def fund(command: Fund, uow: UnitOfWork, now: datetime) -> None:
    """Post one journal from the house's capital."""
    await uow.ledger.lock(command.accounts)
    legs = [Leg(account, FUND_UNITS) for account in command.accounts]
    total = Leg(house_account("capital", ASSET), -FUND_UNITS * len(legs))
    uow.ledger.post(posting("bench_fund", (*legs, total)), f"bench:{uow.new_id()}", None)


@asynccontextmanager
async def open_bus(core: Core) -> AsyncIterator[Bus]:
    """Open a bus of the bench's own use cases on a core's database."""
    store, lanes = PostgresStore(core.pool, {}), core.settings.bus_lanes
    bus = Bus(store, register((transfer, fund)), Tools(core.entropy, core.book), lanes=lanes)
    try:
        yield bus
    finally:
        await bus.close()


async def fund_all(core: Core) -> None:
    """Open and fund every account."""
    async with open_bus(core) as bus:
        for first in range(0, ACCOUNTS, FUND_AT_ONCE):
            accounts = tuple(account_of(n) for n in range(first, first + FUND_AT_ONCE))
            await bus.execute(Fund(accounts))


async def repeat(work: Work, seconds: float, callers: int) -> dict[str, Any]:
    """Let so many callers repeat a piece of work; counts what was done in time, and all."""
    deadline = perf_counter() + seconds
    done = in_time = 0

    async def caller() -> None:
        nonlocal done, in_time
        while perf_counter() < deadline:
            await work()
            done += 1
            in_time += perf_counter() <= deadline

    await asyncio.gather(*(caller() for _ in range(callers)))
    return {"rate": in_time / seconds, "done": done}


@asynccontextmanager
async def _transfers(core: Core) -> AsyncIterator[Work]:
    chance, accounts = Random(os.getpid()), [account_of(n) for n in range(ACCOUNTS)]
    async with open_bus(core) as bus:

        async def work() -> None:
            source, destination = chance.sample(accounts, 2)
            await bus.execute(Transfer(source, destination, chance.randint(1, TRANSFER_MAX)))

        yield work


@asynccontextmanager
async def _orders(core: Core) -> AsyncIterator[Work]:
    partner, shop = PartnerId(UUID(sys.argv[2])), IntegrationId(UUID(sys.argv[3]))

    async def work() -> None:
        key = core.entropy.token(16)
        command = OpenOrder(partner, shop, OrderKind.PAYMENT, ASSET, ORDER_UNITS, key, None)
        await core.bus.execute(command, Gate(str(partner), "bench:payment", key))

    yield work


async def _main() -> None:
    kinds = {"transfers": _transfers, "orders": _orders}
    async with open_core(Settings()) as core, kinds[sys.argv[1]](core) as work:

        async def answer(asked: dict[str, Any]) -> Mapping[str, Any]:
            await core.clock.refresh()
            return await repeat(work, asked["seconds"], asked["callers"])

        await answer_questions(answer)


if __name__ == "__main__":
    uvloop.run(_main())
