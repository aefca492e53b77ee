"""Decide what the ledger must do, in plain integers, and play it against the real bus (H1)."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from cambist.adapters.db.pool import Pool, open_pool
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.vault.entropy import SystemEntropy
from cambist.app.orders.refund_order import RefundOrder, refund_order
from cambist.app.orders.withdraw import Withdraw, withdraw
from cambist.bus.answers import register
from cambist.bus.bus import Bus, Gate
from cambist.domain.ledger.accounts import HoldState, custody_account, partner_account
from cambist.domain.ledger.journals import Leg, posting
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.partners.states import IntegrationStatus
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.kernel.money import share_half_up
from cambist.kernel.rates import Rate
from cambist.ports.store import Question
from cambist.ports.uow import UnitOfWork
from tests.bus.cases import ASSET, USE_CASES, GiveFree, Move, SetAside

PARTIES = 2
PAYOUT_FEE_PPM = 10_000
UNITS = st.integers(1, 30)
WHO = st.integers(0, PARTIES - 1)
POISON = st.sampled_from([0, -1, -(10**40), 10**40, 10**61])


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
    return Order(
        id=OrderId(order),
        kind=OrderKind.PAYMENT,
        state=OrderState.COMPLETED,
        labels=frozenset(),
        partner_id=PartnerId(party),
        integration_id=IntegrationId(shop),
        asset=ASSET,
        amount=units,
        fiat="EUR",
        rate=10**18,
        fee_ppm=0,
        address="address",
        source_address=None,
        parent_id=None,
        received=units,
        confirmed=units,
        fee=0,
        refunded=0,
        returned=0,
        required_confirmations=19,
        external_id=None,
        customer=None,
        expires_at=None,
        created_at=now,
        updated_at=now,
        seq=0,
    )


class AnyAddress:
    """Find every address valid."""

    def derive(self, chain: str, path: object) -> str:
        """Never be asked."""
        raise LookupError(chain)

    def is_valid(self, chain: str, address: str) -> bool:
        """Accept."""
        return True


async def _rates(_: object, arguments: Any, now: datetime) -> list[Rate]:
    return [Rate(base, quote, 10**18) for base, quote in arguments]


def build_bus(pool: Pool, lanes: int = 1) -> Bus:
    """Build a bus with everything the model plays."""
    known = register((*USE_CASES, capture, receive, refund_order, withdraw))
    store = PostgresStore(pool, {Question.RATE: _rates})
    return Bus(store, known, SystemEntropy(), AnyAddress(), lanes)


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


@dataclass(eq=False)
class Sent:
    """Remember a request, and its answer once it was granted."""

    command: Any
    gate: Gate
    answered: bool = False
    answer: Any = None


@dataclass(eq=False)
class Held:
    """Remember a hold."""

    party: int
    order: UUID
    units: int
    open: bool = True


@dataclass(eq=False)
class Paid:
    """Remember a received order and what was refunded of it."""

    party: int
    order: UUID
    units: int
    refunded: int = 0


@dataclass
class Book:
    """Be the ledger in plain integers."""

    posted: list[int] = field(default_factory=lambda: [0] * PARTIES)
    held: list[int] = field(default_factory=lambda: [0] * PARTIES)

    def free(self, party: int) -> int:
        """Count what is neither spent nor held."""
        return self.posted[party] - self.held[party]


class LedgerMachine(RuleBasedStateMachine):
    """Play random rules on the bus and on plain integers, and compare after each."""

    stage: Stage
    requests = Bundle("requests")
    holds = Bundle("holds")
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.names = [uuid4() for _ in range(PARTIES)]
        self.shops = [uuid4() for _ in range(PARTIES)]
        self.book = Book()

    def send(self, sent: Sent, refusal: ErrorCode | None) -> Any:
        """Send a request; it must be refused with `refusal`, or granted when that is None."""
        work = self.stage.bus.execute(sent.command, sent.gate)
        (answer,) = self.stage.run(asyncio.gather(work, return_exceptions=True))
        if isinstance(answer, DomainError):
            assert answer.code is refusal, f"{sent.command}: {answer.code}, not {refusal}"
            return None
        if isinstance(answer, BaseException):
            raise answer
        assert refusal is None, f"{sent.command} was granted"
        sent.answered, sent.answer = True, answer
        return answer

    @staticmethod
    def new(command: Any) -> Sent:
        """Give a command a key."""
        return Sent(command, Gate("model", type(command).__name__, str(uuid4())))

    @rule(target=requests, who=WHO, units=UNITS)
    def fund(self, who: int, units: int) -> Sent:
        """Create money."""
        sent = self.new(Move(None, self.names[who], units))
        self.book.posted[who] += units
        assert self.send(sent, None) == self.book.posted[who]
        return sent

    @rule(target=requests, source=WHO, target_party=WHO, units=UNITS)
    def transfer(self, source: int, target_party: int, units: int) -> Sent:
        """Move money, when there is enough that is free."""
        sent = self.new(Move(self.names[source], self.names[target_party], units))
        self.play_transfer(sent)
        return sent

    def play_transfer(self, sent: Sent) -> None:
        """Send a transfer as if for the first time."""
        source = self.names.index(sent.command.source)
        target = self.names.index(sent.command.target)
        units, short = sent.command.units, ErrorCode.INSUFFICIENT_BALANCE
        if units > self.book.free(source):
            self.send(sent, short)
            return
        self.book.posted[source] -= units
        self.book.posted[target] += units
        assert self.send(sent, None) == self.book.posted[target]

    @rule(sent=requests, more=UNITS)
    def replay(self, sent: Sent, more: int) -> None:
        """Repeat a request: same answer, no effect. Another body under its key is a conflict."""
        if not sent.answered:
            self.play_transfer(sent)
            return
        before = sent.answer
        assert self.send(sent, None) == before
        other = replace(sent.command, units=sent.command.units + more)
        self.send(Sent(other, sent.gate), ErrorCode.IDEMPOTENCY_CONFLICT)

    @rule(sent=requests, twins=st.integers(2, 6))
    def twins_at_once(self, sent: Sent, twins: int) -> None:
        """Send an answered request several times at once."""
        if sent.answered:
            work = [self.stage.bus.execute(sent.command, sent.gate) for _ in range(twins)]
            assert self.stage.run(asyncio.gather(*work)) == [sent.answer] * twins

    @rule(target=holds, who=WHO, units=UNITS)
    def hold(self, who: int, units: int) -> Held:
        """Set money aside, when there is enough that is free."""
        held = Held(who, uuid4(), units)
        held.open = units <= self.book.free(who)
        refusal = None if held.open else ErrorCode.INSUFFICIENT_BALANCE
        answer = self.send(self.new(SetAside(self.names[who], held.order, units)), refusal)
        if held.open:
            self.book.held[who] += units
            assert answer == self.book.free(who)
        return held

    @rule(held=holds)
    def release(self, held: Held) -> None:
        """Give a hold back, once."""
        command = GiveFree(self.names[held.party], held.order)
        self.send(self.new(command), None if held.open else ErrorCode.INVALID_STATE)
        if held.open:
            held.open = False
            self.book.held[held.party] -= held.units

    @rule(held=holds)
    def capture(self, held: Held) -> None:
        """Pay a hold out, once."""
        command = Capture(self.names[held.party], held.order, held.units)
        self.send(self.new(command), None if held.open else ErrorCode.INVALID_STATE)
        if held.open:
            held.open = False
            self.book.held[held.party] -= held.units
            self.book.posted[held.party] -= held.units

    @rule(target=orders, who=WHO, units=UNITS)
    def receive(self, who: int, units: int) -> Paid:
        """Have an order paid."""
        paid = Paid(who, uuid4(), units)
        self.send(self.new(Receive(self.names[who], self.shops[who], paid.order, units)), None)
        self.book.posted[who] += units
        return paid

    @rule(target=holds, paid=orders, part=UNITS, edge=st.sampled_from([None, 0, 1]))
    def refund(self, paid: Paid, part: int, edge: int | None) -> Held:
        """Refund a part of an order, never more than it received, from what is free."""
        units = part if edge is None else max(1, paid.units - paid.refunded + edge)
        fee = share_half_up(units, PAYOUT_FEE_PPM)
        held = Held(paid.party, uuid4(), units + fee, open=False)
        refusal = None
        if paid.refunded + units > paid.units:
            refusal = ErrorCode.REFUND_EXCEEDS_RECEIVED
        elif units + fee > self.book.free(paid.party):
            refusal = ErrorCode.INSUFFICIENT_BALANCE
        command = RefundOrder(
            PartnerId(self.names[paid.party]), OrderId(paid.order), ASSET, units, "x"
        )
        answer = self.send(self.new(command), refusal)
        if refusal is None:
            paid.refunded += units
            self.book.held[paid.party] += held.units
            held.order, held.open = answer.order_id, True
        return held

    @rule(source=WHO, target_party=WHO, amounts=st.lists(UNITS, min_size=2, max_size=8))
    def burst(self, source: int, target_party: int, amounts: list[int]) -> None:
        """Send transfers at once: they take effect in the order in which they were sent."""
        names = self.names[source], self.names[target_party]
        work = [self.stage.bus.execute(Move(*names, units)) for units in amounts]
        outcomes = self.stage.run(asyncio.gather(*work, return_exceptions=True))
        for units, outcome in zip(amounts, outcomes, strict=True):
            if units > self.book.free(source):
                assert isinstance(outcome, DomainError)
                continue
            self.book.posted[source] -= units
            self.book.posted[target_party] += units
            assert outcome == self.book.posted[target_party]

    @rule(who=WHO, units=POISON)
    def poison(self, who: int, units: int) -> None:
        """Ask for amounts that are none: refused, without effect."""
        party = PartnerId(self.names[who])
        self.send(self.new(SetAside(party, uuid4(), units)), ErrorCode.INSUFFICIENT_BALANCE)
        known = self.stage.run(self._knows_shop(who))
        refusal = ErrorCode.AMOUNT_TOO_SMALL if units <= 0 else ErrorCode.INSUFFICIENT_BALANCE
        command = Withdraw(party, IntegrationId(self.shops[who]), ASSET, units, "x")
        self.send(self.new(command), refusal if known else ErrorCode.NOT_FOUND)
        if units > 10**60:
            try:
                self.stage.run(self.stage.bus.execute(Move(None, party, units)))
            except asyncpg.CheckViolationError:
                return
            raise AssertionError("a number beyond the domain was stored")

    async def _knows_shop(self, who: int) -> bool:
        query = "select count(*) from integrations where id = $1"
        return bool(await self.stage.pool.fetchval(query, self.shops[who]))

    @invariant()
    def every_balance_and_hold_agrees(self) -> None:
        """Compare the database with the model."""
        rows = self.stage.run(self.stage.pool.fetch(_STANDING, self.names, ASSET))
        found = {row[0]: tuple(map(int, row[1:])) for row in rows}
        for name, posted, held in zip(self.names, self.book.posted, self.book.held, strict=True):
            owner = f"partner:{name}"
            assert found.get(owner, (0, 0, 0, 0)) == (posted, held, posted, held)


_STANDING = """select a.owner, a.posted, a.held,
    (select coalesce(sum(units), 0) from entries e where e.account_id = a.id),
    (select coalesce(sum(units), 0) from holds h where h.account_id = a.id and state = 'active')
  from accounts a where a.asset = $2
    and a.owner in (select 'partner:' || name from unnest($1::uuid[]) as n(name))"""
