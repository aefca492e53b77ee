"""Pin the life of a callback: attempts, giving up, redelivery, the log line, the headers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.webhooks.callbacks import (
    ERROR_LENGTH_MAX,
    Callback,
    CallbackForm,
    after_attempt,
    after_deferral,
    attempt_record,
    redeliver,
    request_headers,
)
from cambist.domain.webhooks.schedule import (
    ATTEMPTS_MAX,
    DEFERRAL_S,
    DELAYS_S,
    JITTER_LIMIT,
    Outcome,
)
from cambist.domain.webhooks.signatures import sign_standard, sign_vendor
from cambist.domain.webhooks.states import CALLBACK, CallbackState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CallbackId, IntegrationId, OrderId, PartnerId

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=7)
MIDDLE = 50
GOOD = Outcome(status=200, error=None, duration_ms=30)
BAD = Outcome(status=500, error=None, duration_ms=30)
GONE = Outcome(status=410, error=None, duration_ms=30)
LOST = Outcome(status=None, error="failed: timeout", duration_ms=5_000)
SECRET = "whsec_Y2FtYmlzdC10ZXN0LXNlY3JldC0zMi1ieXRlcy1hYSE="


def pending(attempts: int = 0) -> Callback:
    return Callback(
        id=CallbackId(UUID(int=1)),
        partner_id=PartnerId(UUID(int=2)),
        integration_id=IntegrationId(UUID(int=3)),
        order_id=OrderId(UUID(int=4)),
        event_seq=5,
        form=CallbackForm.VENDOR,
        url="https://merchant.example/callback",
        body='{"id":"4"}',
        state=CallbackState.PENDING,
        attempts=attempts,
        next_attempt_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def test_a_good_answer_delivers() -> None:
    after = after_attempt(pending(), GOOD, LATER, MIDDLE)
    assert (after.state, after.attempts, after.next_attempt_at) == (
        CallbackState.DELIVERED,
        1,
        None,
    )
    assert after.updated_at == LATER


@pytest.mark.parametrize("outcome", [BAD, LOST])
def test_a_bad_answer_waits_for_the_next_row_of_the_table(outcome: Outcome) -> None:
    after = after_attempt(pending(), outcome, LATER, MIDDLE)
    assert after.state is CallbackState.PENDING
    assert after.next_attempt_at == LATER + timedelta(seconds=DELAYS_S[0])


def test_the_tenth_failure_is_the_end() -> None:
    callback, spent = pending(), timedelta()
    for _ in range(ATTEMPTS_MAX - 1):
        assert callback.next_attempt_at is not None
        started = callback.next_attempt_at
        callback = after_attempt(callback, BAD, started, MIDDLE)
        assert callback.next_attempt_at is not None
        spent += callback.next_attempt_at - started
    assert spent == timedelta(hours=26)
    callback = after_attempt(callback, BAD, LATER, MIDDLE)
    assert (callback.state, callback.attempts) == (CallbackState.DEAD, ATTEMPTS_MAX)
    assert callback.next_attempt_at is None


def test_the_tenth_attempt_may_still_deliver() -> None:
    after = after_attempt(pending(ATTEMPTS_MAX - 1), GOOD, LATER, MIDDLE)
    assert after.state is CallbackState.DELIVERED


def test_gone_ends_at_once() -> None:
    after = after_attempt(pending(), GONE, LATER, MIDDLE)
    assert (after.state, after.attempts, after.next_attempt_at) == (CallbackState.DEAD, 1, None)


@pytest.mark.parametrize("state", [CallbackState.DELIVERED, CallbackState.DEAD])
def test_only_a_pending_callback_is_attempted(state: CallbackState) -> None:
    ended = replace(pending(), state=state, next_attempt_at=None)
    with pytest.raises(DomainError) as attempt:
        after_attempt(ended, GOOD, LATER, MIDDLE)
    with pytest.raises(DomainError) as deferral:
        after_deferral(ended, LATER)
    assert attempt.value.code is deferral.value.code is ErrorCode.INVALID_STATE


def test_a_busy_endpoint_costs_no_attempt() -> None:
    after = after_deferral(pending(3), LATER)
    assert (after.state, after.attempts) == (CallbackState.PENDING, 3)
    assert after.next_attempt_at == LATER + timedelta(seconds=DEFERRAL_S)


@pytest.mark.parametrize("state", [CallbackState.DELIVERED, CallbackState.DEAD])
def test_delivered_and_dead_are_sent_again_unchanged(state: CallbackState) -> None:
    ended = replace(pending(4), state=state, next_attempt_at=None)
    again = redeliver(ended, LATER)
    assert again == replace(
        ended, state=CallbackState.PENDING, next_attempt_at=LATER, updated_at=LATER
    )


def test_a_pending_callback_is_not_redelivered() -> None:
    with pytest.raises(DomainError) as refused:
        redeliver(pending(), LATER)
    assert refused.value.code is ErrorCode.INVALID_STATE


def test_redelivery_of_an_exhausted_callback_is_one_attempt() -> None:
    dead = replace(pending(ATTEMPTS_MAX), state=CallbackState.DEAD, next_attempt_at=None)
    after = after_attempt(redeliver(dead, LATER), BAD, LATER, MIDDLE)
    assert (after.state, after.attempts) == (CallbackState.DEAD, ATTEMPTS_MAX + 1)


@given(
    st.lists(st.sampled_from([GOOD, BAD, GONE, LOST, None]), max_size=40),
    st.integers(0, JITTER_LIMIT - 1),
)
def test_a_due_time_stands_exactly_while_pending(
    outcomes: list[Outcome | None], jitter: int
) -> None:
    callback = pending()
    for outcome in outcomes:
        ended = callback.state is not CallbackState.PENDING
        if ended:
            callback = redeliver(callback, LATER)
        elif outcome is None:
            callback = after_deferral(callback, LATER)
        else:
            callback = after_attempt(callback, outcome, LATER, jitter)
        assert (callback.next_attempt_at is not None) == (callback.state is CallbackState.PENDING)
        assert callback.body == pending().body


def test_the_log_line_counts_from_one_and_bounds_the_error() -> None:
    line = attempt_record(pending(2), replace(LOST, error="x" * 1_000), LATER)
    assert (line.callback_id, line.number, line.at) == (pending().id, 3, LATER)
    assert (line.status, line.duration_ms) == (None, 5_000)
    assert line.error == "x" * ERROR_LENGTH_MAX
    assert attempt_record(pending(), GOOD, LATER).error is None


def test_the_machine_knows_no_other_way() -> None:
    assert CALLBACK.terminal == frozenset()
    with pytest.raises(DomainError):
        CALLBACK.step(CallbackState.DEAD, CallbackState.DELIVERED)


def test_the_vendor_form_is_signed_by_the_first_key() -> None:
    callback = pending()
    headers = request_headers(callback, ["key-one", "key-two"], NOW)
    assert headers == {
        "content-type": "application/json",
        "api-notification-sign": sign_vendor(callback.body.encode(), "key-one"),
    }


def test_the_standard_form_is_signed_with_id_and_time_of_the_attempt() -> None:
    callback = replace(pending(), form=CallbackForm.STANDARD)
    headers = request_headers(callback, [SECRET], NOW)
    signed = sign_standard(str(callback.id), 1_767_225_600, callback.body.encode(), SECRET)
    assert headers == {
        "content-type": "application/json",
        "webhook-id": str(callback.id),
        "webhook-timestamp": "1767225600",
        "webhook-signature": signed,
    }


@pytest.mark.parametrize("form", list(CallbackForm))
def test_nothing_leaves_unsigned(form: CallbackForm) -> None:
    with pytest.raises(ValueError, match="secret"):
        request_headers(replace(pending(), form=form), [], NOW)
