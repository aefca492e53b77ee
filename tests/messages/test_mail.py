"""Prove that mails leave whole, encrypted where they must, once refused never tried again."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from cambist.adapters.mail import smtp
from cambist.adapters.mail.mime import mime_of
from cambist.adapters.mail.sandbox import SandboxMail
from cambist.adapters.mail.smtp import Security, SmtpMail, SmtpServer
from cambist.adapters.messages.writer import TemplateWriter
from cambist.adapters.simulators.mailbox import SimulatedMailBox
from cambist.domain.messaging.templates import Template
from cambist.ports.messages import (
    MailPort,
    MessageRefusedError,
    MessageUnavailableError,
)
from tests.messages.made import NOW, contents_of
from tests.messages.servers import (
    PASSWORD,
    USER,
    Post,
    make_certificate,
    smtp_server,
    smtps_server,
)
from tests.ports import closed_port

SENDER = "no-reply@northgate.example"
MAIL = TemplateWriter().mail(
    UUID(int=7), Template.CASE_REJECTED, "cs", contents_of(Template.CASE_REJECTED)
)
PATIENCE_S = 120.0
Read = Callable[[], Awaitable[Sequence[tuple[str, str, str, str]]]]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give servers all the time a slow machine takes."""
    monkeypatch.setattr(smtp, "STEP_S", PATIENCE_S)


def clock() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    folder: Path = tmp_path_factory.mktemp("tls")
    return make_certificate(folder)


@dataclass
class Carried:
    """Hold a carrier of mails, and what reads (recipient, subject, text, html) where they went."""

    port: MailPort
    read: Read


@asynccontextmanager
async def by_smtp() -> AsyncIterator[Carried]:
    post = Post()

    async def read() -> Sequence[tuple[str, str, str, str]]:
        found = []
        for mail, (_, to) in zip(post.mails, post.envelopes, strict=True):
            text, html = (part.get_content() for part in mail.iter_parts())
            found.append((to[0], mail["subject"], text, html))
        return found

    async with smtp_server(post) as port:
        server = SmtpServer("127.0.0.1", port, SENDER, Security.NONE)
        yield Carried(SmtpMail(server, clock, deadline_s=PATIENCE_S), read)


@asynccontextmanager
async def by_sandbox(pool: asyncpg.Pool) -> AsyncIterator[Carried]:
    box = SimulatedMailBox(pool)

    async def read() -> Sequence[tuple[str, str, str, str]]:
        kept = reversed(await box.kept(10))
        return [(one.recipient, one.subject, one.text, one.html) for one in kept]

    yield Carried(SandboxMail(box, clock), read)


@pytest.fixture(params=["smtp", "sandbox"])
async def carried(request: pytest.FixtureRequest, pool: asyncpg.Pool) -> AsyncIterator[Carried]:
    async with by_smtp() if request.param == "smtp" else by_sandbox(pool) as opened:
        yield opened


def wrapped(text: str) -> str:
    """Take the form mail gives to line ends off."""
    return text.replace("\r\n", "\n").rstrip("\n")


async def test_a_mail_arrives_as_it_was_written(carried: Carried) -> None:
    await carried.port.send(MAIL)
    ((to, subject, text, html),) = await carried.read()
    assert (to, subject) == (MAIL.to, MAIL.subject)
    assert wrapped(text) == wrapped(MAIL.text)
    assert wrapped(html) == wrapped(MAIL.html)


async def test_mails_arrive_in_the_order_they_were_sent(carried: Carried) -> None:
    for number in (1, 2, 3):
        await carried.port.send(replace(MAIL, id=UUID(int=number), subject=f"number {number}"))
    assert [one[1] for one in await carried.read()] == ["number 1", "number 2", "number 3"]


@pytest.mark.parametrize(
    "change",
    [
        {"to": "anna@example.org\r\nBcc: eve@example.org"},
        {"to": "anna@example.org, eve@example.org"},
        {"to": "anna"},
        {"to": "@example.org"},
        {"to": ""},
        {"to": "anna@example.org>\nRCPT TO:<eve@example.org"},
        {"subject": "hello\r\nBcc: eve@example.org"},
        {"subject": "hello\nX: y"},
        {"subject": "x" * 201},
        {"sender_name": "Northgate\r\nBcc: eve@example.org"},
        {"sender_name": "x" * 81},
    ],
)
async def test_nothing_smuggles_a_header_or_recipient_in(
    carried: Carried, change: dict[str, Any]
) -> None:
    with pytest.raises(MessageRefusedError) as refusal:
        await carried.port.send(replace(MAIL, **change))
    assert "eve" not in str(refusal.value)
    assert await carried.read() == []


@pytest.mark.parametrize("name", ['Eve" <eve@evil.example>', "a@b.example", "Směnárna, s.r.o."])
def test_a_name_is_shown_and_never_becomes_an_address(name: str) -> None:
    message = mime_of(replace(MAIL, sender_name=name), SENDER, NOW)
    (address,) = message["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, SENDER)
    again = bytes(message)
    assert again.count(b"\r\nFrom:") + again.startswith(b"From:") == 1


def test_headers_say_who_what_when_and_that_no_answer_is_expected() -> None:
    message = mime_of(MAIL, SENDER, NOW)
    assert message["From"] == "Northgate <no-reply@northgate.example>"
    assert message["Date"] == "Sat, 21 Nov 2026 09:30:00 +0000"
    assert message["Message-ID"] == f"<{MAIL.id}@northgate.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "cs"
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert max(map(len, bytes(message).split(b"\r\n"))) <= 998


async def test_a_copy_bears_the_same_message_id() -> None:
    post = Post()
    async with smtp_server(post) as port:
        carrier = SmtpMail(
            SmtpServer("127.0.0.1", port, SENDER, Security.NONE), clock, deadline_s=PATIENCE_S
        )
        await carrier.send(MAIL)
        await carrier.send(MAIL)
    assert [one["message-id"] for one in post.mails] == [f"<{MAIL.id}@northgate.example>"] * 2
    assert post.envelopes == [(SENDER, [MAIL.to])] * 2


async def test_a_login_travels_by_starttls(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    post = Post()
    options = {"require_starttls": True, "auth_required": True, "authenticator": post.authenticate}
    async with smtp_server(post, tls[0], **options) as port:
        server = SmtpServer("localhost", port, SENDER, Security.STARTTLS, USER, PASSWORD)
        await SmtpMail(server, clock, tls[1], deadline_s=PATIENCE_S).send(MAIL)
        wrong = replace(server, password="wrong")
        with pytest.raises(MessageUnavailableError) as refusal:
            await SmtpMail(wrong, clock, tls[1], deadline_s=PATIENCE_S).send(MAIL)
    assert (post.encrypted, set(post.logins)) == ([True], {USER})
    assert (refusal.value.reason, refusal.value.is_channel_down) == ("connect-535", True)


async def test_tls_from_the_first_byte(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    post = Post()
    async with smtps_server(post, tls[0]) as port:
        server = SmtpServer("localhost", port, SENDER, Security.TLS)
        await SmtpMail(server, clock, tls[1], deadline_s=PATIENCE_S).send(MAIL)
    assert len(post.mails) == 1


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_certificate_nobody_trusts_gets_no_mail(
    tls: tuple[ssl.SSLContext, ssl.SSLContext], security: Security
) -> None:
    post = Post()
    serving = (
        smtp_server(post, tls[0]) if security is Security.STARTTLS else smtps_server(post, tls[0])
    )
    async with serving as port:
        carrier = SmtpMail(
            SmtpServer("localhost", port, SENDER, security), clock, deadline_s=PATIENCE_S
        )
        with pytest.raises(MessageUnavailableError) as refusal:
            await carrier.send(MAIL)
    assert post.mails == []
    assert refusal.value.is_channel_down


async def test_a_server_without_starttls_gets_neither_login_nor_mail() -> None:
    post = Post()
    async with smtp_server(post) as port:
        server = SmtpServer("127.0.0.1", port, SENDER, Security.STARTTLS, USER, PASSWORD)
        with pytest.raises(MessageUnavailableError):
            await SmtpMail(server, clock, deadline_s=PATIENCE_S).send(MAIL)
    assert (post.logins, post.mails) == ([], [])


@pytest.mark.parametrize(
    ("security", "username", "password", "sender"),
    [
        (Security.NONE, USER, PASSWORD, SENDER),
        (Security.NONE, "", PASSWORD, SENDER),
        (Security.TLS, USER, "", SENDER),
        (Security.TLS, "", PASSWORD, SENDER),
        (Security.TLS, "", "", "no-reply"),
        (Security.TLS, "", "", "ž@northgate.example"),
    ],
)
def test_settings_that_would_show_a_login_are_refused(
    security: Security, username: str, password: str, sender: str
) -> None:
    with pytest.raises(ValueError, match=r"login|sender") as error:
        SmtpServer("mx.example", 25, sender, security, username, password)
    assert PASSWORD not in str(error.value)
    assert PASSWORD not in repr(SmtpServer("h", 25, SENDER, Security.TLS, USER, PASSWORD))


@pytest.mark.parametrize(
    ("rcpt", "data", "error", "reason"),
    [
        ("550 no such user anna@example.org", "250 OK", MessageRefusedError, "recipient-550"),
        ("553 bad name", "250 OK", MessageRefusedError, "recipient-553"),
        ("250 OK", "554 spam", MessageRefusedError, "content-554"),
        ("450 greylisted", "250 OK", MessageUnavailableError, "recipient-450"),
        ("452 full", "250 OK", MessageUnavailableError, "recipient-452"),
        ("250 OK", "451 later", MessageUnavailableError, "content-451"),
    ],
)
async def test_final_answers_are_final_and_others_are_tried_again(
    rcpt: str, data: str, error: type[Exception], reason: str
) -> None:
    post = Post(rcpt=rcpt, data=data)
    async with smtp_server(post) as port:
        carrier = SmtpMail(
            SmtpServer("127.0.0.1", port, SENDER, Security.NONE), clock, deadline_s=PATIENCE_S
        )
        with pytest.raises(error) as refusal:
            await carrier.send(MAIL)
    assert str(refusal.value).endswith(f": {reason}")
    assert refusal.value.__cause__ is None
    assert not getattr(refusal.value, "is_channel_down", False)


async def test_a_server_that_is_not_there_is_the_channels_trouble() -> None:
    with closed_port() as port:
        carrier = SmtpMail(
            SmtpServer("127.0.0.1", port, SENDER, Security.NONE), clock, deadline_s=PATIENCE_S
        )
        with pytest.raises(MessageUnavailableError) as refusal:
            await carrier.send(MAIL)
    assert refusal.value.is_channel_down


async def test_a_server_that_never_answers_is_waited_for_no_longer_than_the_deadline() -> None:
    post = Post(hang=asyncio.Event())
    async with smtp_server(post) as port:
        server = SmtpServer("127.0.0.1", port, SENDER, Security.NONE)
        with pytest.raises(MessageUnavailableError) as refusal:
            await SmtpMail(server, clock, deadline_s=0.2).send(MAIL)
        assert post.hang is not None
        post.hang.set()
    assert (refusal.value.reason, refusal.value.is_channel_down) == ("timeout", True)


async def test_an_address_no_server_here_can_carry_is_refused() -> None:
    post = Post()
    async with smtp_server(post, enable_SMTPUTF8=False) as port:
        carrier = SmtpMail(
            SmtpServer("127.0.0.1", port, SENDER, Security.NONE), clock, deadline_s=PATIENCE_S
        )
        with pytest.raises(MessageRefusedError):
            await carrier.send(replace(MAIL, to="žaneta@example.org"))
    assert post.mails == []


async def test_a_copy_in_the_sandbox_is_counted_not_shown_twice(pool: asyncpg.Pool) -> None:
    box = SimulatedMailBox(pool)
    carrier = SandboxMail(box, lambda: datetime.now(UTC))
    await carrier.send(MAIL)
    await carrier.send(MAIL)
    (kept,) = await box.kept(10)
    assert (kept.id, kept.copies) == (MAIL.id, 2)
    assert await box.find(MAIL.id) == kept
    assert await box.find(UUID(int=8)) is None
