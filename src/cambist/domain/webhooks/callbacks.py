"""Decide what a callback is and what each attempt makes of it; its body is written once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from cambist.domain.webhooks.schedule import (
    ATTEMPTS_MAX,
    DEFERRAL_S,
    Outcome,
    Verdict,
    judge,
    next_attempt,
)
from cambist.domain.webhooks.signatures import VENDOR_HEADER, sign_vendor, standard_headers
from cambist.domain.webhooks.states import CALLBACK, CallbackState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CallbackId, IntegrationId, OrderId, PartnerId

ERROR_LENGTH_MAX = 200


class CallbackForm(StrEnum):
    """Name how a callback is signed."""

    VENDOR = "vendor"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Callback:
    """Hold one message to one endpoint about one event of an order.

    `attempts` counts every attempt ever made; `next_attempt_at` is set while pending only.
    """

    id: CallbackId
    partner_id: PartnerId
    integration_id: IntegrationId
    order_id: OrderId
    event_seq: int
    form: CallbackForm
    url: str
    body: str
    state: CallbackState
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CallbackAttempt:
    """Record one attempt for the delivery log; `number` counts from 1 within its callback."""

    callback_id: CallbackId
    number: int
    at: datetime
    status: int | None
    error: str | None
    duration_ms: int


def after_attempt(callback: Callback, outcome: Outcome, now: datetime, jitter: int) -> Callback:
    """Return the callback as an attempt leaves it.

    `jitter` is drawn from 0 up to but not including JITTER_LIMIT.

    Raises:
        DomainError: INVALID_STATE when the callback is not pending.
    """
    _require_pending(callback)
    attempts = callback.attempts + 1
    counted = replace(callback, attempts=attempts, updated_at=now)
    match judge(outcome):
        case Verdict.DELIVERED:
            return _ended(counted, CallbackState.DELIVERED)
        case Verdict.GONE:
            return _ended(counted, CallbackState.DEAD)
        case Verdict.RETRY:
            if attempts >= ATTEMPTS_MAX:
                return _ended(counted, CallbackState.DEAD)
            return replace(counted, next_attempt_at=next_attempt(attempts, outcome, now, jitter))
        case _ as unreachable:
            assert_never(unreachable)


def attempt_record(callback: Callback, outcome: Outcome, now: datetime) -> CallbackAttempt:
    """Write the log line of an attempt; `callback` is the one from before the attempt."""
    error = None if outcome.error is None else outcome.error[:ERROR_LENGTH_MAX]
    return CallbackAttempt(
        callback_id=callback.id,
        number=callback.attempts + 1,
        at=now,
        status=outcome.status,
        error=error,
        duration_ms=outcome.duration_ms,
    )


def after_deferral(callback: Callback, now: datetime) -> Callback:
    """Put a callback off for a moment because its endpoint was busy; no attempt is counted.

    Raises:
        DomainError: INVALID_STATE when the callback is not pending.
    """
    _require_pending(callback)
    return replace(callback, next_attempt_at=now + timedelta(seconds=DEFERRAL_S), updated_at=now)


def redeliver(callback: Callback, now: datetime) -> Callback:
    """Send a delivered or dead callback again, with the same id and body.

    Attempts go on counting: one whose attempts are used up gets exactly one more.

    Raises:
        DomainError: INVALID_STATE when the callback is still pending.
    """
    state = CALLBACK.step(callback.state, CallbackState.PENDING)
    return replace(callback, state=state, next_attempt_at=now, updated_at=now)


def request_headers(callback: Callback, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Return the headers of one attempt.

    `secrets` are API keys (the first signs) in the vendor form, endpoint secrets in the other.

    Raises:
        ValueError: no secret, or a malformed endpoint secret.
    """
    if not secrets:
        raise ValueError("a callback needs a secret")
    body = callback.body.encode("utf-8")
    headers = {"content-type": "application/json"}
    match callback.form:
        case CallbackForm.VENDOR:
            headers[VENDOR_HEADER] = sign_vendor(body, secrets[0])
        case CallbackForm.STANDARD:
            unix_s = int(now.timestamp())
            headers.update(standard_headers(str(callback.id), unix_s, body, secrets))
        case _ as unreachable:
            assert_never(unreachable)
    return headers


def _ended(callback: Callback, target: CallbackState) -> Callback:
    return replace(callback, state=CALLBACK.step(callback.state, target), next_attempt_at=None)


def _require_pending(callback: Callback) -> None:
    if callback.state is not CallbackState.PENDING:
        raise DomainError(
            ErrorCode.INVALID_STATE, machine=CALLBACK.name, state=callback.state.value
        )
