"""Run litecoind in regtest for the tests: one node a session, in a folder of its own."""

import shutil
import subprocess
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from tests.ports import own_port

RPC_USER, RPC_PASSWORD = "cambist", "regtest-only"
START_TIMEOUT_S = 240
# Debian's /usr/bin/litecoind is a wrapper that writes into the home folder, so it comes last.
_CANDIDATES = ("/usr/lib/litecoin", None)


class Litecoind:
    """Start a node that talks to nobody; `url` is its RPC address."""

    def __init__(self, folder: Path) -> None:
        port = own_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [
                find_litecoind(),
                "-regtest",
                "-server",
                "-txindex=1",
                "-listen=0",
                "-dnsseed=0",
                "-mempoolreplacement=1",
                "-fallbackfee=0.0002",
                "-printtoconsole=0",
                f"-datadir={folder}",
                f"-rpcport={port}",
                f"-rpcuser={RPC_USER}",
                f"-rpcpassword={RPC_PASSWORD}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def stop(self) -> None:
        """Stop the node and wait for its end."""
        self._process.terminate()
        self._process.wait(timeout=START_TIMEOUT_S)

    def ask(self, method: str, *params: object) -> Any:
        """Call one method and give its result; numbers with a point are Decimal."""
        request = {"method": method, "params": params}
        told = httpx2.post(
            self.url, json=request, auth=(RPC_USER, RPC_PASSWORD), timeout=START_TIMEOUT_S
        )
        answer = told.json(parse_float=Decimal)
        assert answer["error"] is None, answer
        return answer["result"]

    def _wait(self) -> None:
        ready = {"method": "getindexinfo", "params": ["txindex"]}
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                answer = httpx2.post(self.url, json=ready, auth=(RPC_USER, RPC_PASSWORD)).json()
                if answer["error"] is None and answer["result"]["txindex"]["synced"]:
                    return
            except httpx2.TransportError:
                if self._process.poll() is not None:
                    break
            time.sleep(0.05)
        raise RuntimeError(f"litecoind did not start (exit status {self._process.poll()})")


class PatientRpc(CoreRpcClient):
    """Give a node of the tests all the time it needs on a busy machine."""

    def __init__(self, url: str, password: str = RPC_PASSWORD) -> None:
        super().__init__(url, RPC_USER, password)
        self._http.timeout = httpx2.Timeout(START_TIMEOUT_S)

    async def _exchange(self, request: object, path: str, timeout_s: float) -> object:
        return await super()._exchange(request, path, START_TIMEOUT_S)


def regtest_settings(url: str) -> dict[str, str]:
    """Write what CAMBIST_CHAINS holds for a chain whose node answers at `url`."""
    return {
        "kind": "core-rpc",
        "network": "regtest",
        "url": url,
        "user": RPC_USER,
        "password": RPC_PASSWORD,
    }


def find_litecoind() -> str:
    """Find the node; it is a requirement of the test run (Debian: litecoind)."""
    for folder in _CANDIDATES:
        found = shutil.which("litecoind", path=folder)
        if found is not None:
            return found
    raise RuntimeError("the tests need litecoind (Debian package litecoind)")
