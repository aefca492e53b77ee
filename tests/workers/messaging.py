"""Decide what the messaging tests stand on: partners, events, and desks that die."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from cambist.adapters.db.callbacks import PostgresCallbacks
from cambist.adapters.db.outbox import PostgresOutbox
from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.vault.entropy import SystemEntropy
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.app.partners.issue_key import IssueKey, issue_key
from cambist.app.partners.put_integration import PutIntegration, put_integration
from cambist.app.partners.register_partner import RegisterPartner, register_partner
from cambist.app.partners.revoke_key import revoke_key
from cambist.app.webhooks.defer_callback import defer_callback
from cambist.app.webhooks.enqueue_callback import enqueue_callback
from cambist.app.webhooks.record_attempt import record_attempt
from cambist.app.webhooks.redeliver_callback import redeliver_callback
from cambist.bus.answers import register
from cambist.bus.bus import Bus
from cambist.bus.scope import Tools
from cambist.domain.orders.orders import Order
from cambist.domain.partners.partners import Integration, KeyMode, PartnerKind
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.webhooks.callbacks import CallbackForm
from cambist.domain.webhooks.signatures import standard_secret
from cambist.kernel.events import EventName
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.ports.addresses import AddressFacts
from cambist.ports.outbox import OutboxPort, OutboxRow
from cambist.ports.queries import OrderView
from cambist.ports.signer import KeyPath
from cambist.workers.callbacks import LEASE_S, CallbackWorker
from cambist.workers.relay import Relay
from cambist.workers.subscriptions import SUBSCRIPTIONS, Consumer, Services, Told
from tests.orders_made import make_order
from tests.workers.receivers import Receiver

ENTROPY = SystemEntropy()
VAULT = AesGcmVault({"test": bytes(range(32))}, "test")
POLLS_MAX = 3_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = "outbox, inbox, callbacks, callback_attempts, sandbox_clock, integrations, api_keys"
USE_CASES = register(
    (
        defer_callback,
        enqueue_callback,
        issue_key,
        put_integration,
        record_attempt,
        redeliver_callback,
        register_partner,
        revoke_key,
    )
)


class KilledError(BaseException):
    """Stand for kill -9: nothing of ours catches it."""


class NoAddresses:
    """Be an address book nobody asks."""

    def derive(self, chain: str, path: KeyPath) -> str:
        raise AssertionError

    def inspect(self, chain: str, address: str) -> AddressFacts:
        raise AssertionError


@dataclass(frozen=True)
class Merchant:
    """Hold a partner with one integration, and the secrets only it and we know."""

    partner_id: PartnerId
    integration: Integration
    api_key: str
    secret: str


@dataclass
class World:
    """Hold one database and what every process of the system shares."""

    url: str
    admin: Pool
    orders: dict[OrderId, Integration] = field(default_factory=dict)
    pools: list[Pool] = field(default_factory=list)

    async def pool(self, size: int = 6) -> Pool:
        """Open a pool of the application's role."""
        pool = await open_pool(self.url, size=size)
        self.pools.append(pool)
        return pool

    async def bus(self) -> Bus:
        """Make a bus on a pool of its own."""
        return Bus(PostgresStore(await self.pool(), {}), USE_CASES, Tools(ENTROPY, NoAddresses()))

    async def advance(self, seconds: float) -> None:
        """Move the core's clock."""
        await self.admin.execute(
            """insert into sandbox_clock (id, seconds) values (1, $1) on conflict (id)
              do update set seconds = sandbox_clock.seconds + excluded.seconds""",
            round(seconds),
        )

    async def merchant(
        self, name: str = "shop", *, standard: bool = True, events: Iterable[EventName] = EventName
    ) -> Merchant:
        """Set up a partner through the use cases an operator has."""
        bus = await self.bus()
        partner_id = await bus.execute(RegisterPartner(PartnerKind.MERCHANT, name))
        api_key, secret = ENTROPY.api_key(), standard_secret(bytes(range(32)))
        integration_id = IntegrationId(ENTROPY.new_id())
        integration = Integration(
            id=integration_id,
            partner_id=partner_id,
            name=name,
            url="https://shop.example",
            status=IntegrationStatus.ACTIVE,
            fee_ppm=5_000,
            callback_url=f"https://{name}.example/callback",
            callback_secret_sealed=VAULT.seal(secret.encode(), "callback-secret", integration_id),
            callback_statuses=frozenset(event.value for event in events),
            standard_webhooks=standard,
        )
        await bus.execute(PutIntegration(integration))
        await bus.execute(new_key(partner_id, api_key))
        return Merchant(partner_id, integration, api_key, secret)

    async def emit(self, merchant: Merchant, names: Sequence[EventName]) -> OrderId:
        """Write an order's events as the bus does, seq from 1."""
        order_id = OrderId(ENTROPY.new_id())
        self.orders[order_id] = merchant.integration
        for seq, name in enumerate(names, 1):
            await insert_event(self.admin, order_id, seq, name)
        return order_id

    async def order_of_event(self, order_id: OrderId) -> tuple[OrderView, Integration] | None:
        """Be the worker's queries: an order whose seq is that of the event being handled."""
        integration = self.orders.get(order_id)
        if integration is None:
            return None
        query = "select min(seq) from outbox where aggregate_id = $1 and delivered_at is null"
        seq = await self.admin.fetchval(query, order_id)
        return OrderView(order_of(order_id, integration, seq or 0), ()), integration

    async def undelivered(self) -> int:
        """Count events not settled."""
        query = "select count(*) from outbox where delivered_at is null"
        return int(await self.admin.fetchval(query))

    async def callbacks(self, state: str | None = None) -> int:
        """Count callbacks (in a state)."""
        query = "select count(*) from callbacks where $1::text is null or state = $1"
        return int(await self.admin.fetchval(query, state))


@contextlib.asynccontextmanager
async def open_world(url: str) -> AsyncIterator[World]:
    """Give the database over to one test, empty."""
    admin = await open_pool(url, size=12, role=None)
    await admin.execute(f"truncate {TABLES}")
    world = World(url, admin)
    try:
        yield world
    finally:
        for pool in world.pools:
            pool.terminate()
        await admin.close()


def new_key(partner_id: PartnerId, api_key: str, mode: KeyMode = KeyMode.LIVE) -> IssueKey:
    """Store a key as the command line does."""
    sealed = VAULT.seal(api_key.encode(), "api-key", partner_id)
    return IssueKey(partner_id, api_key[:6], api_key.encode(), sealed, mode)


def order_of(order_id: OrderId, integration: Integration, seq: int) -> Order:
    """Make an order that was never paid."""
    return make_order(
        id=order_id,
        partner_id=integration.partner_id,
        integration_id=integration.id,
        amount=1_000_000,
        rate=27,
        fee_ppm=5_000,
        created_at=EPOCH,
        updated_at=EPOCH,
        seq=seq,
    )


async def render(row: OutboxRow, view: OrderView) -> Told:
    """Show an order in a dialect of the tests' own; the blanks must survive."""
    shown = {"order": str(view.order.id), "seq": view.order.seq, "amount": "1.000000"}
    return Told(row.name.value, json.dumps(shown), frozenset(CallbackForm))


async def insert_event(
    connection: "Pool | asyncpg.pool.PoolConnectionProxy", order_id: UUID, seq: int, name: EventName
) -> int:
    """Write one outbox row as the store does, and return its id."""
    query = """insert into outbox (aggregate_id, seq, name, facts, happened_at)
      values ($1, $2, $3, '{}', $4) returning id"""
    moment = EPOCH + timedelta(seconds=seq)
    return int(await connection.fetchval(query, order_id, seq, name.value, moment))


async def no_heartbeat(_name: str) -> None:
    """Tell nobody."""


class Desk:
    """Be one worker process: its own connections, bus, relay and callback worker."""

    def __init__(self, relay: Relay, callbacks: CallbackWorker, pool: Pool, bus: Bus) -> None:
        self.relay, self.callbacks, self.pool, self.bus = relay, callbacks, pool, bus

    async def live(self, span_s: float) -> bool:
        """Work for a while, then die in the midst of it; True when a failpoint was quicker."""
        stop = asyncio.Event()
        tasks = [
            asyncio.create_task(self.relay.run(stop)),
            asyncio.create_task(self.callbacks.run(stop)),
        ]
        done, _ = await asyncio.wait(tasks, timeout=span_s, return_when=asyncio.FIRST_COMPLETED)
        self.pool.terminate()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.bus.close()
        return bool(done)


async def make_relay(
    world: World,
    outbox: OutboxPort | None = None,
    subscriptions: Mapping[EventName, tuple[Consumer, ...]] = SUBSCRIPTIONS,
) -> Relay:
    """Make a relay with a bus of its own."""
    services = Services(await world.bus(), world, render)
    port = outbox or PostgresOutbox(await world.pool())
    return Relay(port, services, no_heartbeat, ENTROPY.jitter, subscriptions)


async def make_worker(
    world: World,
    receiver: Receiver,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    lease_s: float = LEASE_S,
) -> CallbackWorker:
    """Make a callback worker with a bus of its own."""
    queue = PostgresCallbacks(await world.pool())
    bus = await world.bus()
    return CallbackWorker(
        queue, bus, receiver, VAULT, clock, no_heartbeat, ENTROPY.jitter, lease_s=lease_s
    )


async def make_desk(world: World, receiver: Receiver) -> Desk:
    """Make a worker process; everything of it hangs on one pool that can be cut."""
    pool = await world.pool()
    bus = Bus(PostgresStore(pool, {}), USE_CASES, Tools(ENTROPY, NoAddresses()))
    services = Services(bus, world, render)
    relay = Relay(PostgresOutbox(pool), services, no_heartbeat, ENTROPY.jitter)
    worker = CallbackWorker(
        PostgresCallbacks(pool),
        bus,
        receiver,
        VAULT,
        lambda: datetime.now(UTC),
        no_heartbeat,
        ENTROPY.jitter,
    )
    return Desk(relay, worker, pool, bus)


async def drain(step: Callable[[], Awaitable[int]]) -> int:
    """Repeat a step until it finds nothing; return how much it did."""
    total = 0
    while done := await step():
        total += done
    return total


async def until(met: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    for _ in range(POLLS_MAX):
        if await met():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came about")


def disorders(log: Iterable[tuple[str, int]], written: Mapping[str, int]) -> list[str]:
    """Find gaps and reorderings: of each stream the first arrivals must read 1, 2, ... n."""
    firsts: dict[str, list[int]] = {stream: [] for stream in written}
    for stream, seq in log:
        if seq not in firsts.setdefault(stream, []):
            firsts[stream].append(seq)
    return [
        f"{stream}: {seen}, written {written.get(stream, 0)}"
        for stream, seen in firsts.items()
        if seen != list(range(1, written.get(stream, 0) + 1))
    ]
