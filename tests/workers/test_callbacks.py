"""Decide that partners are told: in order, signed, again when need be, nobody at others' cost."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from cambist.adapters.db import callbacks as queue_module
from cambist.adapters.db.callbacks import PostgresCallbacks
from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.revoke_key import RevokeKey
from cambist.app.webhooks.defer_callback import DeferCallback
from cambist.app.webhooks.record_attempt import RecordAttempt
from cambist.app.webhooks.redeliver_callback import RedeliverCallback
from cambist.domain.partners.partners import KeyMode
from cambist.domain.webhooks.schedule import ATTEMPTS_MAX, DELAYS_S, Outcome
from cambist.domain.webhooks.states import CallbackState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.failpoints import Failpoint, arm
from cambist.kernel.ids import CallbackId, PartnerId
from cambist.ports.callbacks import CONCURRENCY_MAX
from cambist.ports.egress import (
    EgressAnswer,
    EgressBusyError,
    EgressFailedError,
    EgressRefusedError,
    FailureReason,
    RefusalReason,
)
from cambist.workers.callbacks import LEASE_S, TURN_S
from tests.workers.messaging import (
    ENTROPY,
    VAULT,
    KilledError,
    Merchant,
    Received,
    Receiver,
    World,
    disorders,
    drain,
    make_relay,
    make_worker,
    new_key,
    open_world,
    until,
)

HANG_S = 60.0
SEEN, DONE = EventName.ORDER_PAYMENT_SEEN, EventName.ORDER_SENT
OK = EgressAnswer(200, "", 1)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url) as opened:
        yield opened


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    arm(None)


def answering(*answers: EgressAnswer | Exception) -> Receiver:
    """Make an endpoint that gives these answers one after the other, the last for ever."""
    left = list(answers)

    async def answer(_request: Received) -> EgressAnswer:
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return given

    return Receiver(answer)


async def queued(world: World, merchant: Merchant, events: int = 1) -> list[CallbackId]:
    """Have so many events of one order queued for a merchant; list the callbacks by seq."""
    order_id = await world.emit(merchant, [SEEN] * events)
    await drain((await make_relay(world)).run_once)
    query = "select id from callbacks where order_id = $1 order by event_seq, form"
    return [CallbackId(row[0]) for row in await world.admin.fetch(query, order_id)]


async def deliver(world: World, receiver: Receiver) -> int:
    """Deliver everything due now."""
    worker = await make_worker(world, receiver)
    done = await drain(worker.run_once)
    await worker.finish()
    return done


async def row_of(world: World, callback_id: UUID) -> dict[str, Any]:
    row = await world.admin.fetchrow("select * from callbacks where id = $1", callback_id)
    assert row is not None
    return dict(row)


async def log_of(world: World, callback_id: UUID) -> list[tuple[int, int | None, str | None]]:
    query = "select number, status, error from callback_attempts where callback_id = $1 order by 1"
    return [tuple(row) for row in await world.admin.fetch(query, callback_id)]


async def move_to_next_attempt(world: World, callback_id: UUID) -> float:
    """Move the core's clock to when a callback is due again; return by how many seconds."""
    query = """select extract(epoch from next_attempt_at - clock_timestamp())
        - coalesce((select seconds from sandbox_clock), 0) from callbacks where id = $1"""
    seconds = float(await world.admin.fetchval(query, callback_id))
    await world.advance(seconds + 1)
    return seconds


async def test_the_vendor_form_verifies_with_the_api_key_over_the_bytes_sent(world: World) -> None:
    merchant = await world.merchant(standard=False)
    await queued(world, merchant)
    receiver = Receiver()
    assert await deliver(world, receiver) == 1
    (request,) = receiver.log
    expected = hmac.new(merchant.api_key.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["api-notification-sign"] == expected
    assert request.url == merchant.integration.callback_url
    assert request.lane == str(merchant.integration.id)


async def test_the_standard_form_verifies_and_says_type_time_and_order(world: World) -> None:
    merchant = await world.merchant()
    ids = await queued(world, merchant)
    receiver = Receiver()
    assert await deliver(world, receiver) == 2
    (request,) = [one for one in receiver.log if one.form == "standard"]
    message = Webhook(merchant.secret).verify(request.body, dict(request.headers))
    assert (message["type"], message["timestamp"]) == (SEEN.value, "2026-01-01T00:00:01Z")
    assert message["data"]["seq"] == 1
    assert request.headers["webhook-id"] == str(ids[0])
    with pytest.raises(WebhookVerificationError):
        Webhook(merchant.secret).verify(request.body + b" ", dict(request.headers))


async def test_each_attempt_is_signed_anew_over_the_same_body_and_id(world: World) -> None:
    merchant = await world.merchant()
    ids = await queued(world, merchant)
    receiver = answering(EgressAnswer(500, "", 1))
    moments = [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)]
    passed: list[datetime] = []
    for moment in moments:
        passed.append(moment)
        worker = await make_worker(world, receiver, lambda: passed[-1])
        await drain(worker.run_once)
        await worker.finish()
        await move_to_next_attempt(world, ids[0])
    first, second = (one for one in receiver.log if one.form == "standard")
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    stamps = [int(one.headers["webhook-timestamp"]) for one in (first, second)]
    assert stamps == [int(moment.timestamp()) for moment in moments]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_after_a_rotation_attempts_are_signed_with_the_new_secret(world: World) -> None:
    merchant = await world.merchant()
    await queued(world, merchant)
    secret = "whsec_" + "QUJD" * 10
    sealed = VAULT.seal(secret.encode(), "callback-secret", merchant.integration.id)
    query = "update integrations set callback_secret_sealed = $1 where id = $2"
    await world.admin.execute(query, sealed, merchant.integration.id)
    receiver = Receiver()
    await deliver(world, receiver)
    (request,) = [one for one in receiver.log if one.form == "standard"]
    Webhook(secret).verify(request.body, dict(request.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(merchant.secret).verify(request.body, dict(request.headers))


async def test_the_oldest_active_live_key_signs(world: World) -> None:
    merchant = await world.merchant(standard=False)
    bus = await world.bus()
    older = await world.admin.fetchval(
        "select id from api_keys where partner_id = $1", merchant.partner_id
    )
    sandbox, live, newest = (ENTROPY.api_key() for _ in range(3))
    await bus.execute(new_key(merchant.partner_id, sandbox, KeyMode.SANDBOX))
    await bus.execute(new_key(merchant.partner_id, live))
    await bus.execute(new_key(merchant.partner_id, newest))
    await bus.execute(RevokeKey(older))
    await queued(world, merchant)
    receiver = Receiver()
    await deliver(world, receiver)
    expected = hmac.new(live.encode(), receiver.log[0].body, hashlib.sha256).hexdigest()
    assert receiver.log[0].headers["api-notification-sign"] == expected


async def test_without_a_secret_nothing_unsigned_is_sent(world: World) -> None:
    merchant = await world.merchant(standard=False)
    ids = await queued(world, merchant)
    await world.admin.execute("update api_keys set revoked_at = created_at")
    receiver = Receiver()
    await deliver(world, receiver)
    assert receiver.log == []
    assert await log_of(world, ids[0]) == [(1, None, "no-secret")]


async def test_a_secret_sealed_for_another_signs_nothing(world: World) -> None:
    merchant = await world.merchant(standard=False)
    ids = await queued(world, merchant)
    foreign = VAULT.seal(b"key of another", "api-key", ENTROPY.new_id())
    await world.admin.execute("update api_keys set sealed = $1", foreign)
    receiver = Receiver()
    await deliver(world, receiver)
    assert receiver.log == []
    assert await log_of(world, ids[0]) == [(1, None, "no-secret")]


async def test_ten_attempts_over_26_hours_then_dead(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    receiver = answering(EgressFailedError(FailureReason.CONNECT), EgressAnswer(500, "", 1))
    waits: list[float] = []
    for _ in range(ATTEMPTS_MAX - 1):
        assert await deliver(world, receiver) == 1
        assert await deliver(world, receiver) == 0
        waits.append(await move_to_next_attempt(world, callback_id))
    assert await deliver(world, receiver) == 1
    row = await row_of(world, callback_id)
    assert (row["state"], row["attempts"], row["next_attempt_at"]) == ("dead", ATTEMPTS_MAX, None)
    log = await log_of(world, callback_id)
    assert log[:2] == [(1, None, "connect"), (2, 500, None)]
    assert len(log) == ATTEMPTS_MAX == len(receiver.log)
    for waited, planned in zip(waits, DELAYS_S, strict=True):
        # The core's clock runs on a little between recording and looking.
        assert 0.95 * planned - 30 <= waited <= 1.05 * planned
    assert sum(DELAYS_S) == timedelta(hours=26).total_seconds()
    await world.advance(1_000_000)
    assert await deliver(world, receiver) == 0


async def test_retry_after_is_honoured(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    receiver = answering(EgressAnswer(429, "", 1, retry_after="1800"), OK)
    await deliver(world, receiver)
    await world.advance(1_700)
    assert await deliver(world, receiver) == 0
    await world.advance(110)
    assert await deliver(world, receiver) == 1
    assert (await row_of(world, callback_id))["state"] == "delivered"


@pytest.mark.parametrize("status", [301, 302, 307, 308, 404, 500])
async def test_a_redirect_or_an_error_is_no_delivery(world: World, status: int) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    await deliver(world, answering(EgressAnswer(status, "", 1)))
    row = await row_of(world, callback_id)
    assert (row["state"], row["attempts"]) == ("pending", 1)


async def test_a_refused_address_is_logged_as_such(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    await deliver(world, answering(EgressRefusedError(RefusalReason.ADDRESS)))
    assert await log_of(world, callback_id) == [(1, None, "refused-address")]


async def test_410_ends_the_callback_and_disables_the_endpoint(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    await deliver(world, answering(EgressAnswer(410, "", 1)))
    assert (await row_of(world, callback_id))["state"] == "dead"
    query = "select callback_url from integrations where id = $1"
    assert await world.admin.fetchval(query, merchant.integration.id) is None


async def test_410_of_an_old_endpoint_leaves_the_new_one_alone(world: World) -> None:
    merchant = await world.merchant(standard=False)
    await queued(world, merchant)
    query = "update integrations set callback_url = 'https://new.example/' where id = $1"
    await world.admin.execute(query, merchant.integration.id)
    await deliver(world, answering(EgressAnswer(410, "", 1)))
    query = "select callback_url from integrations where id = $1"
    found = await world.admin.fetchval(query, merchant.integration.id)
    assert found == "https://new.example/"


async def test_a_busy_endpoint_is_asked_later_and_no_attempt_counted(world: World) -> None:
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
    claimed = [
        item.callback.id
        for _ in range(4)
        for found in await asyncio.gather(*(queue.claim(5, {}, LEASE_S) for queue in queues))
        for item in found
    ]
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


async def test_a_partner_can_have_a_callback_sent_again(world: World) -> None:
    merchant = await world.merchant()
    ids = await queued(world, merchant)
    receiver, bus = Receiver(), await world.bus()
    await deliver(world, receiver)
    await bus.execute(RedeliverCallback(merchant.partner_id, ids[0]))
    assert await deliver(world, receiver) == 1
    first, again = (one for one in receiver.log if one.form == "standard")
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
    assert [number for number, _, _ in await log_of(world, ids[0])] == [1, 2]


async def test_another_partners_callback_is_not_found_and_untouched(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    await deliver(world, Receiver())
    before, bus = await row_of(world, callback_id), await world.bus()
    foreign = RedeliverCallback(PartnerId(ENTROPY.new_id()), callback_id)
    missing = RedeliverCallback(merchant.partner_id, CallbackId(ENTROPY.new_id()))
    for command in (foreign, missing):
        with pytest.raises(DomainError) as refused:
            await bus.execute(command)
        assert refused.value.code is ErrorCode.NOT_FOUND
    assert await row_of(world, callback_id) == before


async def test_a_pending_callback_is_not_sent_twice_on_request(world: World) -> None:
    merchant = await world.merchant(standard=False)
    (callback_id,) = await queued(world, merchant)
    bus = await world.bus()
    with pytest.raises(DomainError) as refused:
        await bus.execute(RedeliverCallback(merchant.partner_id, callback_id))
    assert refused.value.code is ErrorCode.INVALID_STATE


async def test_a_partner_that_sets_a_url_again_is_told_again(world: World) -> None:
    merchant = await world.merchant(standard=False)
    await queued(world, merchant)
    await deliver(world, answering(EgressAnswer(410, "", 1)))
    bus = await world.bus()
    await bus.execute(PutIntegration(merchant.integration))
    await queued(world, merchant)
    assert await deliver(world, Receiver()) == 1
    assert await world.callbacks(CallbackState.DELIVERED.value) == 1


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
