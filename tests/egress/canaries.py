"""Listen where no request may ever arrive, and count what does."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


class Canaries:
    """Hold listeners on loopback addresses (one port for all) and on a UNIX socket."""

    def __init__(self, hosts: tuple[str, ...], port: int, socket_path: str) -> None:
        self.hosts = hosts
        self.port = port
        self.socket_path = socket_path
        self._accepted = 0
        self._probes = 0

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a connection and end it."""
        self._accepted += 1
        writer.close()

    async def hits(self) -> int:
        """Count connections that were not ours.

        Each listener takes connections in order, so once our own probe was answered none that
        came before it is still unseen.
        """
        for host in self.hosts:
            await self._probe(*await asyncio.open_connection(host, self.port))
        await self._probe(*await asyncio.open_unix_connection(self.socket_path))
        return self._accepted - self._probes

    async def _probe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._probes += 1
        await reader.read()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def canaries() -> AsyncIterator[Canaries]:
    """Run canaries on 127.0.0.1, 127.0.0.2, ::1 where the machine has it, and a UNIX socket."""
    with tempfile.TemporaryDirectory(prefix="cn") as folder:
        seen = Canaries(("127.0.0.1",), 0, str(Path(folder) / "s"))
        servers = [await asyncio.start_server(seen.accept, "127.0.0.1", 0)]
        seen.port = servers[0].sockets[0].getsockname()[1]
        for host in ("127.0.0.2", "::1"):
            try:
                servers.append(await asyncio.start_server(seen.accept, host, seen.port))
            except OSError:
                continue
            seen.hosts += (host,)
        servers.append(await asyncio.start_unix_server(seen.accept, seen.socket_path))
        try:
            yield seen
        finally:
            for server in servers:
                server.close()
                await server.wait_closed()
