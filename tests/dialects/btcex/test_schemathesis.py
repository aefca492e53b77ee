"""Show that schemathesis finds nothing on the real broker: every check, every phase, all signed."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from cambist.dialects.btcex import DIALECT
from cambist.http.refusals import RefusedError
from tests.dialects.btcex.live import Signer, Stage, open_stage
from tests.dialects.btcex.matrix import hold

PATIENCE_S = 120
EXAMPLES = 20

# A business refusal (422) of well-formed input is part of the contract.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429"]

[dictionaries]
orders = {{ values = [{orders}] }}
keys = {{ values = ["one", "two"] }}
affiliates = {{ values = ["{affiliate}"] }}

[parameters]
order_id = {{ dictionary = "orders", probability = 0.5 }}
affiliate = {{ dictionary = "affiliates", probability = 0.5 }}
"Idempotency-Key" = {{ dictionary = "keys", probability = 0.3 }}

{either}
"""
EITHER = """
[[operations]]
include-operation-id = "{operation}"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "4xx"]
"""
PLACES = {"btcex-key": "", "btcex-nonce": "1", "btcex-signature": "replaced"}
UNSAID = (
    "getPrice", "followToBuy", "followToSell", "listOrders", "verifyIdentity", "buy", "sell",
    "declareFundsCz",
)  # fmt: skip
"""Operations with rules no schema can say: one of two, check digits, shown characters."""


class SigningDoor:
    """Sign what comes with the caller's key; schemathesis knows no signatures."""

    def __init__(self, app: Any, signer: Signer) -> None:
        self._app, self._signer = app, signer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the body, put its signature into the headers, and hand both on."""
        headers = dict(scope.get("headers", ()))
        asked = {name: headers.get(name.encode(), b"").decode("latin-1") for name in PLACES}
        if asked != {**PLACES, "btcex-key": self._signer.key}:
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        for name, value in self._sign(body).items():
            headers[name.encode()] = value.encode()
        sent = False

        async def again() -> Any:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": list(headers.items())}, again, send)

    def _sign(self, body: bytes) -> dict[str, str]:
        try:
            return self._signer.headers(body)
        except RefusedError:
            return self._signer.over([])


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
        self.orders = 0
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
            self.config, self.key = await self._known(stage), stage.mine.key
            door = SigningDoor(stage.app(), Signer(stage.mine.key, stage.mine.private))
            config = uvicorn.Config(door, log_config=None, lifespan="on")
            self._server = TellingServer(config, self._ready)
            await self._server.serve(sockets=[self._socket])
            count = "select count(*) from orders where partner_id = $1"
            self.orders = await stage.world.core.pool.fetchval(count, stage.mine.partner)

    async def _known(self, stage: Stage) -> str:
        """Name orders in every state, so that operations are reached beyond not found."""
        async with stage.client() as client:
            orders = (await hold(client, "mine")).orders.values()
        return CONFIG.format(
            orders=", ".join(f'"{number}"' for number in orders),
            affiliate=stage.mine.name,
            either="".join(EITHER.format(operation=name) for name in UNSAID),
        )


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
    headers = [f"{name}: {value or served.key}" for name, value in PLACES.items()]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "--no-color"),
        *("run", f"{served.address}{DIALECT.prefix}/openapi.json"),
        *("--url", f"{served.address}{DIALECT.prefix}"),
        *(word for header in headers for word in ("--header", header)),
        *("--checks", "all", "--max-examples", str(EXAMPLES), "--generation-deterministic"),
        *("--warnings", "off"),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No issues found" in run.stdout
