"""Decide how a request leaves: checked URL, checked and pinned address, small answer, one deadline.

The name is resolved once, every address it has must pass, and the connection is made to one of
exactly those, with SNI, certificate and Host being the name's. So no second look-up can turn the
name elsewhere (DNS rebinding), and nothing follows a redirect, keeps a cookie or reads a proxy
setting, because requests go to the transport and not through a client session.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

import httpx2

from cambist.adapters.egress.addresses import Network, is_denied, read_address
from cambist.adapters.egress.lanes import LaneLimits, Lanes
from cambist.adapters.egress.resolver import Resolver, SystemResolver
from cambist.adapters.egress.urls import PORTS, Target, parse
from cambist.ports.egress import (
    EgressAnswer,
    EgressDocument,
    EgressFailedError,
    EgressRefusedError,
    FailureReason,
    RefusalReason,
)

USER_AGENT = "cambist/1"
ANSWER_BYTES_MAX = 65_536
EXCERPT_CHARS_MAX = 1_000
DEADLINE_S = 5.0
CONNECT_S = 2.0
ADDRESSES_TRIED_MAX = 4

RESERVED_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect"}
)

Address = IPv4Address | IPv6Address
TransportFactory = Callable[[], httpx2.AsyncBaseTransport]


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Hold what an operator may set.

    `allowed_origins` are exact origins of our own (the sandbox) that need not be https, on a
    listed port or on a public address; `denied_networks` come on top of the built-in list.
    """

    allowed_origins: frozenset[str] = frozenset()
    ports: frozenset[int] = PORTS
    denied_networks: tuple[Network, ...] = ()
    deadline_s: float = DEADLINE_S
    lanes: LaneLimits = field(default_factory=LaneLimits)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: httpx2.Headers
    body: bytes
    duration_ms: int

    @property
    def is_encoded(self) -> bool:
        return self.headers.get("content-encoding", "identity").strip().lower() != "identity"


class EgressClient:
    """Reach URLs that others wrote; must be made within a running event loop."""

    def __init__(
        self,
        policy: EgressPolicy,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        transport: TransportFactory | None = None,
    ) -> None:
        self._policy = policy
        self._resolver = resolver or SystemResolver()
        self._ssl = ssl_context or ssl.create_default_context()
        self._transport = transport or self._new_transport
        self._monotonic = asyncio.get_running_loop().time
        self._lanes = Lanes(policy.lanes, self._monotonic)

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, lane: str = ""
    ) -> EgressAnswer:
        """Send a body and return what the endpoint answered.

        Raises:
            EgressRefusedError, EgressFailedError, EgressBusyError.
        """
        reply = await self._request("POST", url, headers, body, lane)
        text = "" if reply.is_encoded else reply.body.decode("utf-8", errors="replace")
        return EgressAnswer(
            status=reply.status,
            body_excerpt=text[:EXCERPT_CHARS_MAX].replace("\x00", "\ufffd"),
            duration_ms=reply.duration_ms,
            retry_after=reply.headers.get("retry-after"),
        )

    async def get(self, url: str, headers: Mapping[str, str], lane: str = "") -> EgressDocument:
        """Fetch a document; a compressed one is a failure, since nothing is decompressed.

        Raises:
            EgressRefusedError, EgressFailedError, EgressBusyError.
        """
        reply = await self._request("GET", url, headers, None, lane)
        if reply.is_encoded:
            raise EgressFailedError(FailureReason.ENCODING)
        return EgressDocument(reply.status, reply.body, reply.duration_ms)

    async def close(self) -> None:
        """Release the resolver; connections never outlive their request."""
        self._resolver.close()

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, lane: str
    ) -> _Reply:
        if not RESERVED_HEADERS.isdisjoint(name.lower() for name in headers):
            raise ValueError("connection headers are the egress client's own")
        target = parse(url, self._policy.allowed_origins, self._policy.ports)
        async with self._place(lane, target.host):
            try:
                async with asyncio.timeout(self._policy.deadline_s):
                    return await self._exchange(method, target, headers, body)
            except (TimeoutError, httpx2.TimeoutException):
                raise EgressFailedError(FailureReason.TIMEOUT) from None
            except httpx2.TransportError as error:
                raise EgressFailedError(_reason(error)) from error

    @asynccontextmanager
    async def _place(self, lane: str, host: str) -> AsyncIterator[None]:
        place = self._lanes.enter((lane, host))
        failed: bool | None = None
        try:
            yield
            failed = False
        except EgressFailedError:
            failed = True
            raise
        finally:
            self._lanes.leave(place, failed)

    async def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes | None
    ) -> _Reply:
        began = self._monotonic()
        failure: Exception = EgressFailedError(FailureReason.RESOLVE)
        for address in await self._addresses(target):
            request = _build(method, target, address, headers, body, self._policy.deadline_s)
            try:
                # One transport a request: a pool keyed by address would lend one name's
                # connection to another name on the same address.
                async with self._transport() as transport:
                    response = await transport.handle_async_request(request)
                    answer = await _read(response)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                # Nothing was sent yet, so the next address may be tried.
                failure = error
                continue
            spent_ms = int((self._monotonic() - began) * 1_000)
            return _Reply(response.status_code, response.headers, answer, spent_ms)
        raise failure

    async def _addresses(self, target: Target) -> list[Address]:
        """Resolve once and hold every address against the deny list; one bad spoils all."""
        literal = read_address(target.host.strip("[]"))
        if literal is not None and target.exempt:
            return [literal]
        try:
            found = await self._resolver.resolve(target.host)
        except OSError as error:
            # A deadline's TimeoutError is an OSError too, but arrives here as a cancellation.
            raise EgressFailedError(FailureReason.RESOLVE) from error
        addresses: list[Address] = []
        for text in found:
            address = read_address(text)
            if address is None:
                raise EgressRefusedError(RefusalReason.ADDRESS)
            if not target.exempt and is_denied(address, self._policy.denied_networks):
                raise EgressRefusedError(RefusalReason.ADDRESS)
            addresses.append(address)
        return addresses[:ADDRESSES_TRIED_MAX]

    def _new_transport(self) -> httpx2.AsyncBaseTransport:
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=0)
        return httpx2.AsyncHTTPTransport(
            verify=self._ssl, trust_env=False, http2=False, retries=0, limits=limits
        )


def _build(
    method: str,
    target: Target,
    address: Address,
    headers: Mapping[str, str],
    body: bytes | None,
    deadline_s: float,
) -> httpx2.Request:
    """Address a request to the pinned address in the name of its host."""
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    sent = {"user-agent": USER_AGENT} | {name.lower(): value for name, value in headers.items()}
    sent |= {"host": target.authority, "accept-encoding": "identity", "connection": "close"}
    timeouts = {"connect": CONNECT_S, "read": deadline_s, "write": deadline_s, "pool": deadline_s}
    return httpx2.Request(
        method,
        httpx2.URL(f"{target.scheme}://{host}:{target.port}{target.path}"),
        headers=sent,
        content=body,
        extensions={"timeout": timeouts, "sni_hostname": target.host.strip("[]")},
    )


async def _read(response: httpx2.Response) -> bytes:
    """Read the raw bytes of an answer up to the bound, whatever length it announces."""
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > ANSWER_BYTES_MAX:
                raise EgressFailedError(FailureReason.TOO_LARGE)
    finally:
        await response.aclose()
    return bytes(body)


def _reason(error: httpx2.TransportError) -> FailureReason:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return FailureReason.TLS
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.NetworkError):
        return FailureReason.CONNECT
    return FailureReason.PROTOCOL
