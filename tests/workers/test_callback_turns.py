"""Decide that callbacks keep their order and take turns, and that no death loses one."""

import asyncio
from collections.abc import Callable

import pytest

from cambist.adapters.db import callbacks as queue_module
from cambist.adapters.db.callbacks import PostgresCallbacks
from cambist.app.webhooks.defer_callback import DeferCallback
from cambist.app.webhooks.record_attempt import RecordAttempt
from cambist.domain.webhooks.schedule import ATTEMPTS_MAX, Outcome
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.failpoints import Failpoint, arm
from cambist.kernel.ids import CallbackId
from cambist.ports.callbacks import CONCURRENCY_MAX
from cambist.ports.egress import EgressAnswer, EgressBusyError
from cambist.workers import callbacks as worker_module
from cambist.workers.callbacks import LEASE_S, TURN_S
from tests.workers.delivering import (
    answering,
    deliver,
    log_of,
    move_to_next_attempt,
    queued,
    row_of,
)
from tests.workers.messaging import (
    KilledError,
    World,
    disorders,
    drain,
    make_relay,
    make_worker,
    until,
)
from tests.workers.receivers import Received, Receiver

HANG_S = 200.0
PAUSE_S = 3_600.0
SEEN, DONE = EventName.ORDER_PAYMENT_SEEN, EventName.ORDER_SENT
OK = EgressAnswer(200, "", 1)

pytestmark = pytest.mark.usefixtures("disarmed")


async def test_a_busy_endpoint_is_asked_later_and_no_attempt_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "DEFERRAL_S", PAUSE_S)
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    worker = await make_worker(world, answering(EgressBusyError(), OK))
    await drain(worker.run_once)
    await worker.finish()
    row = await row_of(world, callback_id)
    assert (row["state"], row["attempts"]) == ("pending", 0)
    await world.advance(6)
    assert await worker.run_once() == 0, "the integration pauses in this process"
    assert await deliver(world, Receiver()) == 1


async def test_an_order_waits_for_its_earlier_callback_and_others_do_not(world: World) -> None:
    merchant = await world.merchant(standard=False)
    first, second = await queued(world, merchant, 2)
    receiver = answering(EgressAnswer(500, "", 1), OK)
    assert await deliver(world, receiver) == 1
    other = await queued(world, merchant)
    assert await deliver(world, receiver) == 1
    assert [(await row_of(world, one))["state"] for one in (first, second, *other)] == [
        "pending",
        "pending",
        "delivered",
    ]
    await move_to_next_attempt(world, first)
    await deliver(world, receiver)
    assert [one.order["seq"] for one in receiver.log] == [1, 1, 1, 2]


async def test_what_waits_for_an_earlier_callback_is_not_looked_at_before_that_is_due(
    world: World,
) -> None:
    merchant = await world.merchant(standard=False)
    first, second, third = await queued(world, merchant, 3)
    await deliver(world, answering(EgressAnswer(500, "", 1)))
    due = [(await row_of(world, one))["next_attempt_at"] for one in (first, second, third)]
    assert due[1:] == [due[0], due[0]]


async def test_a_dead_callback_lets_later_ones_pass(world: World) -> None:
    merchant = await world.merchant(standard=False)
    first, second = await queued(world, merchant, 2)
    await world.admin.execute(
        "update callbacks set attempts = $1 where id = $2", ATTEMPTS_MAX - 1, first
    )
    receiver = answering(EgressAnswer(500, "", 1), OK)
    await deliver(world, receiver)
    states = [(await row_of(world, one))["state"] for one in (first, second)]
    assert states == ["dead", "delivered"]


async def test_a_kill_between_send_and_record_sends_again_after_the_lease(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    receiver = Receiver()

    def kill(name: Failpoint) -> None:
        if name is Failpoint.CALLBACK_AFTER_SEND:
            raise KilledError

    arm(kill)
    with pytest.raises(KilledError):
        await deliver(world, receiver)
    arm(None)
    assert await deliver(world, receiver) == 0
    await world.advance(LEASE_S)
    assert await deliver(world, receiver) == 1
    assert len(receiver.log) == 2
    assert receiver.log[0].body == receiver.log[1].body
    assert await log_of(world, callback_id) == [(1, 200, None)]


async def test_a_zombie_whose_lease_ended_records_nothing(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    bus = await world.bus()
    await deliver(world, answering(EgressAnswer(500, "", 1)))
    before = await row_of(world, callback_id)
    late = RecordAttempt(callback_id, 0, Outcome(200, None, 1), 0)
    with pytest.raises(DomainError) as refused:
        await bus.execute(late)
    assert refused.value.code is ErrorCode.FENCED
    with pytest.raises(DomainError) as refused:
        await bus.execute(DeferCallback(callback_id, 0))
    assert refused.value.code is ErrorCode.FENCED
    assert await row_of(world, callback_id) == before
    assert len(await log_of(world, callback_id)) == 1


async def test_two_workers_never_hold_one_callback_at_once(world: World) -> None:
    merchants = [await world.merchant(f"shop{number}", standard=False) for number in range(8)]
    for merchant in merchants:
        for _ in range(4):
            await queued(world, merchant)
    queues = [PostgresCallbacks(await world.pool()) for _ in range(4)]
    claimed: list[CallbackId] = []
    while found := [
        item.callback.id
        for items in await asyncio.gather(*(queue.claim(5, {}, LEASE_S) for queue in queues))
        for item in items
    ]:
        claimed += found
    assert len(claimed) == len(set(claimed)) == 32


async def test_integrations_take_turns(world: World) -> None:
    merchants = [await world.merchant(f"shop{number}", standard=False) for number in range(4)]
    for merchant, orders in zip(merchants, (30, 1, 1, 1), strict=True):
        for _ in range(orders):
            await world.emit(merchant, [SEEN])
    await drain((await make_relay(world)).run_once)
    queue = PostgresCallbacks(await world.pool())
    found = await queue.claim(4, {}, LEASE_S)
    assert {item.callback.integration_id for item in found} == {m.integration.id for m in merchants}
    busiest = merchants[0].integration.id
    assert await queue.claim(10, {busiest: CONCURRENCY_MAX}, LEASE_S) == []
    assert len(await queue.claim(10, {busiest: CONCURRENCY_MAX - 1}, LEASE_S)) == 1
    assert len(await queue.claim(10, {}, LEASE_S)) == CONCURRENCY_MAX


async def test_a_tarpit_delays_nobody_else(world: World) -> None:
    tarpit = await world.merchant("tarpit", standard=False)
    others = [await world.merchant(f"shop{number}", standard=False) for number in range(5)]
    for _ in range(20):
        await world.emit(tarpit, [SEEN])
    for merchant in others:
        for _ in range(4):
            await world.emit(merchant, [SEEN, DONE])
    await drain((await make_relay(world)).run_once)
    freed = asyncio.Event()

    async def answer(request: Received) -> EgressAnswer:
        if request.url == tarpit.integration.callback_url:
            await freed.wait()
        return OK

    receiver = Receiver(answer)
    worker = await make_worker(world, receiver)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))

    async def are_delivered(count: int) -> bool:
        return await world.callbacks("delivered") == count

    await until(lambda: are_delivered(40))
    lane = str(tarpit.integration.id)
    assert receiver.under_way[lane] == receiver.most_under_way[lane] == CONCURRENCY_MAX
    freed.set()
    await until(lambda: are_delivered(60))
    stop.set()
    await running
    assert max(receiver.most_under_way.values()) <= CONCURRENCY_MAX


async def test_stopping_waits_for_what_is_under_way(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    stop, sending, freed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def answer(_request: Received) -> EgressAnswer:
        sending.set()
        await freed.wait()
        return OK

    worker = await make_worker(world, Receiver(answer))
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(HANG_S):
        await sending.wait()
        stop.set()
        await asyncio.sleep(3 * TURN_S)
        freed.set()
        await running
    assert (await row_of(world, callback_id))["state"] == "delivered"


async def overtaken(world: World, patch: Callable[[], None]) -> list[str]:
    """Deliver an order's events to an endpoint that fails now and then; find disorders."""
    merchant = await world.merchant(standard=False)
    await queued(world, merchant, 6)
    patch()
    taken: list[tuple[str, int]] = []
    answers = iter([500, 200, 500, 200] + [200] * 40)

    async def answer(request: Received) -> EgressAnswer:
        status = next(answers)
        if status == 200:
            taken.append(("order", int(str(request.order["seq"]))))
        return EgressAnswer(status, "", 1)

    receiver = Receiver(answer)
    async with asyncio.timeout(HANG_S):
        while await world.callbacks("pending"):
            await deliver(world, receiver)
            await world.advance(300)
    return disorders(taken, {"order": 6})


async def test_failures_do_not_reorder_an_orders_callbacks(world: World) -> None:
    assert await overtaken(world, lambda: None) == []


async def test_the_harness_catches_a_queue_that_does_not_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    heedless = queue_module._CLAIM.replace("where head is null", "")
    assert heedless != queue_module._CLAIM
    assert await overtaken(world, lambda: monkeypatch.setattr(queue_module, "_CLAIM", heedless))
