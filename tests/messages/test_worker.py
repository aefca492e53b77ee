"""Prove that messages arrive once the world is well: none lost, late or in another's way."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog

from cambist.adapters.messages.writer import TemplateWriter
from cambist.domain.messaging.messages import WIPED, Message, unpack
from cambist.domain.messaging.states import MessageState
from cambist.domain.messaging.templates import Template
from cambist.kernel.failpoints import Failpoint, arm
from cambist.ports.messages import (
    MessageRefusedError,
    MessageUnavailableError,
    OutgoingMail,
    OutgoingSms,
)
from cambist.workers.messages import (
    BREAKER_FAILURES,
    BREAKER_OPEN_S,
    PLACES_MAX,
    UNREADABLE,
    UNWRITABLE,
    Breaker,
    MessageWorker,
)
from tests.messages.carriers import Carrier
from tests.messages.made import NOW
from tests.messages.planted_workers import ForgetfulWorker, LateWorker
from tests.messages.queues import ERASED, MemoryQueue, letter

ROUNDS_MAX = 400
OUTAGE_S = 8 * 3_600
DRAIN_S = 1_800


class Dies(BaseException):
    """Stand for the end of the process."""


class House:
    """Hold a worker with everything around it, and the time it goes by."""

    def __init__(self, kind: type[MessageWorker] = MessageWorker) -> None:
        self.now = NOW
        self.queue = MemoryQueue(lambda: self.now)
        self.mails: Carrier[OutgoingMail] = Carrier()
        self.texts: Carrier[OutgoingSms] = Carrier()
        self.beats: list[str] = []
        self.worker = self.new_worker(kind)

    def new_worker(self, kind: type[MessageWorker] = MessageWorker) -> MessageWorker:
        """Start another process."""
        carriers: tuple[Any, Any] = self.mails, self.texts
        return kind(
            self.queue,
            TemplateWriter(),
            carriers[0],
            carriers[1],
            lambda: self.now,
            self.beat,
            lambda limit: limit // 2,
        )

    async def beat(self, name: str) -> None:
        """Note a sign of life."""
        self.beats.append(name)

    async def add(self, *messages: Message) -> None:
        """Queue messages."""
        for message in messages:
            await self.queue.add(message)

    async def drain(self) -> None:
        """Let the worker do what is due now."""
        for _ in range(ROUNDS_MAX):
            begun = await self.worker.run_once()
            await self.worker.finish()
            if not begun:
                return
        raise AssertionError("it goes round and round")

    async def pass_time(self, until: datetime, step_s: int = 20) -> None:
        """Let time pass in steps, the worker working and its breakers cooling off."""
        while self.now < until:
            await self.drain()
            self.now += timedelta(seconds=step_s)
            for breaker in self.worker._breakers.values():
                breaker.open_until = 0.0

    def state(self, number: int) -> MessageState:
        """Tell where a message stands."""
        return self.queue.messages[UUID(int=number)].state


def down(_: object) -> Exception:
    return MessageUnavailableError("connect-ConnectionRefusedError")


def refusing(number: int) -> Callable[[Any], Exception | None]:
    return lambda message: (
        MessageRefusedError("recipient-550") if message.id.int == number else None
    )


async def test_a_due_message_is_written_sent_and_forgotten() -> None:
    house = House()
    await house.add(letter(1), letter(2, Template.PHONE_CODE))
    await house.drain()
    (mail,), (text,) = house.mails.taken, house.texts.taken
    assert (mail.id.int, mail.to, mail.sender_name) == (1, "reader1@example.org", "Northgate")
    assert mail.subject.startswith("Order B-7F3K-2Q")
    assert (text.id.int, text.to) == (2, "+420601123456")
    assert "012345" in text.text
    assert {house.state(1), house.state(2)} == {MessageState.SENT}
    assert {one.sealed for one in house.queue.messages.values()} == {WIPED}


async def test_a_message_speaks_its_readers_language() -> None:
    house = House()
    await house.add(replace(letter(1), language="cs"))
    await house.drain()
    assert house.mails.taken[0].subject.startswith("Objednávka")
    assert house.mails.taken[0].language == "cs"


async def test_one_bad_message_never_stops_others() -> None:
    house = House()
    unwritable = replace(letter(2), sealed=letter(2, Template.PHONE_CODE).sealed)
    house.mails.trouble = refusing(3)
    strange = replace(letter(4), language="xx")
    await house.add(replace(letter(1), sealed=ERASED), unwritable, letter(3), strange, letter(5))
    await house.drain()
    assert [one.id.int for one in house.mails.taken] == [5]
    errors = {number: house.queue.messages[UUID(int=number)].error for number in range(1, 5)}
    assert errors == {1: UNREADABLE, 2: UNWRITABLE, 3: "recipient-550", 4: UNWRITABLE}
    assert {house.state(number) for number in range(1, 5)} == {MessageState.DEAD}


async def test_an_error_nobody_foresaw_is_counted_and_ends() -> None:
    house = House()
    house.mails.trouble = lambda mail: RuntimeError(f"about {mail.to}")
    await house.add(letter(1))
    with structlog.testing.capture_logs() as logs:
        await house.drain()
    kept = house.queue.messages[UUID(int=1)]
    assert (kept.attempts, kept.error, kept.state) == (1, "RuntimeError", MessageState.QUEUED)
    assert "reader1@example.org" not in repr(logs)
    await house.pass_time(NOW + timedelta(days=2), step_s=300)
    assert house.state(1) is MessageState.DEAD


async def test_a_backlog_of_eight_hours_drains_within_half_an_hour() -> None:
    house = House()
    house.mails.trouble = down
    await house.add(*(letter(number) for number in range(1, 41)))
    await house.pass_time(NOW + timedelta(seconds=OUTAGE_S), step_s=60)
    assert not house.mails.taken
    tried = house.mails.tried
    house.mails.trouble = lambda _: None
    await house.pass_time(house.now + timedelta(seconds=DRAIN_S), step_s=20)
    assert sorted(one.id.int for one in house.mails.taken) == list(range(1, 41))
    assert house.mails.tried == tried + 40


async def test_a_code_nobody_can_use_any_more_is_not_sent() -> None:
    house = House()
    house.texts.trouble = down
    await house.add(letter(1, Template.PHONE_CODE))
    await house.pass_time(NOW + timedelta(hours=1))
    assert (house.state(1), house.queue.messages[UUID(int=1)].sealed) == (MessageState.DEAD, WIPED)
    assert house.queue.messages[UUID(int=1)].error == "expired"
    late = House()
    await late.add(letter(1, Template.DEPOSIT_CODE))
    late.now += timedelta(minutes=10)
    await late.drain()
    assert late.texts.tried == 0
    assert late.state(1) is MessageState.DEAD


async def test_a_channel_that_is_down_is_left_alone_and_the_other_goes_on() -> None:
    house = House()
    house.mails.trouble = down
    await house.add(*(letter(number) for number in range(1, 31)))
    await house.add(*(letter(number, Template.PHONE_CODE) for number in range(31, 36)))
    for _ in range(5):
        await house.worker.run_once()
        await house.worker.finish()
    assert house.mails.tried <= PLACES_MAX
    assert len(house.texts.taken) == 5
    assert {house.queue.messages[UUID(int=number)].attempts for number in range(20, 31)} == {0}


def test_a_breaker_probes_with_one_message_before_it_lets_all_through() -> None:
    breaker = Breaker()
    for _ in range(BREAKER_FAILURES):
        assert breaker.places(0.0) == PLACES_MAX
        breaker.failed(0.0)
    assert breaker.places(BREAKER_OPEN_S - 1) == 0
    assert breaker.places(BREAKER_OPEN_S) == 1
    breaker.failed(BREAKER_OPEN_S)
    assert breaker.places(BREAKER_OPEN_S + 1) == 0
    breaker.succeeded()
    assert breaker.places(2 * BREAKER_OPEN_S) == PLACES_MAX


async def test_mailboxes_that_are_full_do_not_look_like_a_server_that_is_down() -> None:
    house = House()
    house.mails.trouble = lambda mail: (
        MessageUnavailableError("recipient-452", is_channel_down=False)
        if mail.id.int <= 2 * BREAKER_FAILURES
        else None
    )
    await house.add(*(letter(number) for number in range(1, 3 * BREAKER_FAILURES + 1)))
    await house.drain()
    assert len(house.mails.taken) == BREAKER_FAILURES


async def test_a_message_that_hangs_keeps_one_place_only() -> None:
    house = House()
    hanging = asyncio.Event()

    async def pause(mail: OutgoingMail) -> None:
        if mail.id.int == 1:
            await hanging.wait()

    house.mails.pause = pause
    await house.add(*(letter(number) for number in range(1, 30)))
    while await house.worker.run_once():
        pass
    assert len(house.mails.taken) == 28
    hanging.set()
    await house.worker.finish()
    assert len(house.mails.taken) == 29


async def test_what_was_sent_and_not_recorded_is_sent_again_with_the_same_id() -> None:
    house = House()
    await house.add(letter(1))
    house.queue.is_lost = True
    await house.drain()
    assert house.state(1) is MessageState.QUEUED
    house.queue.is_lost = False
    await house.queue.end_leases()
    await house.drain()
    assert [one.id.int for one in house.mails.taken] == [1, 1]
    assert house.state(1) is MessageState.SENT


def kill_at(point: Failpoint) -> None:
    def die(passed: Failpoint) -> None:
        if passed is point:
            raise Dies

    arm(die)


async def lost_by(kind: type[MessageWorker]) -> bool:
    """Kill a worker before its message is handed over; tell whether no other sends it then."""
    house = House(kind)
    house.mails.trouble = lambda _: Dies()
    await house.add(letter(1))
    with pytest.raises(Dies):
        await house.drain()
    house.mails.trouble = lambda _: None
    house.worker = house.new_worker()
    await house.queue.end_leases()
    await house.drain()
    return not house.mails.taken


async def test_a_worker_that_dies_after_sending_sends_again_with_the_same_id() -> None:
    house = House()
    await house.add(letter(1))
    kill_at(Failpoint.MESSAGE_AFTER_SEND)
    with pytest.raises(Dies):
        await house.drain()
    arm(None)
    assert house.state(1) is MessageState.QUEUED
    house.worker = house.new_worker()
    await house.queue.end_leases()
    await house.drain()
    assert [one.id for one in house.mails.taken] == [UUID(int=1)] * 2


async def test_the_failpoint_is_passed_only_after_a_message_was_taken() -> None:
    house = House()
    passed: list[Failpoint] = []
    arm(passed.append)
    house.mails.trouble = down
    await house.add(letter(1), letter(2, Template.PHONE_CODE))
    await house.drain()
    assert passed == [Failpoint.MESSAGE_AFTER_SEND]


async def test_a_worker_marks_after_sending_so_that_a_crash_loses_nothing() -> None:
    assert not await lost_by(MessageWorker)


async def test_a_worker_that_marks_before_sending_is_caught() -> None:
    assert await lost_by(ForgetfulWorker)


async def test_a_worker_that_sends_late_codes_is_caught() -> None:
    house = House(LateWorker)
    await house.add(letter(1, Template.PHONE_CODE))
    house.now += timedelta(minutes=10)
    await house.drain()
    assert house.texts.taken


async def test_workers_stop_when_told_after_finishing_what_they_began() -> None:
    house = House()
    await house.add(letter(1))
    stop = asyncio.Event()

    async def pause(_: OutgoingMail) -> None:
        stop.set()
        await asyncio.sleep(0.01)

    house.mails.pause = pause
    await house.worker.run(stop)
    assert [one.id.int for one in house.mails.taken] == [1]
    assert set(house.beats) == {"messages"}


async def test_nothing_personal_is_logged() -> None:
    house = House()
    house.mails.trouble = lambda mail: OSError(mail.to)
    house.queue.is_lost = True
    await house.add(letter(1), replace(letter(2), sealed=ERASED))
    contents = unpack(letter(1).sealed.encode())
    with structlog.testing.capture_logs() as logs:
        await house.drain()
    assert logs
    for secret in (contents.recipient, *contents.facts.values()):
        assert secret not in repr(logs)
