"""Ship wrong clients: each makes one classic mistake that the range must catch."""

import ipaddress
import socket
import ssl

import httpx2

from cambist.adapters.egress.addresses import is_denied, read_address
from tests.egress.hostile import LyingResolver

PATIENCE_S = 60.0
MISTAKES = (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError)


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class FencedTransport(httpx2.AsyncBaseTransport):
    """Let requests to this machine through; note those that would leave it and stop them."""

    def __init__(self, outward: list[httpx2.Request]) -> None:
        self._outward = outward
        self._inner = httpx2.AsyncHTTPTransport(verify=_unverified(), trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request, or act as if its host could not be reached."""
        if not _is_here(request.url.host):
            self._outward.append(request)
            raise httpx2.ConnectError("outside the range")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the real transport."""
        await self._inner.aclose()


def _is_here(host: str) -> bool:
    """Tell whether a host, in any notation the system reads, is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return False
    address = ipaddress.ip_address(str(found[0][4][0]).partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


class PlainClient:
    """Post wherever the URL says: what a project has before it thinks of this."""

    follow_redirects = False

    async def post(self, url: str) -> None:
        """Post, and shrug errors off."""
        async with httpx2.AsyncClient(
            transport=FencedTransport([]),
            timeout=PATIENCE_S,
            follow_redirects=self.follow_redirects,
        ) as client:
            try:
                await client.post(url, content=b"{}")
            except MISTAKES:
                return


class FollowingClient(PlainClient):
    """Follow redirects, as if only the first URL were the partner's choice."""

    follow_redirects = True


class CheckThenConnect:
    """Check every address of a name, then resolve it a second time to connect."""

    def __init__(self) -> None:
        self._resolver = LyingResolver()

    async def post(self, url: str) -> None:
        """Post, and shrug errors off."""
        try:
            parsed = httpx2.URL(url)
            for text in await self._resolver.resolve(parsed.host):
                address = read_address(text)
                if address is None or is_denied(address):
                    return
            found = await self._resolver.resolve(parsed.host)
        except MISTAKES:
            return
        if found:
            await PlainClient().post(str(parsed.copy_with(host=found[0])))


class FirstAddressOnly:
    """Check the first address of a name, and connect to the last."""

    def __init__(self) -> None:
        self._resolver = LyingResolver()

    async def post(self, url: str) -> None:
        """Post, and shrug errors off."""
        try:
            parsed = httpx2.URL(url)
            found = await self._resolver.resolve(parsed.host)
        except MISTAKES:
            return
        first = read_address(found[0]) if found else None
        if first is None or is_denied(first):
            return
        await PlainClient().post(str(parsed.copy_with(host=found[-1])))
