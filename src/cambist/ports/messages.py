"""Say how mails and short messages are found, written and sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from cambist.domain.messaging.messages import Contents, Message
from cambist.domain.messaging.templates import Channel, Template


class MessageRefusedError(Exception):
    """The other side will never take this message; `reason` is a short word, nothing personal."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"refused: {reason}")
        self.reason = reason


class MessageUnavailableError(Exception):
    """The message was not taken this time, or nobody knows whether it was; try again.

    `is_channel_down` tells the whole channel's trouble from this one message's.
    """

    def __init__(self, reason: str, *, is_channel_down: bool = True) -> None:
        super().__init__(f"unavailable: {reason}")
        self.reason = reason
        self.is_channel_down = is_channel_down


class MessageUnwritableError(Exception):
    """The facts are not what the template needs; names them, never shows them."""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """Hold a mail as it is read; `id` makes its Message-ID, the same at every attempt.

    `sender_name` is shown as who writes; the address it is sent from is the adapter's own.
    """

    id: UUID
    to: str
    sender_name: str
    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """Hold a short message; `to` is a number as in E.164, with the plus."""

    id: UUID
    to: str
    text: str


class MailPort(Protocol):
    """Hand mails over to whoever carries them."""

    async def send(self, mail: OutgoingMail) -> None:
        """Hand one mail over.

        Raises:
            MessageRefusedError, MessageUnavailableError.
        """


class SmsPort(Protocol):
    """Hand short messages over to whoever carries them."""

    async def send(self, sms: OutgoingSms) -> None:
        """Hand one short message over.

        Raises:
            MessageRefusedError, MessageUnavailableError.
        """


class MessageWriter(Protocol):
    """Put messages into words."""

    def mail(
        self, message_id: UUID, template: Template, language: str, contents: Contents
    ) -> OutgoingMail:
        """Write a mail.

        Raises:
            MessageUnwritableError: the facts are not what the template needs.
        """

    def sms(
        self, message_id: UUID, template: Template, language: str, contents: Contents
    ) -> OutgoingSms:
        """Write a short message.

        Raises:
            MessageUnwritableError: the facts are not what the template needs.
        """


@dataclass(frozen=True, slots=True)
class DueMessage:
    """Hold a claimed message; `contents` is None when nobody can read it (any more)."""

    message: Message
    contents: Contents | None


class MessageQueue(Protocol):
    """Claim due messages and record what became of them; may raise StoreUnavailableError."""

    async def claim(self, channel: Channel, limit: int, lease_s: float) -> Sequence[DueMessage]:
        """Claim at most `limit` due messages of a channel for `lease_s` seconds, the first first.

        What is not recorded before the lease ends comes up again: delivery is at least once.
        """

    async def record(self, before: Message, after: Message) -> bool:
        """Store what an attempt made of a claimed message; False when another was quicker."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Show one template in one language with made-up facts."""

    template: Template
    language: str
    mail: OutgoingMail | None
    sms: OutgoingSms | None


class MessageGallery(Protocol):
    """Show how messages look."""

    def samples(self, language: str) -> Sequence[Sample]:
        """Write every template in one language."""
