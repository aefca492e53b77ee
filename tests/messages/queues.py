"""Decide what stands for the queue in tests: the real one, and a fake that keeps its contract."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from cambist.adapters.db.message_queue import PostgresMessages
from cambist.adapters.db.notice_tables import MESSAGES
from cambist.domain.messaging.messages import Message, pack, unpack
from cambist.domain.messaging.states import MessageState
from cambist.domain.messaging.templates import Channel, Template
from cambist.ports.messages import DueMessage
from cambist.ports.store import StoreUnavailableError
from cambist.ports.vault import SealBrokenError, SealKeyUnknownError
from tests.messages.made import a_message, contents_of

BROKEN, LOCKED, ERASED = "broken", "locked", "erased"
NAMES = tuple(column.name for column in MESSAGES.columns if column.name != "lease_until")


async def open_sealed(message: Message) -> bytes | None:
    """Open contents that tests only pretend to seal."""
    if message.sealed == BROKEN:
        raise SealBrokenError("altered")
    if message.sealed == LOCKED:
        raise SealKeyUnknownError("no key")
    return None if message.sealed == ERASED else message.sealed.encode()


def letter(
    number: int = 1,
    template: Template = Template.ORDER_CREATED,
    now: datetime | None = None,
    to: str = "",
) -> Message:
    """Make a message with contents that can be opened."""
    is_code = template in (Template.PHONE_CODE, Template.DEPOSIT_CODE)
    recipient = to or ("+420601123456" if is_code else f"reader{number}@example.org")
    sealed = pack(template, contents_of(template, recipient)).decode()
    changed = {} if now is None else {"now": now}
    return a_message(number, template, sealed=sealed, **changed)


@dataclass
class MemoryQueue:
    """Be a MessageQueue without a database; `clock` is the time leases go by.

    While it `is_lost`, nothing can be recorded.
    """

    clock: Callable[[], datetime]
    is_lost: bool = False
    messages: dict[UUID, Message] = field(default_factory=dict)
    leases: dict[UUID, datetime] = field(default_factory=dict)

    async def add(self, message: Message) -> None:
        """Queue a message."""
        self.messages[message.id] = message

    async def find(self, message_id: UUID) -> Message:
        """Look at a message."""
        return self.messages[message_id]

    async def claim(self, channel: Channel, limit: int, lease_s: float) -> Sequence[DueMessage]:
        """Claim due messages."""
        now = self.clock()
        due: list[Message] = []
        for message in sorted(self.messages.values(), key=lambda one: (one.due_at, one.id)):
            is_free = self.leases.get(message.id, now) <= now
            is_due = message.state is MessageState.QUEUED and message.due_at <= now
            if message.channel is channel and is_due and is_free and len(due) < limit:
                self.leases[message.id] = now + timedelta(seconds=lease_s)
                due.append(message)
        opened = []
        for message in due:
            try:
                packed = await open_sealed(message)
                opened.append(DueMessage(message, None if packed is None else unpack(packed)))
            except SealBrokenError:
                opened.append(DueMessage(message, None))
            except SealKeyUnknownError:
                continue
        return opened

    async def record(self, before: Message, after: Message) -> bool:
        """Store what became of a message."""
        if self.is_lost:
            raise StoreUnavailableError
        if self.messages[before.id] != before:
            return False
        self.messages[before.id] = after
        self.leases.pop(before.id, None)
        return True

    async def end_leases(self) -> None:
        """Let every lease run out."""
        self.leases.clear()


class RealQueue(PostgresMessages):
    """Be the real queue with a hand that fills it and looks into it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool, open_sealed)
        self._hand = pool

    async def add(self, message: Message) -> None:
        """Queue a message."""
        values = [getattr(message, name) for name in NAMES]
        listed = ", ".join(NAMES)
        places = ", ".join(f"${n}" for n in range(1, len(NAMES) + 1))
        await self._hand.execute(f"insert into messages ({listed}) values ({places})", *values)

    async def find(self, message_id: UUID) -> Message:
        """Look at a message."""
        rows = await self._hand.fetch(
            f"select {', '.join(NAMES)} from messages where id = $1", message_id
        )
        row = dict(rows[0])
        row["channel"] = Channel(row["channel"])
        row["template"] = Template(row["template"])
        row["state"] = MessageState(row["state"])
        return Message(**row)

    async def end_leases(self) -> None:
        """Let every lease run out."""
        await self._hand.execute("update messages set lease_until = null")


Queue = MemoryQueue | RealQueue
