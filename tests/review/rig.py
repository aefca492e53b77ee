"""Decide what a desk with a reviewer looks like to a test: lists in a folder, events carried."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from cambist.adapters.db.outbox import PostgresOutbox
from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.screening.lists import SOURCES, LocalLists
from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.customers.clear_hits import ClearHits
from cambist.app.trades.open_trade import OpenedTrade
from cambist.domain.compliance.cases import Case
from cambist.domain.identity.customers import Customer
from cambist.kernel.ids import CustomerId
from cambist.ports.outbox import OutboxRow
from cambist.workers.relay import Relay
from cambist.workers.reviewing import Reviewer
from cambist.workers.screening import Rescreening, Screener
from cambist.workers.subscriptions import Services
from tests.screening.files import put, sdn
from tests.trades.desk import PERSON, ROUNDS_MAX, Desk, open_desk
from tests.world import open_world

LISTED = "Ivan Sidorov"
IVAN = [(7, "SIDOROV, Ivan", "individual", "DOB 18 Mar 1969")]
TWO = [*IVAN, (8, "DVORAK, Petr", "individual", "")]


class Ticks:
    """Be a clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell the seconds."""
        return self.now


async def _beat(_name: str) -> None:
    return None


@dataclass
class ReviewedDesk(Desk):
    """Be a desk whose events reach a reviewer."""

    reviewer: Reviewer | None = None
    rescreening: Rescreening | None = None
    screener: Screener | None = None
    ticks: Ticks | None = None
    lists: Path = Path()
    seen: list[OutboxRow] = field(default_factory=list)
    notes: list[str | None] = field(default_factory=list)

    async def carry(self) -> None:
        """Let every event have its consequences, reviews included."""
        core = self.world.core

        async def silent(_row: OutboxRow, _view: Any) -> None:
            return None

        services = Services(core.bus, core.queries, silent, "https://x.example", self.handle)
        relay = Relay(PostgresOutbox(core.pool), services, _beat, lambda limit: 0)
        for _ in range(ROUNDS_MAX):
            if not await relay.run_once():
                return
        raise AssertionError("events never end")

    async def tell(self, opened: OpenedTrade, **changes: str) -> None:
        """Let the customer tell who he is, and the events follow."""
        await self.submit(opened, **changes)
        await self.carry()

    async def submit(self, opened: OpenedTrade, **changes: str) -> None:
        """Let the customer tell who he is."""
        told = tuple(sorted({**PERSON, "birth_date": "1969-03-18", **changes}.items()))
        await self.do(SubmitIdentity(opened.order_id, self.partner, "CZ", told))

    async def tell_as(self, opened: OpenedTrade, name: str) -> None:
        """Let the customer tell a whole name."""
        first, _, last = name.partition(" ")
        await self.tell(opened, first_name=first, last_name=last)

    async def customer(self, opened: OpenedTrade) -> Customer:
        """Read the customer of an order."""
        view = await self.view(opened)
        people = PostgresPeople(self.world.core.pool, self.world.core.privacy)
        person = await people.person(view.trade.customer_id)
        assert person is not None
        return person.customer

    async def case(self, opened: OpenedTrade) -> Case:
        """Read the newest case of an order."""
        return (await self.view(opened)).cases[-1]

    async def accept(self, opened: OpenedTrade) -> None:
        """Let a person accept what waits."""
        case = await self.case(opened)
        await self.do(DecideCase(opened.order_id, case.id, Decision.ACCEPT, "person"))
        await self.carry()

    async def clear(self, customer_id: CustomerId, *keys: str) -> None:
        """Let a person find that entries are somebody else."""
        await self.do(ClearHits(customer_id, keys))

    async def again(self) -> str | None:
        """Hand the last submission to the reviewer once more."""
        return await self.handle(self.seen[-1])

    async def handle(self, row: OutboxRow) -> str | None:
        """Be the reviewer of this desk."""
        assert self.reviewer is not None
        self.seen.append(row)
        note = await self.reviewer(row)
        self.notes.append(note)
        return note

    def put_lists(self, **files: str) -> None:
        """Write list files, and let the next look see them."""
        put(self.lists, **files)
        assert self.ticks is not None
        self.ticks.now += 3_600

    async def rescreen(self) -> int:
        """Screen again until nobody is left; return how many were."""
        assert self.rescreening is not None
        done = 0
        while step := await self.rescreening.run_once():
            done += step
        return done


@asynccontextmanager
async def open_reviewed(
    url: str, folder: Path, *, decides: bool = True, **settings: Any
) -> AsyncIterator[ReviewedDesk]:
    """Open a desk whose reviewer reads lists from a folder of this desk's own."""
    async with open_world(url, folder, **settings) as world:
        desk = await open_desk(world)
        lists = folder / f"lists-{uuid4().hex}"
        lists.mkdir()
        put(lists, sdn_csv=sdn(IVAN))
        core, ticks = world.core, Ticks()
        people = PostgresPeople(core.pool, core.privacy)
        port = LocalLists(lists, core.clock.now, sources=SOURCES)
        screener = Screener(port, people, core.bus, ticks)
        opened = ReviewedDesk(
            desk.world,
            desk.partner,
            desk.channel,
            reviewer=Reviewer(core.desk, screener, core.bus, decides=decides),
            rescreening=Rescreening(screener, core.desk, core.bus, "test"),
            screener=screener,
            ticks=ticks,
            lists=lists,
        )
        # What tests before left lying is none of this one's.
        await opened.carry()
        opened.seen.clear()
        opened.notes.clear()
        yield opened
