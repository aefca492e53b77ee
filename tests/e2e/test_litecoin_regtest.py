"""Decide that the order flow holds on a real node: litecoind in regtest."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from cambist.adapters.chain_families.networks import Network
from cambist.app.orders.withdraw import Withdraw
from cambist.domain.orders.states import Label, OrderState
from cambist.settings import NodeKind, NodeSettings
from tests.chains.litecoind import RPC_PASSWORD, RPC_USER, Litecoind
from tests.world import World, open_world

LTC = 100_000_000


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litecoind]:
    """Run a node of the module's own."""
    running = Litecoind(tmp_path_factory.mktemp("litecoind"))
    yield running
    running.stop()


@pytest.fixture
async def world(database_url: str, node: Litecoind, tmp_path: Path) -> AsyncIterator[World]:
    """Open a core whose litecoin is the real node."""
    litecoin = NodeSettings(
        kind=NodeKind.CORE_RPC,
        network=Network.REGTEST,
        url=node.url,
        user=RPC_USER,
        password=SecretStr(RPC_PASSWORD),
    )
    async with open_world(database_url, tmp_path, {"litecoin": litecoin}) as opened:
        yield opened


async def test_order_is_paid_reorganised_restored_and_withdrawn_on_litecoind(
    world: World,
) -> None:
    await world.chain("LTC").prepare()
    await world.watch("LTC")
    opened = await world.open(LTC, "LTC")
    assert (opened.address or "").startswith("rltc1")
    await world.pay(opened.address, LTC, "LTC")
    assert (await world.order(opened.order_id)).state is OrderState.PAYMENT_SEEN
    await world.confirm("LTC")
    order = await world.order(opened.order_id)
    assert (order.state, order.confirmed) == (OrderState.COMPLETED, LTC)
    assert await world.merchant("LTC") == LTC * 995 // 1000

    await world.chain("LTC").reorg(6)
    await world.watch("LTC")
    order = await world.order(opened.order_id)
    assert order.state is OrderState.PAYMENT_SEEN
    assert Label.REORGED in order.labels
    assert await world.merchant("LTC") == 0

    await world.confirm("LTC")
    assert (await world.order(opened.order_id)).state is OrderState.COMPLETED
    assert await world.merchant("LTC") == LTC * 995 // 1000

    outside = await world.chain("LTC").outside_address()
    command = Withdraw(world.partner, world.shop, "LTC", LTC // 2, outside)
    promised = await world.do(command)
    await world.pay_out("LTC")
    sent = await world.view(promised.order_id)
    assert sent.order.state is OrderState.COMPLETED
    txid = sent.payments[0].payment.txid or ""
    status = await world.core.chains["litecoin"].transaction(txid)
    assert status is not None
    assert status.confirmations >= 6
    assert await world.standing("LTC", outside) == LTC // 2
    assert await world.merchant("LTC") == LTC * 995 // 1000 - LTC // 2
    assert await world.imbalance() == {}
