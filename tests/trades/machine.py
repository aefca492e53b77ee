"""Decide what may happen at a small desk in any order, and what must hold after each step."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cambist.app.banking.book_line import Booked, BookedLine, BookLine
from cambist.app.banking_steps import UNSEEN
from cambist.app.cases.decide_case import Decision
from cambist.app.cases.name_return import NameReturn
from cambist.app.knowing import Client
from cambist.app.trades.fill_trade import FillTrade
from cambist.app.trades.open_trade import OpenedTrade
from cambist.app.trades.release_limits import ReleaseLimits
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.trades import TradeView
from tests.trades.checks import faults, faults_of_orders
from tests.trades.desk import LTC, OUTSIDE, Desk, open_desk
from tests.world import World, open_world

T = TypeVar("T")

REFUSALS = frozenset(
    {
        ErrorCode.AMOUNT_TOO_SMALL,
        ErrorCode.CASE_NOT_OPEN,
        ErrorCode.FIELD_INVALID,
        ErrorCode.INVALID_STATE,
    }
)
"""What a customer or clerk who does the wrong thing may hear."""

OVER = frozenset(
    {
        OrderState.COMPLETED,
        OrderState.RETURNED,
        OrderState.CANCELLED,
        OrderState.EXPIRED,
        OrderState.REJECTED,
    }
)
ROUNDS_MAX = 25
FUNDS = 10_000 * LTC
PAYER = "1234567899/0800"
ORDERS_MAX = 3
WHICH = st.integers(0, ORDERS_MAX - 1)
PART = st.sampled_from([100, 100, 60, 40, 130])


class Stage:
    """Hold one world for many examples, and the loop it lives in."""

    def __init__(self, url: str, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        opening = self._stack.enter_async_context(open_world(url, folder))
        self.world: World = self._runner.run(self._wrap(opening))
        self.run(self.world.fund_hot("LTC", FUNDS))

    async def _wrap(self, work: Any) -> Any:
        return await work

    def run(self, work: Any) -> Any:
        """Await in the world's loop."""
        return self._runner.run(self._wrap(work))

    def close(self) -> None:
        """Take the world down."""
        self.run(self._stack.aclose())
        self._runner.close()


class DeskMachine(RuleBasedStateMachine):
    """Buy, sell, pay, cancel, decide, import again, let time pass; look at the books after each."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk = self.stage.run(open_desk(self.stage.world))
        self.orders: list[OpenedTrade] = []
        self.lines: list[BookLine] = []
        self.rail = self.stage.run(self._rail())

    async def _rail(self) -> int:
        return await self.stage.world.balance("rail:cz-bank", "CZK")

    @initialize(sides=st.permutations([Side.BUY, Side.SELL]), part=PART)
    def meet(self, sides: Sequence[Side], part: int) -> None:
        """Let the one customer order twice, and pay for the first; else many examples were idle."""
        self.stage.run(self.stage.world.refresh())
        self.client: Client = self.stage.run(self.desk.known())
        for side in sides:
            self.order(side)
        self.transfer(0, part, True, True)
        self.pay(0, part, True)

    def view(self, which: int) -> TradeView:
        """Show one of the orders."""
        view: TradeView = self.stage.run(self.desk.view(self.orders[which % len(self.orders)]))
        return view

    def try_to(self, work: Any) -> Any:
        """Do what may be the wrong thing just now; anything but a plain refusal is a fault."""
        try:
            done = self.stage.run(work)
        except DomainError as refusal:
            if refusal.code not in REFUSALS:
                raise
            done = None
        self.stage.run(self.desk.carry())
        return done

    @precondition(lambda self: len(self.orders) < ORDERS_MAX)
    @rule(side=st.sampled_from([Side.BUY, Side.SELL]))
    def order(self, side: Side) -> None:
        """Order something."""
        self.orders.append(self.stage.run(self.desk.order(side, client=self.client)))

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, part=PART, own=st.booleans(), named=st.booleans())
    def transfer(self, which: int, part: int, own: bool, named: bool) -> None:
        """Let fiat come in: for an order or not, of its buyer or not."""
        trade = self.view(which).trade
        units = max(1, trade.fiat_units * part // 100)
        name = "Jana Nováková" if own else "Karel Dvořák"
        self.book(units, [trade.reference] if named else [], name=name)

    @precondition(lambda self: self.lines)
    @rule(which=WHICH)
    def import_again(self, which: int) -> None:
        """Import a statement a second time."""
        again: BookedLine = self.stage.run(self.desk.do(self.lines[which % len(self.lines)]))
        self.stage.run(self.desk.carry())
        assert again.booked is Booked.KNOWN

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, part=PART, confirm=st.booleans())
    def pay(self, which: int, part: int, confirm: bool) -> None:
        """Send crypto for a sell."""
        view = self.view(which)
        if view.order.kind is OrderKind.SELL and view.order.address:
            opened = self.orders[which % len(self.orders)]
            units = view.trade.crypto_units * part // 100
            self.stage.run(self.desk.pay(opened, units, confirm=confirm))

    @rule()
    def mine(self) -> None:
        """Make what came final."""
        self.stage.run(self.stage.world.confirm("LTC"))
        self.stage.run(self.desk.carry())

    @precondition(lambda self: self.orders)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        """Cancel."""
        self.try_to(self.desk.cancel(self.orders[which % len(self.orders)]))

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, accept=st.booleans())
    def change(self, which: int, accept: bool) -> None:
        """Decide on changed terms."""
        self.try_to(self.desk.change(self.orders[which % len(self.orders)], accept))

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, decision=st.sampled_from(list(Decision)))
    def decide(self, which: int, decision: Decision) -> None:
        """Decide as a reviewer."""
        if self.view(which).held_by is not None:
            opened = self.orders[which % len(self.orders)]
            self.try_to(self.desk.decide(opened, decision, account=PAYER))

    @precondition(lambda self: self.orders)
    @rule(which=WHICH)
    def name_return(self, which: int) -> None:
        """Name where crypto goes back to."""
        order_id = self.orders[which % len(self.orders)].order_id
        self.try_to(self.desk.do(NameReturn(order_id, self.desk.partner, OUTSIDE)))

    @precondition(lambda self: self.orders)
    @rule(which=WHICH, told=st.sampled_from(["nothing", "debit", "return", "both"]))
    def hand_over(self, which: int, told: str) -> None:
        """Hand a payout to the bank, and hear what became of it."""
        opened = self.orders[which % len(self.orders)]
        if not self.view(which).payouts:
            return
        self.try_to(self.desk.export(opened))
        payout = self.stage.run(self.desk.payout(opened))
        if payout.batch_id is None:
            return
        named = {"end_to_end": payout.id.hex.upper()}
        if told in ("debit", "both"):
            self.book(payout.units, [], credit=False, **named)
        if told in ("return", "both"):
            self.book(payout.units, [], is_return=True, **named)

    @rule(seconds=st.sampled_from([60, 1_000, 90_000]))
    def advance(self, seconds: int) -> None:
        """Let time pass."""
        self.stage.run(self.stage.world.advance(seconds))
        self.stage.run(self.desk.carry())

    @precondition(lambda self: self.orders)
    @rule(which=WHICH)
    def repeat_events(self, which: int) -> None:
        """Carry out again what events asked for: it has no effect."""
        before = self.view(which)
        assert self.stage.run(self.desk.do(FillTrade(before.order.id))) is False
        self.stage.run(self.desk.do(ReleaseLimits(before.order.id)))
        assert self.view(which) == before

    def book(self, units: int, references: Sequence[str], **told: Any) -> None:
        """Book a line and remember it."""
        line = self.stage.run(self.desk.line(units, references, **told))
        self.lines.append(line)
        self.stage.run(self.desk.do(line))
        self.stage.run(self.desk.carry())

    @invariant()
    def the_rail_mirrors_the_lines(self) -> None:
        """Compare the mirror of our account with the lines, each counted once."""
        moved = sum(line.units if line.credit else -line.units for line in self.lines)
        assert self.stage.run(self._rail()) == self.rail - moved

    @invariant()
    def the_orders_are_right(self) -> None:
        """Examine the orders; the books are proved in the end."""
        found = self.stage.run(faults_of_orders(self.stage.world.core.pool))
        assert found == [], found

    def teardown(self) -> None:
        """Bring every order to an end: none is stuck, and nobody keeps what is not his."""
        self.mine()
        for which in range(len(self.orders)):
            self._finish(which)
        found = self.stage.run(faults(self.stage.world.core.pool))
        assert found == [], found
        if self.orders:
            self._settle_up()

    def _finish(self, which: int) -> None:
        for _ in range(ROUNDS_MAX):
            view = self.view(which)
            if view.order.state in OVER:
                return
            self._push(which, view)
        raise AssertionError(f"stuck: {self.view(which)}")

    def _push(self, which: int, view: TradeView) -> None:
        """Do what an order waits for."""
        held = view.held_by
        if held is None:
            match view.order.state:
                case OrderState.AWAITING_PAYMENT:
                    self.cancel(which)
                case OrderState.SENDING | OrderState.SENT | OrderState.RETURNING:
                    self.hand_over(which, "debit")
                    self.stage.run(self.stage.world.pay_out("LTC"))
                case _:
                    pass
            self.mine()
        elif held.kind is CaseKind.CHANGE:
            self.change(which, False)
        elif held.kind is CaseKind.RETURN:
            self.mine()
            self.name_return(which)
        else:
            self.mine()
            self.decide(which, Decision.ACCEPT)
            still = self.view(which).held_by
            if still is not None and still.id == held.id:
                self.decide(which, Decision.REJECT)

    def _settle_up(self) -> None:
        """See that the customer has nothing left: what he sent beyond his orders went back."""
        views = [self.view(which) for which in range(len(self.orders))]
        unseen = sum(
            payout.units for view in views for payout in view.payouts if payout.reason == UNSEEN
        )
        assert self.stage.run(self.desk.balance(self.orders[0])) == (unseen, unseen)
        assert self.stage.run(self.desk.balance(self.orders[0], "LTC")) == (0, 0)
