"""Say how the core talks to addresses it does not choose: one guarded way out, small answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class RefusalReason(StrEnum):
    """Name why a URL is never connected to."""

    FORM = "form"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    HOST = "host"
    PORT = "port"
    ADDRESS = "address"


class FailureReason(StrEnum):
    """Name why an allowed URL gave no usable answer."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    TOO_LARGE = "too-large"
    ENCODING = "encoding"
    CIRCUIT_OPEN = "circuit-open"


class EgressRefusedError(Exception):
    """The URL, or an address its name stands for, is not allowed; nothing was sent."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(f"refused: {reason.value}")
        self.reason = reason


class EgressFailedError(Exception):
    """The other side gave no usable answer; the request may or may not have arrived."""

    def __init__(self, reason: FailureReason) -> None:
        super().__init__(f"failed: {reason.value}")
        self.reason = reason


class EgressBusyError(Exception):
    """The lane has all the requests under way it may have; nothing was sent, ask again soon."""


@dataclass(frozen=True, slots=True)
class EgressAnswer:
    """Tell what an endpoint answered: the start of its body as text, its Retry-After as sent."""

    status: int
    body_excerpt: str
    duration_ms: int
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class EgressDocument:
    """Hold a fetched document: its bytes exactly as sent, never decompressed."""

    status: int
    body: bytes
    duration_ms: int


class EgressPort(Protocol):
    """Reach URLs that others wrote, within a total deadline and a size limit.

    Both methods follow no redirect (a 3xx is an answer like any other) and raise
    EgressRefusedError, EgressFailedError or EgressBusyError. A `lane` separates tenants that
    share a host: each (lane, host) has its own bound on concurrency and its own circuit breaker.
    """

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, lane: str = ""
    ) -> EgressAnswer:
        """Send a body and return what the endpoint answered."""

    async def get(self, url: str, headers: Mapping[str, str], lane: str = "") -> EgressDocument:
        """Fetch a document."""

    async def close(self) -> None:
        """Release what the client holds."""
