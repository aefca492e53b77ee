"""Decide what a message is and what each attempt makes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from cambist.domain.messaging.schedule import ATTEMPTS_MAX, Outcome, Verdict, next_attempt
from cambist.domain.messaging.states import MESSAGE, MessageState
from cambist.domain.messaging.templates import Channel, Template, channel_of, check_facts
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId, OrderId

LANGUAGES = ("en", "cs", "sv", "de", "ro")
RECIPIENT_LENGTH_MAX = 320
BRAND_LENGTH_MAX = 80
ERROR_LENGTH_MAX = 100
SEAL_PURPOSE = "message"
"""What a message's contents are sealed for; the owner is the customer."""

EXPIRED = "expired"
WIPED = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """Hold what only the recipient may read: the address or number, the facts, whose name it bears.

    `brand` is the name of the partner or house in whose name we write.
    """

    recipient: str
    facts: Mapping[str, str]
    brand: str


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one message to one person.

    `sealed` is `pack`ed contents under the person's key, wiped once they are of no more use.
    What has `expires_at` is worth nothing after it and is not sent any more.
    """

    id: UUID
    channel: Channel
    template: Template
    language: str
    customer_id: CustomerId
    order_id: OrderId | None
    state: MessageState
    sealed: str
    attempts: int
    due_at: datetime
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    error: str | None


def compose(
    message_id: UUID,
    template: Template,
    language: str,
    customer_id: CustomerId,
    sealed: str,
    now: datetime,
    *,
    order_id: OrderId | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Make a message that is due at once; a language without words becomes the first one."""
    return Message(
        id=message_id,
        channel=channel_of(template),
        template=template,
        language=language if language in LANGUAGES else LANGUAGES[0],
        customer_id=customer_id,
        order_id=order_id,
        state=MessageState.QUEUED,
        sealed=sealed,
        attempts=0,
        due_at=now,
        expires_at=expires_at,
        created_at=now,
        updated_at=now,
        error=None,
    )


def pack(template: Template, contents: Contents) -> bytes:
    """Write contents as bytes to be sealed, once they are what the template needs.

    Raises:
        ValueError: a fact is missing, unknown or too long, or there is no one to write to.
    """
    check_facts(template, contents.facts)
    if not 0 < len(contents.recipient) <= RECIPIENT_LENGTH_MAX:
        raise ValueError("a message has one recipient")
    if not 0 < len(contents.brand) <= BRAND_LENGTH_MAX:
        raise ValueError("a message bears a name")
    written = {
        "to": contents.recipient,
        "facts": dict(sorted(contents.facts.items())),
        "brand": contents.brand,
    }
    return json.dumps(written, separators=(",", ":")).encode("ascii")


def unpack(packed: bytes) -> Contents:
    """Read what `pack` wrote.

    Raises:
        ValueError: it was written by something else.
    """
    match json.loads(packed):
        case {"to": str(recipient), "facts": dict(facts), "brand": str(brand)} if all(
            isinstance(value, str) for value in facts.values()
        ):
            return Contents(recipient, facts, brand)
        case _:
            raise ValueError("not the contents of a message")


def is_expired(message: Message, now: datetime) -> bool:
    """Tell whether a message is worth nothing any more."""
    return message.expires_at is not None and now >= message.expires_at


def after_attempt(message: Message, outcome: Outcome, now: datetime, jitter: int) -> Message:
    """Return the message as an attempt leaves it; one that would come too late is dead at once.

    `jitter` is drawn from 0 up to but not including JITTER_LIMIT.

    Raises:
        DomainError: INVALID_STATE when the message is not queued.
    """
    _require_queued(message)
    error = None if outcome.error is None else outcome.error[:ERROR_LENGTH_MAX]
    attempts = message.attempts + 1
    counted = replace(message, attempts=attempts, updated_at=now, error=error)
    match outcome.verdict:
        case Verdict.SENT:
            state = MESSAGE.step(message.state, MessageState.SENT)
            return replace(counted, state=state, sealed=WIPED)
        case Verdict.REFUSED:
            return _dead(counted)
        case Verdict.UNAVAILABLE:
            if attempts >= ATTEMPTS_MAX:
                return _dead(counted)
            is_urgent = message.expires_at is not None
            later = replace(
                counted,
                state=MESSAGE.step(message.state, MessageState.QUEUED),
                due_at=next_attempt(attempts, now, jitter, is_urgent=is_urgent),
            )
            return expire(later, now) if is_expired(later, later.due_at) else later
        case _ as unreachable:
            assert_never(unreachable)


def expire(message: Message, now: datetime) -> Message:
    """Give up a message that came too late; no attempt is counted.

    Raises:
        DomainError: INVALID_STATE when the message is not queued.
    """
    _require_queued(message)
    return _dead(replace(message, updated_at=now, error=EXPIRED))


def give_up(message: Message, error: str, now: datetime) -> Message:
    """End a message that can never be sent, such as one nobody can read; no attempt is counted.

    Raises:
        DomainError: INVALID_STATE when the message is not queued.
    """
    _require_queued(message)
    return _dead(replace(message, updated_at=now, error=error[:ERROR_LENGTH_MAX]))


def requeue(message: Message, now: datetime) -> Message:
    """Try a dead message afresh, with the same id.

    Raises:
        DomainError: INVALID_STATE when it is not dead, or expired and wiped.
    """
    if message.sealed == WIPED or is_expired(message, now):
        raise DomainError(ErrorCode.INVALID_STATE, machine=MESSAGE.name, state=message.state.value)
    state = MESSAGE.step(message.state, MessageState.QUEUED)
    return replace(message, state=state, attempts=0, due_at=now, updated_at=now, error=None)


def _dead(message: Message) -> Message:
    # What expires is a code: it is not kept for somebody to try it again.
    sealed = message.sealed if message.expires_at is None else WIPED
    state = MESSAGE.step(message.state, MessageState.DEAD)
    return replace(message, state=state, sealed=sealed)


def _require_queued(message: Message) -> None:
    if message.state is not MessageState.QUEUED:
        raise DomainError(ErrorCode.INVALID_STATE, machine=MESSAGE.name, state=message.state.value)
