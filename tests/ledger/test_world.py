"""Prove that books and world are compared: a true world passes, each lie about it is found."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cambist.adapters.db.audit import CHECKS, WORLD_CHECKS, examine, verify
from cambist.adapters.db.books import fold, quick_check, seal
from cambist.adapters.db.pool import Connection
from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.withdraw import Withdraw
from cambist.domain.orders.states import OrderState
from tests.ledger.test_tampering import OFF, tamperings
from tests.world import World, open_world

TRX = 1_000_000
OUTSIDE = "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe"
LIES = tamperings("tamperings_world.sql")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one seed for a module, as its database keeps the addresses derived from it."""
    return tmp_path_factory.mktemp("world")


@pytest.fixture
async def world(database_url: str, folder: Path) -> AsyncIterator[World]:
    """Open a core on the module's database, with something of everything in it."""
    async with open_world(database_url, folder) as opened:
        if not await opened.core.pool.fetchval("select count(*) from orders"):
            await _live(opened)
        yield opened


async def _live(world: World) -> None:
    """Fund, pay, reorganise, refund, withdraw, sweep; leave one payout open."""
    await world.fund_hot("TRX", 5 * TRX)
    paid = await world.open(10 * TRX)
    await world.pay(paid.address, 10 * TRX)
    await world.confirm()
    reorganised = await world.open(3 * TRX)
    await world.pay(reorganised.address, 3 * TRX)
    await world.confirm()
    await world.chain("TRX").reorg(20)
    await world.watch()
    report = await verify(world.core.pool)
    assert report.ok, report.findings
    await world.confirm()
    await world.do(RefundOrder(world.partner, paid.order_id, "TRX", 2 * TRX, OUTSIDE))
    await world.do(Withdraw(world.partner, world.shop, "TRX", 7 * TRX, OUTSIDE))
    for _ in range(3):
        await world.pay_out()
        report = await verify(world.core.pool)
        assert report.ok, report.findings
    await world.do(Withdraw(world.partner, world.shop, "TRX", TRX, OUTSIDE))
    while await fold(world.core.pool) + await seal(world.core.pool):
        pass


async def test_a_world_lived_in_agrees_with_its_books(world: World) -> None:
    report = await verify(world.core.pool, CHECKS)
    assert report.ok, report.findings
    assert report.counts["payments in"] >= 3
    assert report.counts["settled payouts"] >= 2
    assert report.counts["coins"] >= 3
    completed = await world.core.pool.fetchval(
        "select count(*) from orders where state = $1", OrderState.COMPLETED.value
    )
    assert completed >= 4
    assert (await quick_check(world.core.pool))["balanced"]


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_about_the_world_is_found(
    world: World, administrator: Connection, lie: str
) -> None:
    statement, invariant = LIES[lie]
    transaction = administrator.transaction()
    await transaction.start()
    try:
        await administrator.execute(OFF)
        assert not (await administrator.execute(statement)).endswith(" 0")
        report = await examine(administrator, WORLD_CHECKS)
    finally:
        await transaction.rollback()
    assert any(finding.startswith(f"{invariant}:") for finding in report.findings), report.findings
