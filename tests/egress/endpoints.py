"""Run https endpoints that behave, and endpoints that do not, under a certificate of our own."""

import asyncio
import datetime
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Authority:
    """Hold a certificate and key for one name, signed by itself."""

    certificate: bytes
    key: bytes

    def server_context(self) -> ssl.SSLContext:
        """Build the endpoint's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "both.pem"
            path.write_bytes(self.certificate + self.key)
            context.load_cert_chain(path)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Build a client's side that trusts this authority alone."""
        return ssl.create_default_context(cadata=self.certificate.decode("ascii"))


@cache
def authority(name: str) -> Authority:
    """Make a certificate for a name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(tz=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Authority(
        certificate.public_bytes(pem),
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


@dataclass
class Endpoint:
    """Record what reached an endpoint: names asked for in TLS, request heads, bodies.

    `came` can be taken once for each connection.
    """

    port: int = 0
    server_names: list[str | None] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    came: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))


@asynccontextmanager
async def endpoint(
    behaviour: Behaviour, name: str | None = "shop.attacker.example"
) -> AsyncIterator[Endpoint]:
    """Serve a behaviour on 127.0.0.1, over TLS for `name`, or in the clear without one."""
    seen, tasks = Endpoint(), set[asyncio.Task[None]]()
    context = None
    if name is not None:
        context = authority(name).server_context()

        def named(_: ssl.SSLObject, asked: str | None, __: ssl.SSLContext) -> None:
            seen.server_names.append(asked)

        context.sni_callback = named

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        seen.came.release()
        try:
            await _read_request(reader, seen)
            await behaviour(writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        running = list(tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()


async def _read_request(reader: asyncio.StreamReader, seen: Endpoint) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    seen.heads.append(head)
    lengths = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
    size = int(lengths[0].partition(":")[2]) if lengths else 0
    seen.bodies.append(await reader.readexactly(size))


def answering(status: int, *headers: str, body: bytes = b"") -> Behaviour:
    """Answer in full and close."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Word", f"content-length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode("latin-1") + body)
        await writer.drain()

    return behave


def sending(raw: bytes) -> Behaviour:
    """Send bytes as they are and close."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return behave


def pouring(head: bytes, piece: bytes, pause_s: float = 0) -> Behaviour:
    """Send a head and then one piece after the other without end."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return behave


async def tarpit(writer: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    await asyncio.Event().wait()
