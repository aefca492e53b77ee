"""Decide that partners are told: in order, signed, again when need be, nobody at others' cost."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.revoke_key import RevokeKey
from cambist.app.webhooks.redeliver_callback import RedeliverCallback
from cambist.domain.partners.partners import KeyMode
from cambist.domain.webhooks.schedule import ATTEMPTS_MAX, DELAYS_S
from cambist.domain.webhooks.states import CallbackState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import CallbackId, PartnerId
from cambist.ports.egress import (
    EgressAnswer,
    EgressFailedError,
    EgressRefusedError,
    FailureReason,
    RefusalReason,
)
from tests.workers.delivering import (
    answering,
    deliver,
    log_of,
    move_to_next_attempt,
    queued,
    row_of,
)
from tests.workers.messaging import ENTROPY, VAULT, World, drain, make_worker, new_key
from tests.workers.receivers import Receiver

SEEN = EventName.ORDER_PAYMENT_SEEN
OK = EgressAnswer(200, "", 1)


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
