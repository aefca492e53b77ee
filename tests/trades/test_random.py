"""Show that whatever happens at a desk in whatever order, its books stay right and nothing sticks.

And that wrong versions are found out: a line booked again, an exchange of what is not paid, limits
given back twice, a cancellation that forgets the money.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cambist.app.assessing import lock_turnovers
from cambist.app.banking import book_line as booking
from cambist.app.banking.book_line import BookedLine, BookLine
from cambist.app.trades import cancel_trade as cancelling
from cambist.app.trades import fill_trade as filling
from cambist.app.trades import release_limits as releasing
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.fill_trade import FillTrade
from cambist.app.trades.release_limits import ReleaseLimits
from cambist.app.trading import close_cases, own_trade
from cambist.bootstrap import core, use_cases
from cambist.domain.orders.states import OrderState
from cambist.kernel.events import EventName
from cambist.ports.uow import UnitOfWork
from tests.trades.machine import DeskMachine, Stage

BOUNDS = settings(
    max_examples=30,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Examples share a database: a fault stays in it, and nothing could be made smaller.
    phases=(Phase.generate,),
    report_multiple_bugs=False,
)


async def book_line_anew(command: BookLine, uow: UnitOfWork, now: datetime) -> BookedLine:
    """Book a line without asking whether it is known."""
    fresh = replace(command, identity=f"{command.identity}-{uow.new_id()}")
    return await booking.book_line(fresh, uow, now)


async def fill_anything(command: FillTrade, uow: UnitOfWork, now: datetime) -> bool:
    """Fill an order without asking where it stands."""
    order = await uow.orders.get(command.order_id)
    if order.state is not OrderState.PAID:
        uow.orders.save(replace(order, state=OrderState.PAID))
    return await filling.fill_trade(command, uow, now)


async def release_always(command: ReleaseLimits, uow: UnitOfWork, now: datetime) -> None:
    """Give limits back without asking whether they were."""
    trade = await uow.trades.peek(command.order_id)
    if trade is None:
        return
    await lock_turnovers(uow, trade)
    for turnover in (await uow.turnovers.lock([f"customer:{trade.customer_id}:CZK"])).values():
        uow.turnovers.save(turnover.take_back(trade.fiat_units, trade.created_at, now))


async def cancel_forgetting(command: CancelTrade, uow: UnitOfWork, now: datetime) -> None:
    """Cancel without looking for money."""
    order, _ = await own_trade(uow, command.order_id, command.partner_id)
    cancelled = order.step(OrderState.CANCELLED, now)
    await close_cases(uow, order, now)
    uow.emit(cancelled, EventName.ORDER_CANCELLED)


PLANTED: dict[Callable[..., Any], Callable[..., Any]] = {
    booking.book_line: book_line_anew,
    filling.fill_trade: fill_anything,
    releasing.release_limits: release_always,
    cancelling.cancel_trade: cancel_forgetting,
}


@pytest.fixture
def machine(fresh_database_url: str, tmp_path: Path) -> Iterator[type[DeskMachine]]:
    """Give a machine with a world of its own."""
    stage = Stage(fresh_database_url, tmp_path)
    yield type("Machine", (DeskMachine,), {"stage": stage})
    stage.close()


def test_any_course_of_events_leaves_right_books_and_no_order_stuck(
    machine: type[DeskMachine],
) -> None:
    run_state_machine_as_test(machine, settings=BOUNDS)


@pytest.mark.parametrize("right", PLANTED, ids=lambda right: PLANTED[right].__name__)
def test_wrong_version_is_found_out(
    right: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    versions = tuple(PLANTED[right] if one is right else one for one in use_cases.USE_CASES)
    monkeypatch.setattr(core, "USE_CASES", versions)
    machine = request.getfixturevalue("machine")
    with pytest.raises(Exception):  # noqa: B017, PT011
        run_state_machine_as_test(machine, settings=BOUNDS)
