"""Decide that a sandbox's short messages go no further than its own mailbox."""

from cambist.adapters.sms.numbers import require_number
from cambist.domain.messaging.templates import Channel
from cambist.ports.messages import MessageUnavailableError, OutgoingSms
from cambist.ports.sandbox import MailBox
from cambist.ports.store import StoreUnavailableError


class SandboxSms:
    """Implement SmsPort on the sandbox's mailbox."""

    def __init__(self, box: MailBox) -> None:
        self._box = box

    async def send(self, sms: OutgoingSms) -> None:
        """Keep one short message.

        Raises:
            MessageRefusedError, MessageUnavailableError.
        """
        require_number(sms.to)
        try:
            await self._box.put(sms.id, Channel.SMS, sms.to, "", sms.text, "")
        except StoreUnavailableError:
            raise MessageUnavailableError("mailbox") from None
