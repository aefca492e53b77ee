"""Decide how one process lives: client, payer, watcher, payouts, relay, callbacks in turn."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import httpcore2  # noqa: F401 - imported before the forks, not in each of them

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.adapters.db.callbacks import PostgresCallbacks
from cambist.adapters.db.outbox import PostgresOutbox
from cambist.adapters.egress.client import EgressClient, EgressPolicy
from cambist.adapters.signing.client import SignerClient
from cambist.adapters.simulators import chain_rules, chain_store
from cambist.adapters.simulators.bank import SimulatedBank
from cambist.adapters.simulators.chain_rules import Draft, Movement
from cambist.app.orders.open_order import OpenedOrder
from cambist.bootstrap.banking import export_parts
from cambist.bootstrap.core import Core
from cambist.bootstrap.letters import message_worker
from cambist.bootstrap.rendering import Rendering
from cambist.bus.bus import Bus, Gate
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.workers.bank_clerk import BankClerk
from cambist.workers.callbacks import CallbackWorker
from cambist.workers.chainwatch import ChainWatch
from cambist.workers.clockwork import Clockwork
from cambist.workers.payouts import PayoutWorker
from cambist.workers.relay import Relay
from cambist.workers.subscriptions import Services
from tests.faults.cases import PAID, Case, Flow
from tests.faults.customer import customers_turn
from tests.faults.planted import (
    NAIVE_PAYOUTS,
    NO_VOUT,
    CarelessBus,
    NaivePayouts,
    NoVoutWatch,
)
from tests.faults.stranger import strangers_turn
from tests.faults.treasurer import treasurers_turn
from tests.world import price_worker

LEASES_END_S = 61
"""Longer than any lease of a process that died: a fresh one waits that long."""
ROUNDS_MAX = 400
BASE_URL = "https://cambist.example"
PATIENCE_S = 0.25
ANSWER_S = 120.0
"""How long a signer or a merchant may take to answer on a slow machine."""

_SSL = ssl.create_default_context()


class NotingBus:
    """Run commands on a bus, and know which are under way."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.running: Counter[str] = Counter()

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command."""
        name = type(command).__name__
        self.running[name] += 1
        try:
            return await self._bus.execute(command, gate)
        finally:
            self.running[name] -= 1


class Desk:
    """Do everything there is to do, step by step, until nothing is left."""

    def __init__(self, core: Core, variant: str = "", receiver: str = "") -> None:
        self.core = core
        self.bus = NotingBus(core.bus)
        self.heard: set[UUID] = set()
        bus, holder = cast("Bus", self.bus), str(core.entropy.new_id())
        watch = NoVoutWatch if variant == NO_VOUT else ChainWatch
        signer = SignerClient(core.settings.signer_socket, ANSWER_S)
        self._watches = {
            chain: watch(CHAINS[chain], port, bus, core.work, holder, core.hot_address(chain))
            for chain, port in core.chains.items()
        }
        payouts = NaivePayouts if variant == NAIVE_PAYOUTS else PayoutWorker
        self._payouts = {
            chain: payouts(
                CHAINS[chain], port, signer, bus, core.work, holder, core.hot_address(chain)
            )
            for chain, port in core.chains.items()
        }
        services = Services(self.bus, core.queries, Rendering(core.trades, BASE_URL), BASE_URL)
        self._relay = Relay(PostgresOutbox(core.pool), services, core.beat, core.entropy.jitter)
        policy = EgressPolicy(allowed_origins=frozenset({receiver}), deadline_s=ANSWER_S)
        self._egress = EgressClient(policy, ssl_context=_SSL)
        self._callbacks = CallbackWorker(
            PostgresCallbacks(core.pool),
            self.bus,
            self._egress,
            core.vault,
            lambda: datetime.now(UTC),
            core.beat,
            core.entropy.jitter,
        )
        self._clockwork = Clockwork(bus, core.work)
        self._is_bank_open = True
        self._messages = message_worker(core)
        bank = SimulatedBank(core.pool)
        parts = replace(export_parts(core), bus=cast("Bus", CarelessBus(self.bus, bank, variant)))
        self._clerk = BankClerk(bank, read_statement, parts, core.paying_in.accounts, pause_s=0)

    def under_way(self) -> str:
        """Name the commands running now."""
        return "+".join(sorted(+self.bus.running))

    async def open(self) -> None:
        """Wait until the leases of dead processes are over, then learn time and prices."""
        await self.core.pool.execute(
            "insert into sandbox_clock values (1, $1) on conflict (id) do update"
            " set seconds = sandbox_clock.seconds + $1",
            LEASES_END_S,
        )
        await self.core.clock.refresh()
        await self.price()
        for watch in self._watches.values():
            await _until_idle(watch.run_once)

    async def price(self) -> None:
        """Keep prices from growing old."""
        await price_worker(self.core).run_round()
        self.core.quotes.forget()

    async def close(self) -> None:
        """Leave in good order."""
        for watch in self._watches.values():
            await watch.release()
        for worker in self._payouts.values():
            await worker.release()
        await self._egress.close()

    async def follow(self, case: Case) -> None:
        """Be the client, the payer and the network of a case, and serve it to its end."""
        flow = Flow(case.flow)
        self._is_bank_open = flow is not Flow.WRITE_OFF
        answers = [await self.bus.execute(command, gate) for command, gate in case.requests()]
        if flow.is_incoming:
            targets = [cast("OpenedOrder", answer).address or "" for answer in answers]
            await self.pay_together(flow.asset, targets)
        chain = CHAINS[ASSETS[flow.asset].chain or ""]
        left: dict[str, int] = {}
        for _ in range(ROUNDS_MAX):
            await self.price()
            await self.work(chain.id)
            if flow.is_trade and await customers_turn(self, case):
                continue
            if flow is Flow.SEND_BACK and await strangers_turn(self, case):
                continue
            if flow is Flow.OWN and await treasurers_turn(self, case):
                continue
            left = await self.left()
            if left.keys() & {"payments", "withdrawals"}:
                await self.core.controls[chain.id].mine(chain.confirmations)
            elif left:
                # What a dead process claimed or locked is free when the server has noticed.
                await asyncio.sleep(PATIENCE_S)
            elif flow is Flow.REORG and not await self._was_reorged(case):
                await self.core.controls[chain.id].reorg(chain.confirmations)
            else:
                return
        raise AssertionError(f"it never came to rest: {left}")

    async def _was_reorged(self, case: Case) -> bool:
        query = "select count(*) from orders where partner_id = $1 and labels like '%REORGED%'"
        return bool(await self.core.pool.fetchval(query, case.partner_id))

    async def work(self, chain: str) -> None:
        """Let every worker do what there is for it now."""
        await _until_idle(self._watches[chain].run_once)
        await self._clockwork.run_once()
        await _until_idle(self._payouts[chain].run_once)
        await _until_idle(self._relay.run_once)
        while await self._callbacks.run_once():
            await self._callbacks.finish()
        if self._is_bank_open:
            await _until_idle(self._clerk.run_once)
        while await self._messages.run_once():
            await self._messages.finish()

    async def left(self) -> dict[str, int]:
        """Count what is left to do, by kind; nothing when everything is quiet."""
        row = await self.core.pool.fetchrow(
            "select (select count(*) from outbox where delivered_at is null) as events,"
            " (select count(*) from callbacks where state = 'pending') as callbacks,"
            " (select count(*) from payments where state = 'pending') as payments,"
            " (select count(*) from messages where state = 'queued') as messages,"
            " (select count(*) from bank_payouts where state in ('queued', 'exported')) as payouts,"
            " (select count(*) from withdrawals"
            "   where state not in ('settled', 'rejected', 'stuck')) as withdrawals"
        )
        return {kind: count for kind, count in dict(row or {}).items() if count}

    async def pay_together(self, asset: str, addresses: list[str]) -> None:
        """Pay addresses from outside by the outputs of one transaction, unless that was done."""
        chain = CHAINS[ASSETS[asset].chain or ""]
        async with self.core.pool.acquire() as connection, connection.transaction():
            await chain_store.lock(connection, chain.id)
            query = "select count(*) from sim.movement where chain = $1 and address = any($2)"
            if await connection.fetchval(query, chain.id, addresses):
                return
            seed, number = await chain_store.next_number(connection, chain.id)
            network = self.core.settings.chains[chain.id].network
            payer = chain_rules.outside_address(chain, network, seed, number)
            txid = chain_rules.seal(chain, seed, "together", number)
            moves = tuple(Movement(n, asset, to, PAID) for n, to in enumerate(addresses))
            draft = Draft(txid, payer, moves, outside=True)
            await chain_store.insert(connection, chain.id, draft, number)


async def _until_idle(step: Callable[[], Awaitable[int]]) -> None:
    while await step():
        pass
