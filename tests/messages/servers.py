"""Decide which servers of the world tests talk to: an SMTP server and an HTTP sink on loopback."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "cambist", "s3cret-of-the-server"
GREETING_S_MAX = 30


@dataclass
class Post:
    """Be the handler of an SMTP server: keep what arrives, answer as told."""

    rcpt: str = "250 OK"
    data: str = "250 taken"
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str | None, list[str]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    hang: asyncio.Event | None = None

    async def handle_RCPT(  # noqa: N802 -- the library's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Answer a recipient."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 -- the library's own name
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer a mail."""
        if self.hang is not None:
            await self.hang.wait()
        if self.data.startswith("250"):
            content = cast("bytes", envelope.content)
            self.raw.append(content)
            self.mails.append(message_from_bytes(content, policy=default))
            self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
            self.encrypted.append(session.ssl is not None)
        return self.data

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _how: Any, data: Any
    ) -> Any:
        """Answer a login."""
        self.logins.append(data.login.decode())
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=is_right)


@asynccontextmanager
async def smtp_server(
    post: Post, tls: ssl.SSLContext | None = None, **chosen: Any
) -> AsyncIterator[int]:
    """Serve SMTP on a free port of loopback; with `tls` STARTTLS is offered."""
    loop = asyncio.get_running_loop()

    def serve() -> SMTP:
        return SMTP(post, hostname="mx.test", tls_context=tls, loop=loop, **chosen)

    server = await loop.create_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def smtps_server(post: Post, tls: ssl.SSLContext) -> AsyncIterator[int]:
    """Serve SMTP within TLS from the first byte."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(post, hostname="mx.test", loop=loop), "127.0.0.1", 0, ssl=tls
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Sink:
    """Be an HTTP server that keeps bodies and answers as told; negative: never."""

    status: int = 200
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lengths = [line.split(":")[1] for line in head.lower().splitlines() if "length:" in line]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        self.requests.append((head.split()[1], body))
        if self.status < 0:
            await self.release.wait()
        writer.write(
            b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % abs(self.status)
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def http_sink(sink: Sink) -> AsyncIterator[int]:
    """Serve a sink on a free port of loopback."""
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        sink.release.set()
        server.close()
        await server.wait_closed()


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make contexts of a server called localhost and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "tls.pem").write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "tls.pem")
    return server, ssl.create_default_context(cadata=pem.decode())
