"""Decide which loops the worker process runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from cambist.adapters.clock import wall_clock
from cambist.adapters.db.books import fold, seal
from cambist.adapters.db.callbacks import PostgresCallbacks
from cambist.adapters.db.outbox import PostgresOutbox
from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.db.pruning import prune
from cambist.adapters.documents.store_files import FileDocumentStore
from cambist.adapters.signing.client import SignerClient
from cambist.bootstrap.banking import bank_clerk
from cambist.bootstrap.core import Core
from cambist.bootstrap.letters import message_worker
from cambist.bootstrap.prices import price_worker
from cambist.bootstrap.rendering import Rendering
from cambist.bootstrap.reviewing import Reviewing
from cambist.domain.market.assets import CHAINS
from cambist.ports.egress import EgressPort
from cambist.settings import Mode
from cambist.workers.bank_clerk import BankClerk
from cambist.workers.callbacks import CallbackWorker
from cambist.workers.clockwork import Clockwork
from cambist.workers.documents import DocumentSweep
from cambist.workers.loop import run_forever
from cambist.workers.payouts import PayoutWorker
from cambist.workers.prices import ROUND_INTERVAL_S
from cambist.workers.relay import Relay
from cambist.workers.subscriptions import Services

BOOKS_IDLE_S = 1.0
CLOCKWORK_IDLE_S = 0.5
RESCREEN_IDLE_S = 5.0
PRUNING_IDLE_S = 600.0

Loop = Coroutine[Any, Any, None]


@asynccontextmanager
async def worker_loops(
    core: Core, egress: EgressPort, stop: asyncio.Event
) -> AsyncIterator[Sequence[Loop]]:
    """Build every loop of a worker; leases and feeds are given up in the end."""
    beat, jitter = core.beat, core.entropy.jitter
    base_url = core.settings.base_url
    rendering = Rendering(core.trades, base_url)
    reviewing = Reviewing(core)
    services = Services(core.bus, core.queries, rendering, base_url, reviewing.reviewer)
    relay = Relay(PostgresOutbox(core.pool), services, beat, jitter)
    queue = PostgresCallbacks(core.pool)
    callbacks = CallbackWorker(queue, core.bus, egress, core.vault, wall_clock, beat, jitter)
    prices = price_worker(core)
    payouts = _payouts(core)

    async def price_round() -> int:
        await core.clock.refresh()
        await prices.run_round()
        return 0

    async def keep_books() -> int:
        return await fold(core.pool) + await seal(core.pool)

    documents = FileDocumentStore(core.settings.documents)
    sweep = DocumentSweep(documents, PostgresPeople(core.pool, core.privacy))

    async def throw_away() -> int:
        return await prune(core.pool)

    def loop(step: Callable[[], Awaitable[int]], idle_s: float, name: str) -> Loop:
        return run_forever(step, stop, idle_s, name, beat, jitter)

    poll_s = core.settings.poll_interval_s
    yield (
        relay.run(stop),
        callbacks.run(stop),
        message_worker(core).run(stop),
        loop(price_round, ROUND_INTERVAL_S, "prices"),
        loop(Clockwork(core.bus, core.work).run_once, CLOCKWORK_IDLE_S, "clockwork"),
        loop(keep_books, BOOKS_IDLE_S, "books"),
        loop(reviewing.rescreening.run_once, RESCREEN_IDLE_S, "rescreen"),
        loop(throw_away, PRUNING_IDLE_S, "pruning"),
        loop(sweep.run_once, PRUNING_IDLE_S, "documents"),
        *(loop(worker.run_once, poll_s, f"payouts:{chain}") for chain, worker in payouts.items()),
        *(loop(clerk.run_once, poll_s, "bank") for clerk in _bank_clerks(core)),
    )
    for worker in payouts.values():
        await worker.release()
    await reviewing.rescreening.release()
    await prices.close()


def _bank_clerks(core: Core) -> Sequence[BankClerk]:
    """Build who serves the simulated bank; a real one is served by the operator's own hand."""
    return (bank_clerk(core),) if core.settings.mode is Mode.SANDBOX else ()


def _payouts(core: Core) -> dict[str, PayoutWorker]:
    """Build one payout worker a chain."""
    holder = str(core.entropy.new_id())
    signer = SignerClient(core.settings.signer_socket)
    shared = (signer, core.bus, core.work, holder)
    return {
        chain: PayoutWorker(CHAINS[chain], port, *shared, core.hot_address(chain))
        for chain, port in core.chains.items()
    }
