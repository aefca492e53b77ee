"""Decide how messages leave: through the operator's gateways, or into the sandbox's mailbox."""

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.message_queue import PostgresMessages
from cambist.adapters.mail.sandbox import SandboxMail
from cambist.adapters.mail.smtp import SmtpMail, SmtpServer
from cambist.adapters.messages.writer import TemplateWriter
from cambist.adapters.simulators.mailbox import SimulatedMailBox
from cambist.adapters.sms.apprise import AppriseSms
from cambist.adapters.sms.sandbox import SandboxSms
from cambist.app.writing import CONTENTS
from cambist.bootstrap.core import Core
from cambist.domain.identity.customers import Customer
from cambist.domain.messaging.messages import Message
from cambist.ports.messages import MailPort, SmsPort
from cambist.ports.store import Kind
from cambist.workers.messages import MessageWorker

_CUSTOMER = MAPPERS[Kind.CUSTOMER]


class Opener:
    """Open what a message holds with its customer's key."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def __call__(self, message: Message) -> bytes | None:
        """Return the packed contents, None when the person was erased."""
        query = f"{_CUSTOMER.select} where id = $1"
        row = await self._core.pool.fetchrow(query, message.customer_id)
        customer: Customer | None = None if row is None else _CUSTOMER.read(row)
        if customer is None or customer.key is None:
            return None
        opened = self._core.privacy.open(customer.key, customer.id, message.sealed)
        return opened[CONTENTS].encode()


def message_worker(core: Core) -> MessageWorker:
    """Build what sends messages."""
    queue = PostgresMessages(core.pool, Opener(core))
    parts = (core.clock.now, core.beat, core.entropy.jitter)
    return MessageWorker(queue, TemplateWriter(), _mail(core), _sms(core), *parts)


def _mail(core: Core) -> MailPort:
    settings = core.settings
    if not settings.smtp_host:
        return SandboxMail(SimulatedMailBox(core.pool), core.clock.now)
    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_sender,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
    )
    return SmtpMail(server, core.clock.now)


def _sms(core: Core) -> SmsPort:
    url = core.settings.sms_url.get_secret_value()
    return AppriseSms(url) if url else SandboxSms(SimulatedMailBox(core.pool))
