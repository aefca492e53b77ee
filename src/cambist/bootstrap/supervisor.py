"""Decide how the sandbox runs on one machine: database, keys, schema, demo data, four processes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cambist.adapters.db.embedded import EmbeddedPostgres
from cambist.adapters.keys import prepare_signing_keys
from cambist.bootstrap.processes import SUPERVISED, bind
from cambist.settings import Settings

if TYPE_CHECKING:
    import httpx2

SIGNER, API, WORKER, CHAINWATCH = "signer", "api", "worker", "chainwatch"
READY_TIMEOUT_S = 60.0
READY_POLL_S = 0.05
STOP_TIMEOUT_S = 10.0
RESTARTS_MAX = 5
RESTART_WAIT_S = 1.0


@dataclass
class Part:
    """Hold one running process of the sandbox."""

    name: str
    process: subprocess.Popen[bytes]
    restarts: int = 0


@dataclass
class Supervisor:
    """Start the parts, start those anew that die, stop them all in the end."""

    settings: Settings
    parts: list[Part] = field(default_factory=list)
    stopping: bool = False

    def start(self, name: str) -> None:
        """Start one part as a child that ends when this process does."""
        self.parts.append(Part(name, self._spawn(name)))

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        environ = {**os.environ, SUPERVISED: "1"}
        if name != SIGNER:
            environ["CAMBIST_DATABASE_URL"] = self.settings.database_url
        command = [sys.executable, "-m", "cambist.cli", name]
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=environ, start_new_session=True)

    def watch(self) -> None:
        """Keep every part running until told to stop.

        Raises:
            RuntimeError: a part died more than RESTARTS_MAX times.
        """
        while not self.stopping:
            for part in self.parts:
                if part.process.poll() is not None and not self.stopping:
                    self._restart(part)
            time.sleep(RESTART_WAIT_S / 4)

    def _restart(self, part: Part) -> None:
        part.restarts += 1
        if part.restarts > RESTARTS_MAX:
            raise RuntimeError(f"{part.name} died {part.restarts} times; see its messages above")
        print(f"cambist: {part.name} ended and is started again", file=sys.stderr, flush=True)
        time.sleep(RESTART_WAIT_S)
        part.process = self._spawn(part.name)

    def stop(self) -> None:
        """Ask every part to end, then make sure of it."""
        self.stopping = True
        for part in self.parts:
            part.process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for part in self.parts:
            try:
                part.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()


def up(settings: Settings) -> int:
    """Run the whole sandbox until Ctrl-C; returns the exit status."""
    begun = time.monotonic()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    try:
        bind(settings).close()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        print(f"cambist: {where}: {error.strerror}; set CAMBIST_PORT", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        settings = _with_database(settings, stack)
        fresh = asyncio.run(_prepare(settings))
        supervisor = Supervisor(settings)
        stack.callback(supervisor.stop)
        for name in (SIGNER, CHAINWATCH, *[API] * settings.api_processes):
            supervisor.start(name)
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            asyncio.run(_complete(settings, supervisor))
            _announce(settings, time.monotonic() - begun, fresh)
            supervisor.watch()
        except KeyboardInterrupt:
            print("\ncambist: stopping", flush=True)
        except (RuntimeError, TimeoutError) as error:
            print(f"cambist: {error}", file=sys.stderr, flush=True)
            return 1
    return 0


def _with_database(settings: Settings, stack: ExitStack) -> Settings:
    if settings.database_url:
        return settings
    postgres = EmbeddedPostgres(settings.var_dir / "postgres", settings.postgres_bin)
    return settings.model_copy(update={"database_url": stack.enter_context(postgres).start()})


async def _prepare(settings: Settings) -> bool:
    """Bring keys, schema, simulators and demo data into being; True when they were missing."""
    from cambist.adapters.db.migrate import upgrade_async
    from cambist.bootstrap.seed import seed_sandbox

    setups = [node.setup(chain) for chain, node in settings.chains.items()]
    prepare_signing_keys(settings.keys_dir, setups)
    await upgrade_async(settings.database_url)
    return await seed_sandbox(settings)


async def _complete(settings: Settings, supervisor: Supervisor) -> None:
    """Start the worker once the api answers, and wait until every part does its work.

    The demo orders' callbacks go to our own sinks: sent before anybody listens, they would fail,
    and for a while nothing more would be sent there.
    """
    import httpx2

    url = f"http://{settings.host}:{settings.port}/health/ready"
    async with httpx2.AsyncClient(trust_env=False, timeout=5.0) as client:
        async with asyncio.timeout(READY_TIMEOUT_S):
            while await _answer(client, url) is None:
                await _let_start(supervisor)
            supervisor.start(WORKER)
            while await _answer(client, url) != httpx2.codes.OK:
                await _let_start(supervisor)


async def _let_start(supervisor: Supervisor) -> None:
    """Wait a moment.

    Raises:
        RuntimeError: a part has ended already.
    """
    for part in supervisor.parts:
        if part.process.poll() is not None:
            raise RuntimeError(f"{part.name} did not start")
    await asyncio.sleep(READY_POLL_S)


async def _answer(client: "httpx2.AsyncClient", url: str) -> int | None:
    """Ask whether all is ready; None when nobody answers."""
    import httpx2

    try:
        return (await client.get(url)).status_code
    except httpx2.TransportError:
        return None


def _announce(settings: Settings, seconds: float, fresh: bool) -> None:
    base, var = settings.base_url, Path(settings.var_dir)
    kind = "an empty data folder" if fresh else "an existing data folder"
    print(
        f"cambist is ready after {seconds:.1f} s on {kind}\n"
        f"  sandbox     {base}/sandbox/\n"
        f"  mail, SMS   {base}/sandbox/mail\n"
        f"  dialects    {base}/cryptopayments/api/v1/docs\n"
        f"              {base}/cryptoexchange/v1/docs\n"
        f"              {base}/btcex/docs\n"
        f"  credentials {var / 'sandbox.json'}\n"
        f"  health      {base}/health/ready\n"
        "Ctrl-C ends it.",
        flush=True,
    )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
