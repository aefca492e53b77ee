"""Prove what the contract leaves to simulated chains: accounts, tokens, order, death, company."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from coincurve import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cambist.adapters.chain_families.networks import ChainSetup
from cambist.adapters.chain_families.simulated_tx import (
    AccountTransfer,
    decode_account_transfer,
    sign_account_transfer,
)
from cambist.adapters.chain_families.utxo_tx import decode_transaction
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.domain.market.assets import CHAINS
from cambist.kernel.errors import DomainError
from cambist.ports.chain import BlockRef, BroadcastRefusedError, ChainUnavailableError, Transfer
from cambist.ports.signer import Branch, KeyPath, SpendInput, SpendIntent
from tests.chains.conftest import Rig, signer_for

ACCOUNT_BYTES = sign_account_transfer(
    AccountTransfer(
        chain="tron",
        network="main",
        asset="TRX",
        sender="TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC",
        destination="TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH",
        units=1_000_000,
        fee_units=268_000,
        nonce=0,
    ),
    PrivateKey((1).to_bytes(32, "big")),
)[0]
MINER = """
import asyncio, os, signal, sys
import asyncpg
from cambist.adapters.simulators import chain_store
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.domain.market.assets import CHAINS
real = chain_store.append_block
count = 0
async def deadly(*arguments):
    global count
    await real(*arguments)
    count += 1
    if count == 3:
        os.kill(os.getpid(), signal.SIGKILL)
chain_store.append_block = deadly
async def main():
    async with asyncpg.create_pool(sys.argv[1], min_size=1, max_size=1) as pool:
        await SimulatedChain(pool, CHAINS["tron"]).mine(5)
asyncio.run(main())
"""


def account_rig(pool: "asyncpg.Pool[asyncpg.Record]", folder: Path, chain: str = "tron") -> Rig:
    """Build a rig on an account chain whose hot key 0 pays the fees of token transfers."""
    setup = ChainSetup(chain)
    book, signer = signer_for(setup, folder / "signer.log")
    hot = book.derive(chain, KeyPath(Branch.HOT, 0))
    node = SimulatedChain(pool, CHAINS[chain], token_fee_account=hot)
    return Rig(setup, node, node, book, signer)


@pytest.fixture
def tron(pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path) -> Rig:
    return account_rig(pool, tmp_path)


def transfer_intent(rig: Rig, path: KeyPath, units: int, nonce: int, asset: str) -> SpendIntent:
    """Plan a transfer on an account chain to a fresh key of ours."""
    held = SpendInput(path, rig.book.derive(rig.setup.chain, path), 10**12)
    fee = 6_500_000 if asset != rig.coin else 268_000
    _, destination = rig.fresh()
    return SpendIntent(
        uuid4(), rig.setup.chain, asset, destination, units, fee, (held,), nonce=nonce
    )


async def send(rig: Rig, path: KeyPath, units: int, nonce: int, asset: str = "TRX") -> str:
    """Sign and broadcast a transfer on an account chain."""
    intent = transfer_intent(rig, path, units, nonce, asset)
    return await rig.chain.broadcast(rig.signer.sign(intent).raw)


async def confirmations(rig: Rig, txid: str) -> int:
    """Read the confirmations of a transaction that must be known."""
    status = await rig.chain.transaction(txid)
    assert status is not None
    return status.confirmations


async def test_a_token_s_fee_is_charged_to_the_fee_account(tron: Rig) -> None:
    hot = tron.book.derive("tron", KeyPath(Branch.HOT, 0))
    path, address = tron.fresh()
    await tron.control.pay(address, "USDT_TRC20", 7_000_000)
    await tron.control.mine(1)
    with pytest.raises(ChainUnavailableError, match="lacks TRX"):
        await send(tron, path, 5_000_000, 0, "USDT_TRC20")
    await tron.control.pay(hot, "TRX", 20_000_000)
    await tron.control.mine(1)
    before = await tron.chain.balance("TRX", hot)
    assert await tron.chain.network_fee("USDT_TRC20", 1) == 6_500_000
    await send(tron, path, 5_000_000, 0, "USDT_TRC20")
    await tron.control.mine(1)
    assert await tron.chain.balance("USDT_TRC20", address) == 2_000_000
    assert await tron.chain.balance("TRX", hot) == before - 6_500_000
    assert await tron.chain.balance("TRX", address) == 0


async def test_without_a_fee_account_the_sender_pays_a_token_s_fee(
    pool: "asyncpg.Pool[asyncpg.Record]", tron: Rig
) -> None:
    tron.chain = SimulatedChain(pool, CHAINS["tron"])
    path, address = tron.fresh()
    await tron.control.pay(address, "USDT_TRC20", 7_000_000)
    await tron.control.pay(address, "TRX", 6_500_000)
    await tron.control.mine(1)
    await send(tron, path, 7_000_000, 0, "USDT_TRC20")
    await tron.control.mine(1)
    assert await tron.chain.balance("TRX", address) == 0
    assert await tron.chain.balance("USDT_TRC20", address) == 0


async def test_nonces_are_mined_in_order_whatever_order_they_came_in(tron: Rig) -> None:
    path, address, _ = await tron.funded(10_000_000)
    third = await send(tron, path, 1_000_000, 2)
    await tron.control.mine(1)
    assert await confirmations(tron, third) == 0
    second = await send(tron, path, 1_000_000, 1)
    first = await send(tron, path, 1_000_000, 0)
    tip = await tron.control.mine(1)
    block = await tron.chain.block(tip.height)
    assert block is not None
    assert [t.txid for t in block.transfers] == [first, second, third]
    assert await tron.chain.balance("TRX", address) == 10_000_000 - 3 * 1_268_000


async def test_a_used_nonce_is_refused_and_a_far_one_waits_outside(tron: Rig) -> None:
    path, _, _ = await tron.funded(10_000_000)
    await send(tron, path, 1_000_000, 0)
    with pytest.raises(BroadcastRefusedError, match="nonce"):
        await send(tron, path, 2_000_000, 0)
    await tron.control.mine(1)
    with pytest.raises(BroadcastRefusedError, match="nonce"):
        await send(tron, path, 2_000_000, 0)
    with pytest.raises(ChainUnavailableError, match="far ahead"):
        await send(tron, path, 2_000_000, 1 + 65)


async def test_money_in_the_mempool_is_counted_out_but_not_in(tron: Rig) -> None:
    path, address, _ = await tron.funded(5_000_000)
    await tron.control.pay(address, "TRX", 100_000_000)
    await send(tron, path, 3_000_000, 0)
    with pytest.raises(ChainUnavailableError, match="lacks TRX"):
        await send(tron, path, 3_000_000, 1)
    await tron.control.mine(1)
    await send(tron, path, 3_000_000, 1)


async def test_a_transfer_without_its_money_after_a_reorg_waits_until_it_is_back(tron: Rig) -> None:
    await tron.control.mine(1)
    path, address, source = await tron.funded(5_000_000)
    spent = await send(tron, path, 4_000_000, 0)
    await tron.control.mine(1)
    await tron.control.reorg(2)
    await tron.control.replace(source.txid)
    await tron.control.mine(1)
    assert await confirmations(tron, spent) == 0
    assert await tron.chain.balance("TRX", address) == 0
    await tron.control.pay(address, "TRX", 5_000_000)
    await tron.control.mine(1)
    assert await confirmations(tron, spent) == 1


async def test_bytes_for_another_chain_or_network_are_refused(
    pool: "asyncpg.Pool[asyncpg.Record]", tron: Rig
) -> None:
    path, _, _ = await tron.funded(5_000_000)
    raw = tron.signer.sign(transfer_intent(tron, path, 1_000_000, 0, "TRX")).raw
    with pytest.raises(BroadcastRefusedError, match="another chain"):
        await SimulatedChain(pool, CHAINS["ethereum"]).broadcast(raw)
    with pytest.raises(BroadcastRefusedError):
        await SimulatedChain(pool, CHAINS["litecoin"]).broadcast(raw)
    await tron.chain.broadcast(raw)


async def test_a_fee_below_the_network_s_is_refused(tron: Rig) -> None:
    path, _, _ = await tron.funded(5_000_000)
    held = SpendInput(path, tron.book.derive("tron", path), 5_000_000)
    cheap = SpendIntent(
        uuid4(), "tron", "TRX", tron.fresh()[1], 1_000_000, 267_999, (held,), nonce=0
    )
    with pytest.raises(BroadcastRefusedError, match="fee"):
        await tron.chain.broadcast(tron.signer.sign(cheap).raw)


async def test_of_many_simultaneous_double_spends_one_gets_in(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path
) -> None:
    setup = ChainSetup("litecoin")
    node = SimulatedChain(pool, CHAINS["litecoin"])
    rig = Rig(setup, node, node, *signer_for(setup, tmp_path / "signer.log"))
    path, _, source = await rig.funded(10_000_000)
    rivals = [
        rig.signer.sign(rig.spend(path, source, rig.fresh()[1], 1_000_000 + n, 5_000)).raw
        for n in range(12)
    ]
    done = await asyncio.gather(*map(node.broadcast, rivals), return_exceptions=True)
    assert len([item for item in done if isinstance(item, str)]) == 1
    assert len([item for item in done if isinstance(item, BroadcastRefusedError)]) == 11


async def test_simultaneous_payments_and_blocks_leave_one_chain(tron: Rig) -> None:
    _, address = tron.fresh()
    work = [tron.control.pay(address, "TRX", 1_000_000) for _ in range(20)]
    blocks = [tron.control.mine(2) for _ in range(5)]
    await asyncio.gather(*work, *blocks)
    tip = await tron.control.mine(1)
    assert await tron.chain.balance("TRX", address) == 20_000_000
    for height in range(1, tip.height + 1):
        block, before = await tron.chain.block(height), await tron.chain.block(height - 1)
        assert block is not None
        assert before is not None
        assert block.ref.parent == before.ref.hash


async def test_a_process_killed_while_mining_leaves_the_chain_as_it_was(
    tron: Rig, database_url: str
) -> None:
    before = await tron.chain.tip()
    _, address = tron.fresh()
    txid = await tron.control.pay(address, "TRX", 1_000_000)
    miner = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", MINER, database_url], check=False
    )
    assert miner.returncode == -signal.SIGKILL
    assert await tron.chain.tip() == before
    assert await confirmations(tron, txid) == 0
    assert (await tron.control.mine(1)).height == before.height + 1
    assert await confirmations(tron, txid) == 1


@asynccontextmanager
async def fresh_chain(url: str, seed: str) -> AsyncIterator[SimulatedChain]:
    """Start a chain of a seed from its first block."""
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        await pool.execute("drop schema if exists sim cascade")
        await SimulatedChain.install(pool, seed)
        yield SimulatedChain(pool, CHAINS["ethereum"])


async def play(url: str, seed: str) -> tuple[BlockRef, tuple[Transfer, ...]]:
    """Play the same small history on a fresh chain."""
    to = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
    async with fresh_chain(url, seed) as chain:
        await chain.mine(2)
        await chain.pay(to, "ETH", 10**18)
        await chain.replace(await chain.pay(to, "USDC_ERC20", 5))
        await chain.mine(1)
        await chain.reorg(1)
        return await chain.tip(), await chain.mempool()


async def test_the_same_calls_give_the_same_chain(empty_database_url: str) -> None:
    first = await play(empty_database_url, "a")
    assert await play(empty_database_url, "a") == first
    other = await play(empty_database_url, "b")
    assert other[0].hash != first[0].hash
    assert {t.txid for t in other[1]}.isdisjoint(t.txid for t in first[1])
    assert all(t.txid.startswith("0x") and len(t.txid) == 66 for t in first[1])


async def test_a_dropped_block_s_hash_never_returns(empty_database_url: str) -> None:
    async with fresh_chain(empty_database_url, "a") as chain:
        seen = {(await chain.mine(1)).hash}
        for _ in range(5):
            tip = await chain.reorg(1)
            below = await chain.block(tip.height - 1)
            assert below is not None
            fresh = {tip.hash, below.ref.hash}
            assert seen.isdisjoint(fresh)
            seen |= fresh
            await chain.reorg(2)


async def test_installing_again_and_at_once_changes_nothing(empty_database_url: str) -> None:
    async with asyncpg.create_pool(empty_database_url, min_size=4, max_size=4) as pool:
        await asyncio.gather(*(SimulatedChain.install(pool) for _ in range(8)))
        chain = SimulatedChain(pool, CHAINS["bitcoin"])
        tip = await chain.mine(2)
        await SimulatedChain.install(pool, "another seed")
        assert await chain.tip() == tip


async def test_a_database_that_is_away_is_an_unavailable_chain(empty_database_url: str) -> None:
    async with asyncpg.create_pool(empty_database_url, min_size=1, max_size=1) as pool:
        with pytest.raises(ChainUnavailableError):
            await SimulatedChain(pool, CHAINS["bitcoin"]).tip()
        await SimulatedChain.install(pool)
        chain = SimulatedChain(pool, CHAINS["bitcoin"])
    with pytest.raises(ChainUnavailableError):
        await chain.mempool()


async def test_mining_many_blocks_at_once_is_one_step(tron: Rig) -> None:
    before = await tron.chain.tip()
    assert (await tron.control.mine(200)).height == before.height + 200


async def test_a_token_of_the_chain_is_not_one_of_another(tron: Rig) -> None:
    with pytest.raises(DomainError):
        await tron.chain.network_fee("USDT_ERC20", 1)
    with pytest.raises(DomainError):
        await tron.control.pay(tron.fresh()[1], "USDT_ERC20", 1)


@given(st.binary(max_size=400))
def test_any_bytes_are_either_a_transaction_or_a_value_error(raw: bytes) -> None:
    for decode in (decode_transaction, decode_account_transfer):
        with pytest.raises(ValueError):  # noqa: PT011  many texts
            decode(raw)


def test_the_untouched_bytes_pass() -> None:
    assert decode_account_transfer(ACCOUNT_BYTES)[0].units == 1_000_000


@given(st.data())
def test_a_flipped_byte_never_passes_for_the_signer_s(data: st.DataObject) -> None:
    raw = bytearray(ACCOUNT_BYTES)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError):  # noqa: PT011  many texts
        decode_account_transfer(bytes(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 4000,
        b"{}",
        b"[]",
        b"null",
        b'"x"',
        b'{"chain":1}',
        b"\xff\xfe",
        b"{" + b" " * 5000 + b"}",
    ],
)
def test_hostile_json_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  many texts
        decode_account_transfer(raw)
