"""Decide when people are held against the lists: when they tell their name, and on new lists."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Protocol

import structlog

from cambist.app.custody.take_lease import TakeLease
from cambist.app.customers.record_screening import RecordScreening
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId
from cambist.ports.people import PeopleQueries
from cambist.ports.screening import ListVersion, ScreeningPort, Subject
from cambist.ports.trades import DeskQueries
from cambist.ports.vault import SealBrokenError, SealKeyUnknownError

REFRESH_EVERY_S = 60.0
BATCH_MAX = 50
"""So few that a round is over long before its lease."""
LEASE = "rescreen"
SEALED_KEPT_MAX = 1_000
"""How many customers whose data cannot be opened are left alone until the worker starts anew."""
COMPARED_AS = 1
"""How names are compared; a higher number when that changes has everybody screened again."""

_log = structlog.get_logger()


class ListsUnreadableError(Exception):
    """A list's files lie there and cannot be read, and it was never in use: nobody is screened."""


class Runner(Protocol):
    """Run commands, as the bus does."""

    async def execute(self, command: object) -> Any:
        """Run a command and return its result once it is durable."""


class Screener:
    """Hold people against the lists as they are now, and record what was found.

    No transaction is open while names are compared, which happens in a thread.
    """

    def __init__(
        self,
        lists: ScreeningPort,
        people: PeopleQueries,
        bus: Runner,
        monotonic: Callable[[], float],
    ) -> None:
        self._lists, self._people, self._bus, self._monotonic = lists, people, bus, monotonic
        self._refreshing = asyncio.Lock()
        self._looked_at: float | None = None
        self._unread: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Name the lists in use, all of them together."""
        return digest_of(self._lists.versions())

    async def refresh(self) -> None:
        """Read lists whose files are new, looking at most every REFRESH_EVERY_S.

        Raises:
            ListsUnreadableError: there is a list that cannot be read and never could.
        """
        async with self._refreshing:
            now = self._monotonic()
            if self._looked_at is None or now - self._looked_at >= REFRESH_EVERY_S:
                await self._read()
                self._looked_at = now
        if self._unread:
            raise ListsUnreadableError

    async def hold(self, customer_id: CustomerId) -> bool:
        """Screen a customer who told his name; return whether a hit stands.

        Recording is the same however often it is done, so it passes no gate.

        Raises:
            ListsUnreadableError: nothing was recorded.
            DomainError: NOT_FOUND.
        """
        await self.refresh()
        person = await self._people.person(customer_id)
        if person is None:
            raise DomainError(ErrorCode.NOT_FOUND)
        customer = person.customer
        if customer.identity is None:
            return customer.is_flagged
        # Before the comparison: a list exchanged meanwhile has the customer screened again.
        digest = self.digest
        hits = await asyncio.to_thread(self._lists.screen, subject_of(person.identity))
        keys = tuple(hit.key for hit in hits)
        command = RecordScreening(customer.id, customer.identity, keys, digest)
        flagged: bool = await self._bus.execute(command)
        if flagged and not customer.is_flagged:
            # Not whom: logs are no place for that. `cambist review list` tells.
            _log.warning("screening.flagged")
        return flagged

    async def _read(self) -> None:
        found = await asyncio.to_thread(self._lists.refresh)
        for fault in found.faults:
            place = f"{fault.file}:{fault.line}"
            _log.error("screening.list-unreadable", name=fault.list_name, error=place)
        for name in found.changed:
            _log.info("screening.list-new", name=name)
        used = {version.name for version in self._lists.versions() if version.is_present}
        self._unread = tuple(f.list_name for f in found.faults if f.list_name not in used)


class Rescreening:
    """Screen again whoever was held against other lists than those in use.

    One process at a time does it, or two with different files would undo each other's work.
    """

    def __init__(self, screener: Screener, desk: DeskQueries, bus: Runner, holder: str) -> None:
        self._screener, self._desk, self._bus, self._holder = screener, desk, bus, holder
        self._sealed: deque[CustomerId] = deque(maxlen=SEALED_KEPT_MAX)

    async def run_once(self) -> int:
        """Screen at most BATCH_MAX customers; return how many were.

        Raises:
            ListsUnreadableError: nobody was.
        """
        await self._screener.refresh()
        try:
            await self._bus.execute(TakeLease(LEASE, self._holder))
        except DomainError as refusal:
            if refusal.code is not ErrorCode.FENCED:
                raise
            return 0
        waiting = await self._desk.unscreened(self._screener.digest, self._sealed, BATCH_MAX)
        return sum([await self._one(customer_id) for customer_id in waiting])

    async def release(self) -> None:
        """Give the lease up so that another process need not wait for its end."""
        try:
            await self._bus.execute(TakeLease(LEASE, self._holder, release=True))
        except DomainError as refusal:
            if refusal.code is not ErrorCode.FENCED:
                raise

    async def _one(self, customer_id: CustomerId) -> bool:
        """Screen one customer; whose data cannot be opened does not hold up the others."""
        try:
            await self._screener.hold(customer_id)
        except (SealBrokenError, SealKeyUnknownError) as broken:
            _log.error("screening.sealed", owner=str(customer_id), error=type(broken).__name__)
            # He comes first as long as he is not screened, and a batch of such would be all.
            self._sealed.append(customer_id)
            return False
        return True


def digest_of(versions: Iterable[ListVersion]) -> str:
    """Name lists together, in hex; also the absence of all of them has a name."""
    told = sorted(f"{version.name} {version.digest}" for version in versions)
    return hashlib.sha256("\n".join([f"{COMPARED_AS}", *told]).encode()).hexdigest()


def subject_of(identity: Mapping[str, str]) -> Subject:
    """Read who is to be held against the lists from what he told about himself.

    Lists name nationalities, so where somebody lives says nothing.
    """
    names = (identity.get("first_name", ""), identity.get("last_name", ""))
    nationality = identity.get("nationality", "")
    return Subject(
        name=" ".join(filter(None, names)),
        birth_date=_date(identity.get("birth_date", "")),
        country=nationality if len(nationality) == 2 else None,
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
