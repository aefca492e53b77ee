"""Decide what each process runs: api, worker, chainwatch, signer; each ends on SIGTERM."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cambist.adapters.keys import SEED_FILE, SIGNER_LOG
from cambist.settings import Mode, Settings
from cambist.workers.loop import run_forever

if TYPE_CHECKING:
    import uvicorn

FOLD_IDLE_S = 1.0
CLOCKWORK_IDLE_S = 0.5
SHUTDOWN_S = 5
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

    async with open_core(settings) as core, open_web(core) as app:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
            lifespan="on",
        )
        server = uvicorn.Server(config)
        stop = stop_event()
        ending = asyncio.ensure_future(_end_with(stop, server))
        bound = bind(settings)
        try:
            await server.serve(sockets=[bound])
        finally:
            ending.cancel()
            bound.close()


async def _end_with(stop: asyncio.Event, server: "uvicorn.Server") -> None:
    await stop.wait()
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
    from cambist.adapters.db.books import fold, seal
    from cambist.adapters.db.callbacks import PostgresCallbacks
    from cambist.adapters.db.outbox import PostgresOutbox
    from cambist.adapters.egress.client import EgressClient, EgressPolicy
    from cambist.adapters.signing.client import SignerClient
    from cambist.bootstrap.core import open_core
    from cambist.bootstrap.prices import price_worker
    from cambist.dialects.cryptopayments import render_order
    from cambist.domain.market.assets import CHAINS
    from cambist.workers.callbacks import CallbackWorker
    from cambist.workers.clockwork import Clockwork
    from cambist.workers.payouts import PayoutWorker
    from cambist.workers.prices import ROUND_INTERVAL_S
    from cambist.workers.relay import Relay
    from cambist.workers.subscriptions import Services

    async with open_core(settings) as core:
        stop = stop_event()
        beat, jitter = core.beat, core.entropy.jitter
        own = frozenset({settings.base_url}) if settings.mode is Mode.SANDBOX else frozenset[str]()
        egress = EgressClient(EgressPolicy(allowed_origins=own))
        services = Services(core.bus, core.queries, render_order)
        relay = Relay(PostgresOutbox(core.pool), services, beat, jitter)
        callbacks = CallbackWorker(
            PostgresCallbacks(core.pool), core.bus, egress, core.vault, _wall_clock, beat, jitter
        )
        prices = price_worker(core)
        holder = str(core.entropy.new_id())
        signer = SignerClient(settings.signer_socket)
        payouts = [
            PayoutWorker(
                CHAINS[chain],
                port,
                signer,
                core.bus,
                core.work,
                holder,
                core.hot_address(chain),
            )
            for chain, port in core.chains.items()
        ]

        async def price_round() -> int:
            await core.clock.refresh()
            await prices.run_round()
            return 0

        async def keep_books() -> int:
            return await fold(core.pool) + await seal(core.pool)

        def loop(step: Callable[[], Awaitable[int]], idle_s: float, name: str) -> Any:
            return run_forever(step, stop, idle_s, name, beat, jitter)

        await _together(
            stop,
            relay.run(stop),
            callbacks.run(stop),
            loop(price_round, ROUND_INTERVAL_S, "prices"),
            loop(Clockwork(core.bus, core.work).run_once, CLOCKWORK_IDLE_S, "clockwork"),
            loop(keep_books, FOLD_IDLE_S, "books"),
            *(
                loop(worker.run_once, settings.poll_interval_s, f"payouts:{chain}")
                for chain, worker in zip(core.chains, payouts, strict=True)
            ),
        )
        for worker in payouts:
            await worker.release()
        await prices.close()
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


def _wall_clock() -> datetime:
    return datetime.now(UTC)
