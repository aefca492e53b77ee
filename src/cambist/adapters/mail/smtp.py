"""Decide how a mail reaches the server that carries it: encrypted, in time, told apart if refused.

What is wrong with us (login, sender, certificate) is tried again, since an operator can put it
right; what is wrong with the mail is final.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum

import aiosmtplib

from cambist.adapters.mail.mime import mime_of
from cambist.ports.messages import (
    MessageRefusedError,
    MessageUnavailableError,
    OutgoingMail,
)

STEP_S = 10.0
"""How long the server may take for one answer."""
DEADLINE_S = 25.0
"""How long one mail may take in all."""
FAREWELL_S = 2.0
FINAL = range(500, 600)

_NOTHING_SAID = 0


class Security(StrEnum):
    """Name how the connection is encrypted; `none` is for a server on this machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Say which server carries our mails and how we log in; `sender` is the address we write from.

    Raises:
        ValueError: a login that would travel in the clear, half a login, or no sender.
    """

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.security is Security.NONE and (self.username or self.password):
            raise ValueError("a login never travels in the clear: use TLS or STARTTLS")
        if bool(self.username) != bool(self.password):
            raise ValueError("a login is a name and a password")
        name, _, domain = self.sender.rpartition("@")
        if not name or not domain or not self.sender.isascii():
            raise ValueError("the sender is an address of ours")

    @property
    def domain(self) -> str:
        """Give the domain we write from."""
        return self.sender.rpartition("@")[2]


class SmtpMail:
    """Implement MailPort with one connection a mail."""

    def __init__(
        self,
        server: SmtpServer,
        clock: Callable[[], datetime],
        tls: ssl.SSLContext | None = None,
        *,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._server, self._clock = server, clock
        self._tls = tls or ssl.create_default_context()
        self._deadline_s = deadline_s

    async def send(self, mail: OutgoingMail) -> None:
        """Hand one mail over.

        Raises:
            MessageRefusedError: its address or what it says is not taken.
            MessageUnavailableError: no answer, or none that is final.
        """
        message = mime_of(mail, self._server.sender, self._clock())
        client = self._client()
        try:
            try:
                async with asyncio.timeout(self._deadline_s):
                    await _connect(client)
                    await self._hand_over(client, message, mail.to)
            except TimeoutError:
                raise MessageUnavailableError("timeout") from None
            # The mail was taken: whatever becomes of the farewell, it must not be sent again.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=FAREWELL_S)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.domain,
            timeout=STEP_S,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=None if server.security is Security.NONE else self._tls,
            username=server.username or None,
            password=server.password or None,
        )

    async def _hand_over(self, client: aiosmtplib.SMTP, message: EmailMessage, to: str) -> None:
        try:
            await client.send_message(message, sender=self._server.sender, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _judged("recipient", refused.recipients[0].code) from None
        except aiosmtplib.SMTPDataError as refused:
            raise _judged("content", refused.code) from None
        except aiosmtplib.SMTPNotSupported:
            raise MessageRefusedError("smtputf8") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MessageUnavailableError(_reason("send", error)) from None
        except ValueError:
            # The library could make no address of it.
            raise MessageRefusedError("address") from None


async def _connect(client: aiosmtplib.SMTP) -> None:
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise MessageUnavailableError(_reason("connect", error)) from None


def _judged(what: str, code: int) -> MessageRefusedError | MessageUnavailableError:
    if code in FINAL:
        return MessageRefusedError(f"{what}-{code}")
    return MessageUnavailableError(f"{what}-{code}", is_channel_down=False)


def _reason(step: str, error: Exception) -> str:
    """Name an error by its step and number; servers repeat addresses in their texts."""
    code = getattr(error, "code", _NOTHING_SAID)
    return f"{step}-{code}" if code else f"{step}-{type(error).__name__}"
