"""Decide how a name becomes addresses: asked once, in threads of its own."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

RESOLVER_THREADS = 8


class Resolver(Protocol):
    """Turn names into addresses."""

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Return every address of a name, best first.

        Raises:
            OSError: the name has no address.
        """

    def close(self) -> None:
        """Release threads."""


class SystemResolver:
    """Ask the operating system; a slow name server holds up nobody but these threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Return every address of a name in the system's order of preference.

        Raises:
            OSError: the name has no address.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _addresses, host)

    def close(self) -> None:
        """Let go of the threads without waiting for answers under way."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str) -> tuple[str, ...]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for _, _, _, _, sockaddr in found))
