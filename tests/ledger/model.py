"""Decide what the ledger must do, in plain integers, and play it against the real bus (H1)."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.withdraw import Withdraw
from cambist.bus.bus import Gate
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.kernel.money import share_half_up
from tests.bus.cases import ASSET, GiveFree, Move, SetAside
from tests.ledger.stage import PAYOUT_FEE_PPM, Capture, Receive, Stage

PARTIES = 2
UNITS = st.integers(1, 30)
WHO = st.integers(0, PARTIES - 1)
POISON = st.sampled_from([0, -1, -(10**40), 10**40, 10**61])


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
