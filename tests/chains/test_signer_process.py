"""Prove the signer as a process: its socket, its limits, its death, and what it imports."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from cambist.adapters.chain_families.keys import DerivedAddressBook, accounts_from_json
from cambist.adapters.chain_families.networks import ChainSetup
from cambist.adapters.signing import server
from cambist.adapters.signing.client import SignerClient
from cambist.adapters.signing.frames import MESSAGE_MAX_BYTES, read_frame
from cambist.adapters.signing.intents import intent_to_json
from cambist.adapters.signing.keystore import KeyStore, create_seed
from cambist.adapters.signing.once_log import OnceLog, SignerLogFailedError
from cambist.ports.signer import (
    Branch,
    KeyPath,
    SignerUnavailableError,
    SigningRefusedError,
    SpendInput,
    SpendIntent,
)
from tests.chains.conftest import ABANDON

KEYSTORE = KeyStore(ABANDON, [ChainSetup("tron")])
BOOK = DerivedAddressBook(accounts_from_json(KEYSTORE.public_keys()))
PATH = KeyPath(Branch.HOT, 0)
PATIENCE_S = 120
"""For what is sure to come, however busy the machine is."""
PROCESS = """
import asyncio, sys
from pathlib import Path
from cambist.adapters.chain_families.networks import ChainSetup
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import OnceLog
from cambist.adapters.signing.server import serve
from cambist.kernel import failpoints
home = Path(sys.argv[1])
if sys.argv[2:] == ["die"]:
    import os, signal
    failpoints.arm(lambda name: os.kill(os.getpid(), signal.SIGKILL))
keystore = KeyStore.load(home / "seed", [ChainSetup("tron")])
asyncio.run(serve(home / "socket", keystore, OnceLog(home / "log")))
"""


def an_intent() -> SpendIntent:
    """Plan a transfer on Tron."""
    held = SpendInput(PATH, BOOK.derive("tron", PATH), 9_000_000)
    to = BOOK.derive("tron", KeyPath(Branch.DEPOSIT, 1))
    return SpendIntent(uuid4(), "tron", "TRX", to, 5_000_000, 268_000, (held,), nonce=0)


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[SignerClient]:
    """Run the server within this process."""
    stop, ready = asyncio.Event(), asyncio.Event()
    log = OnceLog(folder / "log")
    path = folder / "socket"
    task = asyncio.create_task(server.serve(path, KEYSTORE, log, stop=stop, ready=ready))
    await ready.wait()
    try:
        yield SignerClient(path, PATIENCE_S)
    finally:
        stop.set()
        await task
        log.close()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[SignerClient]:
    """Give a client of a running server."""
    async with serving(tmp_path) as given:
        yield given


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a folder with a seed for the signer as a process of its own."""
    create_seed(tmp_path / "seed", ABANDON)
    return tmp_path


@asynccontextmanager
async def process(home: Path, *arguments: str) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run the signer as a process until it answers."""
    command = [sys.executable, "-c", PROCESS, str(home), *arguments]
    started = await asyncio.to_thread(subprocess.Popen[bytes], command)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                await SignerClient(home / "socket", PATIENCE_S).ping()
                break
            except SignerUnavailableError:
                await asyncio.sleep(0.05)
        yield started
    finally:
        started.kill()
        await asyncio.to_thread(started.wait)


async def test_signing_over_the_socket_is_idempotent(client: SignerClient) -> None:
    await client.ping()
    intent = an_intent()
    signed = await client.sign(intent)
    assert await asyncio.gather(*(client.sign(intent) for _ in range(20))) == [signed] * 20


async def test_a_refusal_names_its_reason(client: SignerClient) -> None:
    intent = an_intent()
    held = SpendInput(KeyPath(Branch.HOT, 1), intent.inputs[0].address, 9_000_000)
    wrong = SpendIntent(
        intent.id, "tron", "TRX", intent.destination, 5_000_000, 268_000, (held,), nonce=0
    )
    with pytest.raises(SigningRefusedError, match="does not derive"):
        await client.sign(wrong)


async def test_socket_is_private_and_removed_at_the_end(tmp_path: Path) -> None:
    async with serving(tmp_path):
        assert (tmp_path / "socket").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "socket").exists()


async def test_no_signer_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SignerUnavailableError):
        await SignerClient(tmp_path / "socket", PATIENCE_S).sign(an_intent())


async def test_a_silent_signer_is_unavailable_in_time(tmp_path: Path) -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_unix_server(silence, str(tmp_path / "socket")):
        with pytest.raises(SignerUnavailableError):
            await SignerClient(tmp_path / "socket", timeout_s=0.1).sign(an_intent())


@pytest.mark.parametrize("answer", [b"\0\0\0\x02{}", b"\xff\xff\xff\xff", b"\0\0\0\x09{}", b""])
async def test_a_senseless_answer_is_unavailable(tmp_path: Path, answer: bytes) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_frame(reader)
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_unix_server(nonsense, str(tmp_path / "socket")):
        with pytest.raises(SignerUnavailableError):
            await SignerClient(tmp_path / "socket", PATIENCE_S).sign(an_intent())


@pytest.mark.parametrize(
    "request_bytes",
    [
        (MESSAGE_MAX_BYTES + 1).to_bytes(4, "big"),
        b"\0\0\0\x05nojso",
        b"\0\0\0\x03[1]",
        b"\0\0\x10\0" + b"[" * 4096,
    ],
)
async def test_bad_requests_do_not_hurt_the_signer(
    tmp_path: Path, client: SignerClient, request_bytes: bytes
) -> None:
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "socket"))
    writer.write(request_bytes)
    answer = await reader.read()
    assert b"signed" not in answer
    writer.close()
    await writer.wait_closed()
    assert (await client.sign(an_intent())).txid


async def test_malformed_intent_is_refused_for_good(tmp_path: Path, client: SignerClient) -> None:
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "socket"))
    body = json.dumps({"ask": "sign", "intent": intent_to_json(an_intent()) | {"units": 1}})
    writer.write(len(body).to_bytes(4, "big") + body.encode())
    answer = await read_frame(reader)
    assert answer == {
        "answer": "refused",
        "reason": "malformed intent: units is missing or malformed",
    }
    writer.close()
    await writer.wait_closed()


async def test_a_slow_peer_is_cut_off(
    tmp_path: Path, client: SignerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REQUEST_TIMEOUT_S", 0.05)
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "socket"))
    writer.write(b"\0\0")
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_failed_log_ends_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    log, ready = OnceLog(tmp_path / "log"), asyncio.Event()
    task = asyncio.create_task(server.serve(tmp_path / "socket", KEYSTORE, log, ready=ready))
    await ready.wait()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SignerUnavailableError):
        await SignerClient(tmp_path / "socket", PATIENCE_S).sign(an_intent())
    with pytest.raises(SignerLogFailedError):
        await task
    log.close()


async def test_killed_after_the_log_it_answers_the_same_bytes_later(home: Path) -> None:
    intent = an_intent()
    async with process(home, "die") as signer:
        with pytest.raises(SignerUnavailableError):
            await SignerClient(home / "socket", PATIENCE_S).sign(intent)
        assert await asyncio.to_thread(signer.wait, PATIENCE_S) == -signal.SIGKILL
    log = OnceLog(home / "log")
    logged = log.find(intent.id)
    assert logged is not None
    log.close()
    async with process(home):
        assert await SignerClient(home / "socket", PATIENCE_S).sign(intent) == logged.signed


def test_signer_process_imports_neither_web_nor_database() -> None:
    code = "import cambist.adapters.signing.server, sys, json; print(json.dumps(list(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    loaded = {name.split(".")[0] for name in json.loads(shown)}
    heavy = {"asyncpg", "sqlalchemy", "litestar", "httpx2", "httpx", "pydantic", "bip_utils",
             "uvicorn", "jinja2", "msgspec", "cryptography"}  # fmt: skip
    assert not loaded & heavy


def test_address_book_does_not_load_the_heavy_library() -> None:
    code = "import cambist.adapters.chain_families.keys, sys; print('bip_utils' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert shown.strip() == b"False"
