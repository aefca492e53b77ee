"""Decide what each process runs: api, worker, chainwatch, signer; each ends on SIGTERM."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from cambist.adapters.keys import SEED_FILE, SIGNER_LOG
from cambist.settings import Mode, Settings
from cambist.workers.loop import rest, run_forever

if TYPE_CHECKING:
    import uvicorn

SHUTDOWN_S = 5
ENDING_POLL_S = 0.2
GC_THRESHOLD = 20_000
SUPERVISED = "CAMBIST_SUPERVISED"


def stop_event() -> asyncio.Event:
    """Make an event that SIGTERM, SIGINT or the end of the supervisor sets.

    The supervisor holds the other end of standard input: when it dies, however, the pipe closes.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    if os.environ.get(SUPERVISED):
        loop.add_reader(sys.stdin.fileno(), stop.set)
    return stop


async def run_api(settings: Settings) -> None:
    """Serve the web: dialects, pages, health."""
    import uvicorn

    from cambist.bootstrap.core import open_core
    from cambist.bootstrap.web import open_web

    stop = stop_event()
    async with open_core(settings) as core, open_web(core, stop) as app:
        config = uvicorn.Config(
            app,
            http="httptools",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            timeout_graceful_shutdown=SHUTDOWN_S,
            lifespan="on",
        )
        server = uvicorn.Server(config)
        _settle_memory()
        ending = asyncio.ensure_future(_end_with(stop, server))
        bound = bind(settings)
        try:
            await server.serve(sockets=[bound])
        finally:
            ending.cancel()
            bound.close()


def _settle_memory() -> None:
    """Take what start-up made out of the collector's rounds, and make these rarer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 20, 50)


async def _end_with(stop: asyncio.Event, server: "uvicorn.Server") -> None:
    """Let each of the two ends tell the other; the server listens to signals by itself."""
    while not stop.is_set() and not server.should_exit:
        await rest(stop, ENDING_POLL_S)
    stop.set()
    server.should_exit = True


def bind(settings: Settings) -> socket.socket:
    """Listen on the address set; several api processes may share it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.api_processes > 1:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((settings.host, settings.port))
    return bound


async def run_worker(settings: Settings) -> None:
    """Carry events, deliver callbacks, keep prices, pay out, expire, fold and seal the books."""
    from cambist.adapters.egress.client import EgressClient, EgressPolicy
    from cambist.bootstrap.core import open_core
    from cambist.bootstrap.loops import worker_loops

    async with open_core(settings) as core:
        stop = stop_event()
        own = frozenset({settings.base_url}) if settings.mode is Mode.SANDBOX else frozenset[str]()
        egress = EgressClient(EgressPolicy(allowed_origins=own))
        async with worker_loops(core, egress, stop) as loops:
            await _together(stop, *loops)
        await egress.close()


async def run_chainwatch(settings: Settings) -> None:
    """Follow every chain."""
    from cambist.bootstrap.core import open_core
    from cambist.domain.market.assets import CHAINS
    from cambist.workers.chainwatch import ChainWatch

    async with open_core(settings) as core:
        stop = stop_event()
        holder = str(core.entropy.new_id())
        watches = {
            chain: ChainWatch(
                CHAINS[chain], port, core.bus, core.work, holder, core.hot_address(chain)
            )
            for chain, port in core.chains.items()
        }
        loops = (
            run_forever(
                watch.run_once,
                stop,
                settings.poll_interval_s,
                f"chainwatch:{chain}",
                core.beat,
                core.entropy.jitter,
            )
            for chain, watch in watches.items()
        )
        await _together(stop, *loops)
        for watch in watches.values():
            await watch.release()


async def run_signer(settings: Settings) -> None:
    """Hold the private keys and sign; knows neither web nor database."""
    from cambist.adapters.signing.keystore import KeyStore
    from cambist.adapters.signing.once_log import OnceLog
    from cambist.adapters.signing.server import serve

    setups = [node.setup(chain) for chain, node in settings.chains.items()]
    keystore = KeyStore.load(settings.keys_dir / SEED_FILE, setups)
    log = OnceLog(settings.keys_dir / SIGNER_LOG)
    try:
        await serve(settings.signer_socket, keystore, log, stop=stop_event())
    finally:
        log.close()


async def _together(stop: asyncio.Event, *loops: Coroutine[Any, Any, None]) -> None:
    """Run loops until told to stop; when one ends by a fault, all end and the fault is raised."""
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    stop.set()
    await asyncio.wait(tasks)
    for task in done:
        task.result()
