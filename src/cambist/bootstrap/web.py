"""Decide what the web serves: each dialect and page an application of its own behind one door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from litestar.types import ASGIApp

from cambist.adapters.db.usage import KeyUsage
from cambist.adapters.logs import count_dropped_fields
from cambist.adapters.meters import RequestMeter
from cambist.adapters.simulators.payer import SimulatedPayer
from cambist.bootstrap import applications
from cambist.bootstrap.access import DemoAccess, read_access
from cambist.bootstrap.core import Core
from cambist.bootstrap.prices import price_worker
from cambist.bootstrap.sandbox import sandbox_services
from cambist.dialects import btcex, cryptoexchange, cryptopayments
from cambist.http.dispatch import Dispatcher, Mount
from cambist.http.measuring import measured
from cambist.pages.cases import PREFIX as ORDER_PREFIX
from cambist.pages.operate import PREFIXES as OPERATE_PREFIXES
from cambist.pages.operate import Readiness, operate_app
from cambist.pages.pay import pay_app
from cambist.pages.pay.watching import Watches
from cambist.pages.sandbox import sandbox_app
from cambist.settings import Mode
from cambist.workers.loop import run_forever

HOUSE_INTERVAL_S = 1.0
WORKERS = ("relay", "callbacks", "messages", "prices", "clockwork", "books", "rescreen")


@asynccontextmanager
async def open_web(core: Core, ending: asyncio.Event | None = None) -> AsyncIterator[ASGIApp]:
    """Build the root application and keep what it needs running.

    When `ending` is set the payers' open streams are ended, so that a stop need not wait for them.
    """
    async with AsyncExitStack() as stack:
        usage, stop = KeyUsage(core.pool), asyncio.Event()
        stack.push_async_callback(usage.flush)
        housekeeping = asyncio.ensure_future(_keep_house(core, usage, stop))
        stack.push_async_callback(asyncio.wait, [housekeeping])
        stack.callback(stop.set)
        count_dropped_fields(core.registry)
        meter = RequestMeter(core.registry)
        sandbox = core.settings.mode is Mode.SANDBOX
        payer = SimulatedPayer(core.controls, core.chains) if sandbox else None
        watches = Watches(core.queries)
        if ending is not None:
            farewell = asyncio.ensure_future(_farewell(ending, watches))
            stack.callback(farewell.cancel)
        pay = pay_app(core.queries, core.bus, payer, core.settings.base_url, watches)
        access, operate = read_access(core.settings) if sandbox else None, _operate(core)
        uploads = applications.uploads_of(core)
        dialects = (
            (btcex.DIALECT, applications.broker(core, usage, uploads)),
            (cryptopayments.DIALECT, applications.gateway(core, usage)),
            (cryptoexchange.DIALECT, applications.exchange(core, usage, access)),
        )
        orders = applications.cases(core, uploads, is_sandbox=sandbox)
        mounts = [
            *(Mount(d.prefix, measured(app, d.name, meter)) for d, app in dialects),
            Mount(ORDER_PREFIX, measured(orders, "cases", meter), whole=True),
            *(Mount(prefix, operate, whole=True) for prefix in OPERATE_PREFIXES),
        ]
        if sandbox:
            mounts.append(Mount("/sandbox", await _sandbox(core, stack, access)))
        yield Dispatcher(mounts, fallback=measured(pay, "pay", meter))


def _operate(core: Core) -> ASGIApp:
    bank = ("bank",) if core.settings.mode is Mode.SANDBOX else ()
    workers = WORKERS + bank + _by_chain(core)
    readiness = Readiness(core.health, workers, tuple(core.chains), core.clock.now)
    return operate_app(readiness, core.health, core.registry)


async def _farewell(ending: asyncio.Event, watches: Watches) -> None:
    await ending.wait()
    watches.close()


async def _sandbox(core: Core, stack: AsyncExitStack, access: DemoAccess | None) -> ASGIApp:
    if access is None:
        raise LookupError("no sandbox.json: start the sandbox with `cambist up`")
    prices = price_worker(core)
    stack.push_async_callback(prices.close)
    return sandbox_app(sandbox_services(core, access, prices))


def _by_chain(core: Core) -> tuple[str, ...]:
    return tuple(f"{part}:{chain}" for part in ("chainwatch", "payouts") for chain in core.chains)


async def _keep_house(core: Core, usage: KeyUsage, stop: asyncio.Event) -> None:
    """Learn the time and write down which keys were used, once in a while."""

    async def step() -> int:
        await core.clock.refresh()
        await usage.flush()
        return 0

    await run_forever(step, stop, HOUSE_INTERVAL_S, "api", core.beat, core.entropy.jitter)
