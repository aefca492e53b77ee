"""Decide that a sandbox's mails go no further than its own mailbox."""

from collections.abc import Callable
from datetime import datetime

from cambist.adapters.mail.mime import mime_of
from cambist.domain.messaging.templates import Channel
from cambist.ports.messages import MessageUnavailableError, OutgoingMail
from cambist.ports.sandbox import MailBox
from cambist.ports.store import StoreUnavailableError

SENDER = "no-reply@cambist.example"


class SandboxMail:
    """Implement MailPort on the sandbox's mailbox, as strict about addresses as the real one."""

    def __init__(self, box: MailBox, clock: Callable[[], datetime]) -> None:
        self._box, self._clock = box, clock

    async def send(self, mail: OutgoingMail) -> None:
        """Keep one mail.

        Raises:
            MessageRefusedError, MessageUnavailableError.
        """
        mime_of(mail, SENDER, self._clock())
        try:
            await self._box.put(mail.id, Channel.MAIL, mail.to, mail.subject, mail.text, mail.html)
        except StoreUnavailableError:
            raise MessageUnavailableError("mailbox") from None
