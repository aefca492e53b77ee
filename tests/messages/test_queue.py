"""Prove that the queue gives each message to one worker at a time and forgets none."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from cambist.adapters.db.health import PostgresHealth
from cambist.domain.messaging.messages import after_attempt
from cambist.domain.messaging.schedule import Outcome, Verdict
from cambist.domain.messaging.states import MessageState
from cambist.domain.messaging.templates import Channel, Template
from tests.messages.queues import BROKEN, ERASED, LOCKED, MemoryQueue, Queue, RealQueue, letter

SENT = Outcome(Verdict.SENT)
GONE = Outcome(Verdict.REFUSED, "recipient-550")
LEASE_S = 3_600.0


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=["memory", "postgres"])
async def queue(request: pytest.FixtureRequest, pool: asyncpg.Pool) -> Queue:
    return MemoryQueue(now) if request.param == "memory" else RealQueue(pool)


async def claimed(queue: Queue, channel: Channel = Channel.MAIL, limit: int = 10) -> list[int]:
    return [one.message.id.int for one in await queue.claim(channel, limit, LEASE_S)]


async def test_what_is_due_comes_first_due_first_and_opened(queue: Queue) -> None:
    for number, ago_s in ((1, 10), (2, 30), (3, 20)):
        await queue.add(letter(number, now=now() - timedelta(seconds=ago_s)))
    first, second, third = await queue.claim(Channel.MAIL, 10, LEASE_S)
    assert [one.message.id.int for one in (first, second, third)] == [2, 3, 1]
    assert first.contents is not None
    assert first.contents.recipient == "reader2@example.org"
    assert first.contents.facts["first_name"] == "Anna"


async def test_no_more_than_asked_for_are_claimed(queue: Queue) -> None:
    for number in range(1, 6):
        await queue.add(letter(number, now=now() - timedelta(seconds=10 - number)))
    assert await claimed(queue, limit=2) == [1, 2]
    assert await claimed(queue, limit=2) == [3, 4]
    assert await claimed(queue, limit=2) == [5]


async def test_channels_do_not_mix(queue: Queue) -> None:
    await queue.add(letter(1, now=now()))
    await queue.add(letter(2, Template.PHONE_CODE, now=now()))
    assert await claimed(queue, Channel.SMS) == [2]
    assert await claimed(queue, Channel.MAIL) == [1]


async def test_what_is_not_due_or_over_is_left_alone(queue: Queue) -> None:
    await queue.add(letter(1, now=now() + timedelta(days=1)))
    await queue.add(replace(letter(2, now=now()), state=MessageState.SENT))
    await queue.add(replace(letter(3, now=now()), state=MessageState.DEAD))
    assert await claimed(queue) == []


async def test_a_claimed_message_is_given_to_nobody_else_until_its_lease_ends(
    queue: Queue,
) -> None:
    await queue.add(letter(1, now=now()))
    assert await claimed(queue) == [1]
    assert await claimed(queue) == []
    await queue.end_leases()
    assert await claimed(queue) == [1]


async def test_what_became_of_a_message_is_stored_once(queue: Queue) -> None:
    await queue.add(letter(1, now=now()))
    (due,) = await queue.claim(Channel.MAIL, 1, LEASE_S)
    sent = after_attempt(due.message, SENT, now(), 0)
    dead = after_attempt(due.message, GONE, now(), 0)
    assert await queue.record(due.message, sent)
    assert not await queue.record(due.message, dead)
    assert await queue.find(UUID(int=1)) == sent
    await queue.end_leases()
    assert await claimed(queue) == []


async def test_a_message_put_off_comes_up_when_it_is_due_without_a_lease_in_the_way(
    queue: Queue,
) -> None:
    await queue.add(letter(1, now=now() - timedelta(seconds=120)))
    (due,) = await queue.claim(Channel.MAIL, 1, LEASE_S)
    failed = Outcome(Verdict.UNAVAILABLE, "timeout")
    later = after_attempt(due.message, failed, now() - timedelta(seconds=60), 0)
    assert await queue.record(due.message, later)
    (again,) = await queue.claim(Channel.MAIL, 1, LEASE_S)
    assert (again.message, again.message.attempts) == (later, 1)


@pytest.mark.parametrize("sealed", [BROKEN, ERASED, "{}", "no json"])
async def test_what_nobody_can_read_comes_without_contents_and_stops_no_other(
    queue: Queue, sealed: str
) -> None:
    if sealed in ("{}", "no json") and isinstance(queue, MemoryQueue):
        queue.messages.clear()
        sealed = BROKEN
    await queue.add(replace(letter(1, now=now() - timedelta(seconds=9)), sealed=sealed))
    await queue.add(letter(2, now=now()))
    unreadable, whole = await queue.claim(Channel.MAIL, 10, LEASE_S)
    assert (unreadable.message.id.int, unreadable.contents) == (1, None)
    assert whole.contents is not None


async def test_what_was_sealed_with_a_key_not_given_waits_and_stops_no_other(queue: Queue) -> None:
    await queue.add(replace(letter(1, now=now() - timedelta(seconds=9)), sealed=LOCKED))
    await queue.add(letter(2, now=now()))
    assert await claimed(queue) == [2]
    assert (await queue.find(UUID(int=1))).state is MessageState.QUEUED


async def test_workers_side_by_side_never_share_a_message(pool: asyncpg.Pool) -> None:
    queue = RealQueue(pool)
    for number in range(1, 41):
        await queue.add(letter(number, now=now()))
    rounds = await asyncio.gather(*(claimed(queue, limit=7) for _ in range(12)))
    found = [number for numbers in rounds for number in numbers]
    assert len(found) == len(set(found))
    while left := await claimed(queue, limit=7):
        found += left
    assert sorted(found) == list(range(1, 41))


async def test_a_leap_of_the_sandboxs_clock_makes_messages_due(pool: asyncpg.Pool) -> None:
    queue = RealQueue(pool)
    await queue.add(letter(1, now=now() + timedelta(hours=1)))
    assert await claimed(queue) == []
    await pool.execute("insert into sandbox_clock values (1, 3700)")
    assert await claimed(queue) == [1]


async def test_the_house_counts_what_waits_and_what_is_dead(pool: asyncpg.Pool) -> None:
    queue = RealQueue(pool)
    at = now() - timedelta(hours=8)
    await queue.add(letter(1, now=at))
    await queue.add(letter(2, now=at + timedelta(hours=1)))
    await queue.add(after_attempt(letter(3, now=at), GONE, at, 0))
    backlog = await PostgresHealth(pool).backlog()
    assert backlog.messages_queued == {"mail": 2}
    assert backlog.messages_dead == {"mail": 1}
    eight_hours_s = 8 * 3_600
    assert eight_hours_s <= backlog.messages_overdue_s < eight_hours_s + 600
