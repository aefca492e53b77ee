"""Decide what the model is played on: use cases of its own beside real ones, a bus, a loop."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.vault.entropy import SystemEntropy
from cambist.app.orders.refund_order import refund_order
from cambist.app.orders.withdraw import withdraw
from cambist.bus.answers import register
from cambist.bus.bus import Bus
from cambist.bus.scope import Tools
from cambist.domain.ledger.accounts import HoldState, custody_account, partner_account
from cambist.domain.ledger.journals import Leg, posting
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.partners.states import IntegrationStatus
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.kernel.rates import Rate
from cambist.ports.addresses import AddressFacts, AddressNetwork, AddressType
from cambist.ports.store import Question
from cambist.ports.uow import UnitOfWork
from tests.bus.cases import ASSET, USE_CASES
from tests.orders_made import make_order

PAYOUT_FEE_PPM = 10_000


@dataclass(frozen=True, slots=True)
class Capture:
    """Take what an order holds out of the party's balance."""

    party: UUID
    order: UUID
    units: int


async def capture(command: Capture, uow: UnitOfWork, now: datetime) -> int:
    """Return the balance afterwards."""
    account = partner_account(command.party, ASSET)
    await uow.ledger.lock([account])
    await uow.ledger.close_hold(account, OrderId(command.order), HoldState.CAPTURED)
    hot = custody_account("tron", "hot", ASSET)
    legs = (Leg(account, -command.units), Leg(hot, command.units))
    uow.ledger.post(posting("test_capture", legs), f"capture:{command.order}", None)
    return uow.ledger.balance(account).posted


@dataclass(frozen=True, slots=True)
class Receive:
    """Have a completed order of so many units, credited to the party."""

    party: UUID
    shop: UUID
    order: UUID
    units: int


async def receive(command: Receive, uow: UnitOfWork, now: datetime) -> int:
    """Return the balance afterwards."""
    if await uow.integrations.peek(command.shop) is None:
        uow.integrations.add(_shop(command))
    account = partner_account(command.party, ASSET)
    await uow.ledger.lock([account])
    deposit = custody_account("tron", "deposit", ASSET)
    legs = (Leg(account, command.units), Leg(deposit, -command.units))
    uow.ledger.post(posting("test_receive", legs), f"receive:{command.order}", None)
    uow.orders.add(completed_order(command.party, command.shop, command.order, command.units, now))
    return uow.ledger.balance(account).posted


def _shop(command: Receive) -> Integration:
    return Integration(
        id=IntegrationId(command.shop),
        partner_id=PartnerId(command.party),
        name="shop",
        url="https://shop.example",
        status=IntegrationStatus.ACTIVE,
        fee_ppm=0,
        payout_fee_ppm=PAYOUT_FEE_PPM,
    )


def completed_order(party: UUID, shop: UUID, order: UUID, units: int, now: datetime) -> Order:
    """Build a paid and completed order."""
    return make_order(
        id=OrderId(order),
        state=OrderState.COMPLETED,
        partner_id=PartnerId(party),
        integration_id=IntegrationId(shop),
        asset=ASSET,
        amount=units,
        rate=10**18,
        address="address",
        received=units,
        confirmed=units,
        created_at=now,
        updated_at=now,
        seq=0,
    )


class AnyAddress:
    """Find every address valid."""

    def derive(self, chain: str, path: object) -> str:
        """Never be asked."""
        raise LookupError(chain)

    def inspect(self, chain: str, address: str) -> AddressFacts:
        """Accept."""
        return AddressFacts(True, AddressType.ACCOUNT, AddressNetwork.MAINNET, address, None)


async def _rates(_: object, arguments: Any, now: datetime) -> list[Rate]:
    return [Rate(base, quote, 10**18) for base, quote in arguments]


def build_bus(pool: Pool, lanes: int = 1) -> Bus:
    """Build a bus with everything the model plays."""
    known = register((*USE_CASES, capture, receive, refund_order, withdraw))
    store = PostgresStore(pool, {Question.RATE: _rates})
    return Bus(store, known, Tools(SystemEntropy(), AnyAddress()), lanes)


class Stage:
    """Own an event loop with a pool and a bus, for as long as a test lasts."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self.pool = self._runner.run(open_pool(url, size=3))
        self.bus = self._runner.run(self._build())

    async def _build(self) -> Bus:
        return build_bus(self.pool)

    def run(self, work: Awaitable[Any]) -> Any:
        """Await."""

        async def wait() -> Any:
            return await work

        return self._runner.run(wait())

    def close(self) -> None:
        """Let go of everything."""
        self.run(self.pool.close())
        self._runner.close()
