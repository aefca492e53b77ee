"""Show that schemathesis finds nothing on the real exchange: every check, every phase."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
import uvicorn

from tests.dialects.cryptoexchange.exchange import BASE
from tests.dialects.cryptoexchange.live import CUSTOMER, Stage, buy, open_stage

PATIENCE_S = 60
EXAMPLES = 20

# A business refusal (422) of well-formed input is part of the contract.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429"]

[dictionaries]
orders = {{ values = ["{order}"] }}
addresses = {{ values = ["{address}"] }}
customers = {{ values = ["mine"] }}
quotes = {{ values = ["{quote}"] }}
keys = {{ values = ["one", "two"] }}

[parameters]
order_id = {{ dictionary = "orders", probability = 0.5 }}
address = {{ dictionary = "addresses", probability = 0.5 }}
customer_id = {{ dictionary = "customers", probability = 0.5 }}
quoteId = {{ dictionary = "quotes", probability = 0.2 }}
"Idempotency-Key" = {{ dictionary = "keys", probability = 0.3 }}
"""


class TellingServer(uvicorn.Server):
    """Tell when it serves."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start and tell."""
        await super().startup(sockets)
        self._ready.set()


class Served:
    """Serve a stage in a thread with an event loop of its own."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._where = database_url, folder
        self._ready = threading.Event()
        self._server: TellingServer | None = None
        # Named as TCP, or asyncio leaves Nagle's algorithm on and each answer takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.key = self.config = ""
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
        async with open_stage(*self._where) as stage:
            self.config = await self._known(stage)
            self.key = stage.mine.key
            config = uvicorn.Config(stage.app(), log_config=None, lifespan="on")
            self._server = TellingServer(config, self._ready)
            await self._server.serve(sockets=[self._socket])

    async def _known(self, stage: Stage) -> str:
        """Name things that exist, so that operations are reached beyond not found."""
        async with stage.client() as client:
            asked = {"crypto": "LTC", "fiat": "EUR", "fiatAmount": "100"}
            offered = (await client.post("/quotes", json=asked)).json()
            made = await client.post("/orders", json=buy())
            assert made.status_code == 201
        mine = stage.mine
        return CONFIG.format(order=mine.order, address=mine.address, quote=offered["id"])


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    running = Served(database_url, tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_schemathesis_finds_nothing(served: Served, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(served.config, encoding="utf-8")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "--no-color"),
        *("run", f"{served.address}{BASE}/openapi.json"),
        *("--url", f"{served.address}/cryptoexchange"),
        *("--header", f"X-API-Key: {served.key}", "--checks", "all"),
        *("--max-examples", str(EXAMPLES), "--generation-deterministic"),
        *("--warnings", "off"),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No issues found" in run.stdout
    headers = {"X-API-Key": served.key}
    path = f"{served.address}{BASE}/customers/{quote(CUSTOMER, safe='')}/orders"
    assert len(httpx2.get(path, headers=headers).json()["items"]) == 1
