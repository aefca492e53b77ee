"""Run schemathesis on a dialect that is really served: every check, every phase, the same seed."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

PATIENCE_S = 600
EXAMPLES = 20


@dataclass(frozen=True)
class Offer:
    """Be an application, schemathesis's configuration for it, and the headers that let it in."""

    app: Any
    config: str
    headers: Mapping[str, str]


Offering = Callable[[], AbstractAsyncContextManager[Offer]]


class _TellingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


class Served:
    """Serve what is offered, in a thread with an event loop of its own."""

    offer: Offer

    def __init__(self, offering: Offering) -> None:
        self._offering = offering
        self._ready = threading.Event()
        self._server: _TellingServer | None = None
        # Named as TCP, or asyncio leaves Nagle's algorithm on and each answer takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def start(self) -> None:
        """Serve and wait until it does."""
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)

    def stop(self) -> None:
        """End and wait for the end."""
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join(PATIENCE_S)
        self._socket.close()
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        async with self._offering() as self.offer:
            config = uvicorn.Config(self.offer.app, log_config=None, lifespan="on")
            self._server = _TellingServer(config, self._ready)
            await self._server.serve(sockets=[self._socket])


@contextmanager
def serving(offering: Offering) -> Iterator[Served]:
    """Serve what is offered until left."""
    running = Served(offering)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def judge(
    served: Served, prefix: str, document: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Let schemathesis read a document and call what it describes below a dialect's prefix."""
    config = folder / "schemathesis.toml"
    config.write_text(served.offer.config, encoding="utf-8")
    headers = [f"{name}: {value}" for name, value in served.offer.headers.items()]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "--no-color"),
        *("run", f"{served.address}{document}", "--url", f"{served.address}{prefix}"),
        *(word for header in headers for word in ("--header", header)),
        *("--checks", "all", "--max-examples", str(EXAMPLES), "--generation-deterministic"),
        *("--warnings", "off", "--request-timeout", str(PATIENCE_S)),
        *("--suppress-health-check", "too_slow"),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
