"""Decide that events arrive: per order in seq order, none lost, whatever dies or is poisoned."""

import asyncio
import random
from collections.abc import Callable

import asyncpg
import pytest

from cambist.adapters.db.outbox import PostgresOutbox
from cambist.adapters.db.pool import Pool
from cambist.app.orders.return_excess import ReturnExcess
from cambist.bus.bus import Gate
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.failpoints import Failpoint, arm
from cambist.kernel.ids import OrderId
from cambist.ports.outbox import OutboxPort, OutboxRow
from cambist.ports.store import StoreUnavailableError
from cambist.workers.relay import PARK_AFTER, Relay
from cambist.workers.subscriptions import RETURN_EXCESS, SUBSCRIPTIONS, Consumer, Services
from tests.workers.messaging import (
    ENTROPY,
    KilledError,
    World,
    disorders,
    drain,
    insert_event,
    make_desk,
    make_relay,
    make_worker,
    render,
)
from tests.workers.planted import CursorOutbox, HeedlessOutbox
from tests.workers.receivers import FlakyReceiver, Receiver

HANG_S = 200.0
SEEN, SENT = EventName.ORDER_PAYMENT_SEEN, EventName.ORDER_SENT


pytestmark = pytest.mark.usefixtures("disarmed")


def only(handle: Callable[[OutboxRow, Services], object]) -> dict[EventName, tuple[Consumer, ...]]:
    """Subscribe one consumer of the test's to everything."""

    async def run(row: OutboxRow, services: Services) -> str | None:
        handle(row, services)
        return None

    return dict.fromkeys(EventName, (Consumer("test", run),))


def test_every_event_has_its_row_in_the_table() -> None:
    assert set(SUBSCRIPTIONS) == set(EventName)


async def test_an_event_becomes_one_callback_a_form_with_the_order_as_its_dialect_shows_it(
    world: World,
) -> None:
    merchant = await world.merchant()
    order_id = await world.emit(merchant, [SEEN])
    relay = await make_relay(world)
    assert await drain(relay.run_once) == 1
    rows = await world.admin.fetch("select form, body, url, event_seq from callbacks order by form")
    shown = f'{{"order": "{order_id}", "seq": 1, "amount": "1.000000"}}'
    wrapped = f'{{"type":"{SEEN}","timestamp":"2026-01-01T00:00:01Z","data":{shown}}}'
    url = merchant.integration.callback_url
    assert [tuple(r) for r in rows] == [("standard", wrapped, url, 1), ("vendor", shown, url, 1)]


async def test_only_events_an_integration_subscribed_to_are_called_back(world: World) -> None:
    merchant = await world.merchant(standard=False, events=[SENT])
    await world.emit(merchant, [SEEN, SENT, SEEN])
    relay = await make_relay(world)
    assert await drain(relay.run_once) == 3
    rows = await world.admin.fetch("select form, event_seq from callbacks")
    assert [tuple(row) for row in rows] == [("vendor", 2)]


async def test_an_event_of_an_order_nobody_knows_holds_nothing_up(world: World) -> None:
    merchant = await world.merchant()
    order_id = await world.emit(merchant, [SEEN])
    del world.orders[order_id]
    relay = await make_relay(world)
    assert await drain(relay.run_once) == 1
    assert (await world.undelivered(), await world.callbacks()) == (0, 0)


async def test_a_relay_killed_before_it_marks_leaves_no_second_callback(world: World) -> None:
    merchant = await world.merchant()
    await world.emit(merchant, [SEEN, SENT])
    relay = await make_relay(world)

    def kill(name: Failpoint) -> None:
        if name is Failpoint.RELAY_BEFORE_MARK:
            raise KilledError

    for _ in range(2):
        arm(kill)
        with pytest.raises(KilledError):
            await relay.run_once()
        arm(None)
        await relay.run_once()
    assert (await world.undelivered(), await world.callbacks()) == (0, 4)


async def test_four_relays_at_once_handle_each_event_once(world: World) -> None:
    merchant = await world.merchant()
    for _ in range(20):
        await world.emit(merchant, [SEEN] * 3)
    relays = [await make_relay(world) for _ in range(4)]
    done = await asyncio.gather(*(drain(relay.run_once) for relay in relays))
    while await world.undelivered():
        await relays[0].run_once()
    assert sum(done) <= 60
    assert await world.callbacks() == 120
    assert await world.admin.fetchval("select count(*) from inbox") == 120


async def test_a_poison_event_is_parked_and_only_its_own_order_waits(world: World) -> None:
    merchant = await world.merchant()
    poisoned = await world.emit(merchant, [SEEN, SEEN])
    healthy = await world.emit(merchant, [SEEN, SEEN])
    handled: list[OrderId] = []

    def handle(row: OutboxRow, _services: Services) -> None:
        if row.order_id == poisoned:
            raise ValueError("canary of the body")
        handled.append(row.order_id)

    for _ in range(PARK_AFTER):
        # A relay anew has no waits of its own, so that no time need pass.
        await drain((await make_relay(world, subscriptions=only(handle))).run_once)
    assert handled == [healthy, healthy]
    outbox = PostgresOutbox(await world.pool())
    (dead,) = await outbox.parked(10)
    assert (dead.row.order_id, dead.row.seq, dead.row.attempts) == (poisoned, 1, PARK_AFTER)
    assert dead.error == "test: ValueError"
    relay = await make_relay(world, subscriptions=only(handle))
    assert await drain(relay.run_once) == 0


async def test_a_dead_letter_put_back_is_handled_before_what_waited_for_it(world: World) -> None:
    merchant = await world.merchant()
    order_id = await world.emit(merchant, [SEEN, SENT])
    first = await world.admin.fetchval("select min(id) from outbox")
    await world.admin.execute(
        "update outbox set parked_at = now(), error = '-' where id = $1", first
    )
    handled: list[tuple[OrderId, int]] = []
    outbox = PostgresOutbox(await world.pool())
    subscriptions = only(lambda row, _services: handled.append((row.order_id, row.seq)))
    relay = await make_relay(world, outbox, subscriptions)
    assert await drain(relay.run_once) == 0
    assert await outbox.requeue([first + 1]) == 0
    assert await outbox.requeue() == 1
    assert await drain(relay.run_once) == 2
    assert handled == [(order_id, 1), (order_id, 2)]
    assert await outbox.parked(10) == []


@pytest.mark.parametrize(
    "fault",
    [
        DomainError(ErrorCode.RATE_UNAVAILABLE),
        DomainError(ErrorCode.OVERLOADED),
        StoreUnavailableError(),
    ],
)
async def test_what_passes_by_itself_never_parks_an_event(world: World, fault: Exception) -> None:
    await world.emit(await world.merchant(), [SEEN])

    def handle(_row: OutboxRow, _services: Services) -> None:
        raise fault

    for _ in range(PARK_AFTER + 1):
        await drain((await make_relay(world, subscriptions=only(handle))).run_once)
    row = await world.admin.fetchrow("select attempts, parked_at, delivered_at from outbox")
    assert tuple(row or ()) == (0, None, None)


async def test_an_event_put_off_leaves_its_place_to_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cambist.workers.relay.PUT_OFF_WAIT_S", 3_600.0)
    merchant = await world.merchant()
    stuck = await world.emit(merchant, [SEEN])
    tried: list[OrderId] = []

    def handle(row: OutboxRow, _services: Services) -> None:
        tried.append(row.order_id)
        if row.order_id == stuck:
            raise DomainError(ErrorCode.RATE_UNAVAILABLE)

    relay = await make_relay(world, subscriptions=only(handle))
    assert await relay.run_once() == 1
    other = await world.emit(merchant, [SEEN])
    assert await drain(relay.run_once) == 1
    assert tried == [stuck, other]


async def test_one_failing_consumer_does_not_keep_the_others_from_the_event(world: World) -> None:
    handled: list[str] = []

    async def fail(_row: OutboxRow, _services: Services) -> str | None:
        raise LookupError

    async def note(_row: OutboxRow, _services: Services) -> str | None:
        handled.append("second")
        return None

    await world.emit(await world.merchant(), [SEEN])
    consumers = (Consumer("first", fail), Consumer("second", note))
    relay = await make_relay(world, subscriptions=dict.fromkeys(EventName, consumers))
    await relay.run_once()
    assert handled == ["second"]
    error = await world.admin.fetchval("select error from outbox where delivered_at is null")
    assert error == "first: LookupError"


class Refusing:
    """Be a bus that keeps commands and refuses."""

    def __init__(self, code: ErrorCode | None) -> None:
        self.code = code
        self.commands: list[tuple[object, Gate | None]] = []

    async def execute(self, command: object, gate: Gate | None = None) -> None:
        self.commands.append((command, gate))
        if self.code is not None:
            raise DomainError(self.code)


@pytest.mark.parametrize(
    "name",
    [EventName.ORDER_COMPLETED, EventName.ORDER_EXPIRED, EventName.ORDER_PAYMENT_CONFIRMED],
)
async def test_money_decided_on_is_looked_at_for_what_is_due_back(name: EventName) -> None:
    assert RETURN_EXCESS in SUBSCRIPTIONS[name]


async def test_a_merchant_who_spent_what_is_due_back_holds_no_event_up(world: World) -> None:
    merchant = await world.merchant()
    order_id = await world.emit(merchant, [EventName.ORDER_COMPLETED])
    bus = Refusing(ErrorCode.INSUFFICIENT_BALANCE)
    only_return = dict.fromkeys(EventName, (RETURN_EXCESS,))
    services, outbox = Services(bus, world, render), PostgresOutbox(await world.pool())

    async def beat(_name: str) -> None:
        pass

    relay = Relay(outbox, services, beat, ENTROPY.jitter, only_return)
    assert await drain(relay.run_once) == 1
    event = await world.admin.fetchval("select id from outbox")
    assert bus.commands == [
        (ReturnExcess(order_id), Gate(consumer="return-excess", event=event)),
    ]
    note = await world.admin.fetchval("select error from outbox where delivered_at is not null")
    assert note == "return-excess: insufficient-balance"


async def relayed(world: World, ports: list[OutboxPort], *, orders: int, events: int) -> list[str]:
    """Write events in transactions that commit late, relay them meanwhile, and find disorders.

    The very first event is committed after a later one was handled, however slow the machine.
    """
    chance = random.Random(7)
    written = {f"order-{number}": events for number in range(orders)}
    ids = {OrderId(ENTROPY.new_id()): name for name in written}
    latest = next(iter(ids))
    begun, handled = asyncio.Event(), asyncio.Event()
    log: list[tuple[str, int]] = []

    async def handle(row: OutboxRow, _services: Services) -> str | None:
        await asyncio.sleep(chance.uniform(0, 0.004))
        log.append((ids[row.order_id], row.seq))
        handled.set()
        return None

    async def write(order_id: OrderId) -> None:
        if order_id != latest:
            await begun.wait()
        for seq in range(1, events + 1):
            async with world.admin.acquire() as connection, connection.transaction():
                await insert_event(connection, order_id, seq, SEEN)
                if order_id == latest:
                    begun.set()
                    await handled.wait()
                await asyncio.sleep(chance.uniform(0, 0.02))

    async def relay(port: OutboxPort, written_all: asyncio.Event) -> None:
        subscriptions = dict.fromkeys(EventName, (Consumer("test", handle),))
        carrier = await make_relay(world, port, subscriptions)
        while True:
            over = written_all.is_set()
            if not await carrier.run_once() and over:
                return
            await asyncio.sleep(0)

    over = asyncio.Event()
    relays = [asyncio.create_task(relay(port, over)) for port in ports]
    async with asyncio.timeout(HANG_S):
        await asyncio.gather(*(write(order_id) for order_id in ids))
        over.set()
        await asyncio.gather(*relays)
    return disorders(log, written)


async def outboxes(
    world: World, make: Callable[[Pool], OutboxPort], count: int
) -> list[OutboxPort]:
    return [make(await world.pool()) for _ in range(count)]


async def test_late_commits_lose_and_reorder_nothing(world: World) -> None:
    ports = await outboxes(world, PostgresOutbox, 4)
    assert await relayed(world, ports, orders=12, events=8) == []
    assert await world.undelivered() == 0


async def test_the_harness_catches_a_relay_with_a_cursor(world: World) -> None:
    ports = await outboxes(world, CursorOutbox, 1)
    found = await relayed(world, ports, orders=12, events=8)
    assert found
    assert await world.undelivered() > 0


async def test_the_harness_catches_a_relay_that_does_not_wait_for_earlier_events(
    world: World,
) -> None:
    merchant = await world.merchant()
    order_id = await world.emit(merchant, [SEEN] * 8)
    overtaken = asyncio.Event()
    log: list[tuple[str, int]] = []

    async def handle(row: OutboxRow, _services: Services) -> str | None:
        if row.seq == 1:
            await overtaken.wait()
        log.append((str(row.order_id), row.seq))
        overtaken.set()
        return None

    subscriptions = dict.fromkeys(EventName, (Consumer("test", handle),))
    relay = await make_relay(world, HeedlessOutbox(await world.pool()), subscriptions)
    await drain(relay.run_once)
    assert disorders(log, {str(order_id): 8})


async def test_h8_kills_and_lost_answers_duplicate_but_never_lose_or_reorder(world: World) -> None:
    """Four desks, 15 % down, 10 % lost answers, 2 % killed at failpoints, all killed anyway."""
    chance = random.Random(20)
    merchants = [await world.merchant(f"shop{number}") for number in range(3)]
    receiver = FlakyReceiver(chance, down=0.15, lost=0.10)
    kills = 0

    def strike(name: Failpoint) -> None:
        mortal = (Failpoint.RELAY_BEFORE_MARK, Failpoint.CALLBACK_AFTER_SEND)
        if name in mortal and chance.random() < 0.02:
            raise KilledError

    async def write() -> None:
        for number in range(24):
            await world.emit(merchants[number % 3], [SEEN, SENT, SEEN, SENT, SEEN])
            await asyncio.sleep(0.01)

    async def supervise(over: asyncio.Event) -> None:
        nonlocal kills
        while not over.is_set():
            desk = await make_desk(world, receiver)
            await desk.live(chance.uniform(0.1, 0.6))
            kills += 1

    over = asyncio.Event()
    arm(strike)
    desks = [asyncio.create_task(supervise(over)) for _ in range(4)]
    async with asyncio.timeout(HANG_S):
        await write()
        while await world.undelivered() or await world.callbacks("pending"):
            await asyncio.sleep(0.05)
            await world.advance(60)
        over.set()
        await asyncio.gather(*desks)
    log = [(f"{one.form} {one.order['order']}", int(str(one.order["seq"]))) for one in receiver.log]
    written = {f"{form} {order}": 5 for form in ("vendor", "standard") for order in world.orders}
    assert disorders(log, written) == []
    assert (await world.callbacks("delivered"), await world.callbacks()) == (240, 240)
    assert kills >= 4
    assert len(receiver.log) > 240


async def test_an_outage_of_the_database_is_an_error_the_loop_waits_out(world: World) -> None:
    pool = await world.pool()
    relay = await make_relay(world, PostgresOutbox(pool))
    pool.terminate()
    with pytest.raises(StoreUnavailableError):
        await relay.run_once()
    worker = await make_worker(world, Receiver())
    assert await worker.run_once() == 0
    assert isinstance(pool, asyncpg.Pool)
