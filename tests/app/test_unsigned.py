"""Decide what becomes of coins set aside for a payout the signer will not sign."""

import pytest

from cambist.adapters.db.audit import verify
from cambist.app.orders.withdraw import Withdraw
from cambist.domain.orders.states import OrderState
from cambist.ports.signer import SIGNED_BEFORE, SignedTransfer, SigningRefusedError, SpendIntent
from tests.world import World

LTC = 100_000_000
OUTSIDE = "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez"
FREE = """select coalesce(sum(units), 0) from coins
  where asset = 'LTC' and spent_by is null and ready"""


class RefusingSigner:
    """Refuse whatever it is asked, always for one reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def sign(self, intent: SpendIntent) -> SignedTransfer:
        """Refuse."""
        raise SigningRefusedError(self._reason)


async def refused(world: World, reason: str) -> tuple[int, int]:
    """Let a signer refuse a payout; count the free coins before and after."""
    await world.fund_hot("LTC", LTC)
    opened = await world.open(LTC, "LTC")
    await world.pay(opened.address, LTC, "LTC")
    await world.confirm("LTC")
    before = await world.core.pool.fetchval(FREE)
    await world.do(Withdraw(world.partner, world.shop, "LTC", LTC // 2, OUTSIDE))
    worker = world.payouts["litecoin"]
    real, worker._signer = worker._signer, RefusingSigner(reason)
    await world.pay_out("LTC")
    worker._signer = real
    query = "select state from withdrawals where asset = 'LTC' order by id desc limit 1"
    assert await world.core.pool.fetchval(query) == "stuck"
    return before, await world.core.pool.fetchval(FREE)


@pytest.mark.parametrize("reason", ["the fee is out of proportion to the amount", "anything"])
async def test_coins_of_what_was_never_signed_are_free_again(world: World, reason: str) -> None:
    before, after = await refused(world, reason)
    assert after == before
    promised = await world.do(Withdraw(world.partner, world.shop, "LTC", LTC // 4, OUTSIDE))
    await world.pay_out("LTC")
    assert (await world.order(promised.order_id)).state is OrderState.COMPLETED
    assert (await verify(world.core.pool)).findings == ()


async def test_coins_of_what_may_have_been_signed_stay_set_aside(world: World) -> None:
    before, after = await refused(world, SIGNED_BEFORE)
    assert after < before
