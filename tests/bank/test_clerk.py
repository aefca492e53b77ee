"""Prove that orders go to their ends over the sandbox's bank, and that nothing is paid twice."""

from typing import Any

import pytest

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.adapters.simulators.bank import SimulatedBank
from cambist.app.cases.decide_case import Decision
from cambist.bootstrap.banking import export_parts
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.orders.states import OrderState
from cambist.domain.payments.bank import BankPayoutState, end_to_end
from cambist.kernel.failpoints import Failpoint, arm
from cambist.ports.bank import BankStatement, IncomingTransfer, PaymentFileRefusedError
from cambist.workers.bank_clerk import BankClerk
from tests.bank.steps import DiedError, bought, dying_at, house, on_rail, payouts_of, sold
from tests.trades.desk import LTC, Desk

ROUNDS_MAX = 10


def clerk_of(desk: Desk, bank: Any = None) -> BankClerk:
    core = desk.world.core
    served = bank or SimulatedBank(core.pool)
    accounts = core.paying_in.accounts
    return BankClerk(served, read_statement, export_parts(core), accounts, pause_s=0.0)


async def settle(desk: Desk, clerk: BankClerk | None = None) -> None:
    """Let clerk and events go on until there is nothing left to do."""
    serving = clerk or clerk_of(desk)
    for _ in range(ROUNDS_MAX):
        done = await serving.run_once()
        await desk.carry()
        if not done and await SimulatedBank(desk.world.core.pool).is_read():
            return
    raise AssertionError("the clerk never comes to rest")


async def pay(desk: Desk, units: int, reference: str) -> None:
    sent = IncomingTransfer(units, reference, "Jana Nováková", "CZ5508000000001234567899")
    await SimulatedBank(desk.world.core.pool).transfer(house(desk), sent)


async def test_a_buy_paid_at_the_bank_is_completed(desk: Desk) -> None:
    await desk.world.fund_hot("LTC", 100 * LTC)
    opened = await bought(desk)
    trade = (await desk.view(opened)).trade
    await pay(desk, trade.fiat_units, f"VS{trade.reference}")
    await settle(desk)
    assert await desk.state(opened) is OrderState.SENDING
    await desk.world.pay_out("LTC")
    await desk.carry()
    assert await desk.state(opened) is OrderState.COMPLETED
    assert await desk.world.imbalance() == {}


async def test_a_sell_is_paid_out_and_settled_by_the_statement(desk: Desk) -> None:
    await settle(desk)
    before = await on_rail(desk)
    opened = await sold(desk)
    await settle(desk)
    [payout] = await payouts_of(desk, opened)
    assert payout.state is BankPayoutState.SETTLED
    assert await desk.state(opened) is OrderState.COMPLETED
    assert await on_rail(desk) == before + payout.units
    assert await desk.world.imbalance() == {}


async def test_a_payout_the_bank_sends_back_waits_for_a_person(desk: Desk) -> None:
    opened = await sold(desk)
    await settle(desk)
    [payout] = await payouts_of(desk, opened)
    before = await on_rail(desk)
    bank = SimulatedBank(desk.world.core.pool)
    await bank.send_back(end_to_end(payout.id), "AC04")
    await settle(desk)
    [payout] = await payouts_of(desk, opened)
    assert payout.state is BankPayoutState.RETURNED
    assert await desk.open_case(opened) is CaseKind.EDD
    assert await on_rail(desk) == before - payout.units
    assert await desk.world.imbalance() == {}


async def test_a_payout_that_came_back_is_paid_again_to_another_account(desk: Desk) -> None:
    opened = await sold(desk)
    await settle(desk)
    [payout] = await payouts_of(desk, opened)
    await SimulatedBank(desk.world.core.pool).send_back(end_to_end(payout.id), "AC04")
    await settle(desk)
    await desk.decide(opened, Decision.ACCEPT, account="CZ5508000000001234567899")
    await settle(desk)
    states = [one.state for one in await payouts_of(desk, opened)]
    assert states == [BankPayoutState.RETURNED, BankPayoutState.SETTLED]
    assert await desk.state(opened) is OrderState.COMPLETED
    assert await desk.world.imbalance() == {}


async def test_money_of_a_cancelled_order_goes_back_where_it_came_from(desk: Desk) -> None:
    opened = await bought(desk)
    trade = (await desk.view(opened)).trade
    await desk.cancel(opened)
    await pay(desk, trade.fiat_units, f"VS{trade.reference}")
    await settle(desk)
    [payout] = await payouts_of(desk, opened)
    assert (payout.state, payout.returning) == (BankPayoutState.SETTLED, True)
    assert payout.units == trade.fiat_units
    assert await desk.state(opened) is OrderState.RETURNED


@pytest.mark.parametrize(
    "point",
    [Failpoint.BANK_AFTER_LINE, Failpoint.EXPORT_BEFORE_STORE, Failpoint.EXPORT_AFTER_STORE],
)
async def test_a_clerk_that_dies_is_followed_by_one_that_goes_on(
    desk: Desk, point: Failpoint
) -> None:
    await settle(desk)
    before = await on_rail(desk)
    opened, buying = await sold(desk), await bought(desk)
    trade = (await desk.view(buying)).trade
    await pay(desk, trade.fiat_units, f"VS{trade.reference}")
    arm(dying_at(point))
    try:
        with pytest.raises(DiedError):
            await settle(desk)
    finally:
        arm(None)
    await settle(desk)
    [payout] = await payouts_of(desk, opened)
    assert payout.state is BankPayoutState.SETTLED
    assert await desk.state(buying) is OrderState.SENDING
    assert await on_rail(desk) == before + payout.units - trade.fiat_units


class Forgetful(SimulatedBank):
    """Be a bank whose line breaks just after, or just before, it takes a file or a receipt."""

    def __init__(self, desk: Desk, broken: str) -> None:
        super().__init__(desk.world.core.pool)
        self._broken = broken

    async def submit(self, document: bytes) -> None:
        """Take a file, or not, and answer nothing once."""
        if self._broken == "before-submit":
            self._broken = ""
            raise ConnectionError
        await super().submit(document)
        if self._broken == "after-submit":
            self._broken = ""
            raise ConnectionError

    async def acknowledge(self, number: int) -> None:
        """Lose a receipt once."""
        if self._broken == "receipt":
            self._broken = ""
            raise ConnectionError
        await super().acknowledge(number)


@pytest.mark.parametrize("broken", ["before-submit", "after-submit", "receipt"])
async def test_a_bank_that_answers_nothing_is_asked_again(desk: Desk, broken: str) -> None:
    await settle(desk)
    before = await on_rail(desk)
    opened = await sold(desk)
    await pay(desk, 12_345, "nobody's")
    clerk = clerk_of(desk, Forgetful(desk, broken))
    with pytest.raises(ConnectionError):
        await settle(desk, clerk)
    await settle(desk, clerk_of(desk))
    [payout] = await payouts_of(desk, opened)
    assert payout.state is BankPayoutState.SETTLED
    assert await on_rail(desk) == before + payout.units - 12_345


class Refusing:
    """Be a bank that has no statement and takes no file."""

    def __init__(self) -> None:
        self.asked = 0

    async def statement(self) -> BankStatement | None:
        """Have none."""
        return None

    async def acknowledge(self, number: int) -> None:
        """Take no receipt."""

    async def submit(self, document: bytes) -> None:
        """Take no file."""
        self.asked += 1
        raise PaymentFileRefusedError("structure")


async def test_a_refused_file_is_not_handed_over_again_and_again(desk: Desk) -> None:
    opened = await sold(desk)
    bank = Refusing()
    clerk = clerk_of(desk, bank)
    for _ in range(3):
        await clerk.run_once()
    assert bank.asked == 1
    assert (await payouts_of(desk, opened))[0].state is BankPayoutState.EXPORTED
    await settle(desk)
    assert (await payouts_of(desk, opened))[0].state is BankPayoutState.SETTLED
