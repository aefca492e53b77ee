"""Hold every chain to the same contract: simulated ones, and litecoind as two."""

import pytest

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.chain import BroadcastRefusedError, ChainUnavailableError, Transfer
from cambist.ports.signer import Branch
from tests.chains.conftest import Rig

WRONG_CHECKSUM = "1BoatSLRHtKNngkdXEeobR76b53LETtpyX"
ZERO_TXID = "0" * 64


async def test_blocks_form_a_chain_up_to_the_tip(rig: Rig) -> None:
    tip = await rig.control.mine(3)
    assert tip == await rig.chain.tip()
    parent = None
    for height in range(tip.height - 2, tip.height + 1):
        block = await rig.chain.block(height)
        assert block is not None
        assert block.ref.height == height
        assert parent is None or block.ref.parent == parent
        parent = block.ref.hash
    assert parent == tip.hash
    assert await rig.chain.block(tip.height + 1) is None
    first = await rig.chain.block(0)
    assert first is not None


async def test_payment_is_seen_waiting_and_then_in_its_block(rig: Rig) -> None:
    _, address = rig.fresh()
    txid = await rig.control.pay(address, rig.coin, rig.unit)
    [waiting] = [t for t in await rig.chain.mempool() if t.txid == txid and t.address == address]
    assert (waiting.asset, waiting.units) == (rig.coin, rig.unit)
    status = await rig.chain.transaction(txid)
    assert status is not None
    assert (status.block, status.confirmations) == (None, 0)
    assert await rig.chain.balance(rig.coin, address) == 0

    tip = await rig.control.mine(1)
    block = await rig.chain.block(tip.height)
    assert block is not None
    assert waiting in block.transfers
    assert waiting not in await rig.chain.mempool()
    status = await rig.chain.transaction(txid)
    assert status is not None
    assert (status.block, status.confirmations) == (tip, 1)
    assert await rig.chain.balance(rig.coin, address) == rig.unit


async def test_confirmations_grow_with_blocks(rig: Rig) -> None:
    _, address = rig.fresh()
    txid = await rig.control.pay(address, rig.coin, rig.unit)
    first = await rig.control.mine(1)
    await rig.control.mine(5)
    status = await rig.chain.transaction(txid)
    assert status is not None
    assert (status.block, status.confirmations) == (first, 6)


async def test_a_sender_that_is_named_can_be_paid_back(rig: Rig) -> None:
    _, _, transfer = await rig.funded(rig.unit)
    assert transfer.sender is None or rig.book.inspect(rig.setup.chain, transfer.sender).valid
    if not rig.setup.simulated:
        return
    assert transfer.sender is not None
    _, _, other = await rig.funded(rig.unit)
    assert other.sender != transfer.sender


async def test_unknown_transaction_is_none(rig: Rig) -> None:
    assert await rig.chain.transaction(ZERO_TXID) is None
    assert await rig.chain.transaction("no such id") is None


async def test_payment_to_no_address_of_the_chain_is_refused(rig: Rig) -> None:
    with pytest.raises(DomainError) as refused:
        await rig.control.pay(WRONG_CHECKSUM, rig.coin, rig.unit)
    assert refused.value.code is ErrorCode.ADDRESS_INVALID
    with pytest.raises(DomainError) as refused:
        await rig.control.pay(rig.fresh()[1], "EUR", rig.unit)
    assert refused.value.code is ErrorCode.ASSET_NOT_SUPPORTED
    with pytest.raises(DomainError) as refused:
        await rig.control.pay(rig.fresh()[1], rig.coin, 0)
    assert refused.value.code is ErrorCode.AMOUNT_INVALID


async def test_fee_is_positive_and_grows_with_inputs_where_there_are_any(rig: Rig) -> None:
    one, many = [await rig.chain.network_fee(rig.coin, inputs) for inputs in (1, 50)]
    assert 0 < one <= many < rig.unit
    assert (one < many) == rig.is_utxo


async def test_bytes_of_our_signer_are_accepted_and_confirmed(rig: Rig) -> None:
    path, address, source = await rig.funded(rig.unit)
    _, destination = rig.fresh()
    fee = await rig.chain.network_fee(rig.coin, 1)
    intent = rig.spend(path, source, destination, rig.unit // 2, fee)
    signed = rig.signer.sign(intent)
    assert await rig.chain.broadcast(signed.raw) == signed.txid
    waiting = [t for t in await rig.chain.mempool() if t.txid == signed.txid]
    assert (destination, rig.unit // 2) in {(t.address, t.units) for t in waiting}

    tip = await rig.control.mine(1)
    status = await rig.chain.transaction(signed.txid)
    assert status is not None
    assert status.block == tip
    assert await rig.chain.balance(rig.coin, destination) == rig.unit // 2
    left = rig.unit - rig.unit // 2 - fee
    assert await rig.chain.balance(rig.coin, address) == (0 if rig.is_utxo else left)


async def test_change_returns_to_our_hot_key(rig: Rig) -> None:
    if not rig.is_utxo:
        return
    path, _, source = await rig.funded(rig.unit)
    fee = await rig.chain.network_fee(rig.coin, 1)
    intent = rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee)
    assert intent.change is not None
    assert intent.change.branch is Branch.HOT
    await rig.chain.broadcast(rig.signer.sign(intent).raw)
    await rig.control.mine(1)
    change = rig.book.derive(rig.setup.chain, intent.change)
    assert await rig.chain.balance(rig.coin, change) == intent.change_units


async def test_the_same_bytes_again_are_a_success_at_every_stage(rig: Rig) -> None:
    path, _, source = await rig.funded(rig.unit)
    fee = await rig.chain.network_fee(rig.coin, 1)
    to, destination = rig.fresh()
    intent = rig.spend(path, source, destination, rig.unit // 2, fee)
    signed = rig.signer.sign(intent)
    for _ in range(2):
        assert await rig.chain.broadcast(signed.raw) == signed.txid
    await rig.control.mine(1)
    assert await rig.chain.broadcast(signed.raw) == signed.txid
    assert signed.txid not in {t.txid for t in await rig.chain.mempool()}

    # Once every output is spent as well, a node no more finds the transaction by its outputs.
    arrived = [t for t in await _block_transfers(rig) if t.txid == signed.txid]
    for transfer in arrived:
        owner = to if transfer.address == destination else intent.change
        assert owner is not None
        emptied = rig.spend(owner, transfer, rig.fresh()[1], transfer.units // 2, fee)
        await rig.chain.broadcast(rig.signer.sign(emptied).raw)
    await rig.control.mine(1)
    assert await rig.chain.broadcast(signed.raw) == signed.txid


async def test_double_spend_is_refused_in_mempool_and_chain(rig: Rig) -> None:
    path, _, source = await rig.funded(rig.unit)
    fee = await rig.chain.network_fee(rig.coin, 1)
    first = rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee)
    second = rig.spend(path, source, rig.fresh()[1], rig.unit // 3, fee)
    signed = rig.signer.sign(first)
    await rig.chain.broadcast(signed.raw)
    with pytest.raises(BroadcastRefusedError):
        await rig.chain.broadcast(rig.signer.sign(second).raw)
    await rig.control.mine(1)
    with pytest.raises(BroadcastRefusedError):
        await rig.chain.broadcast(rig.signer.sign(second).raw)
    status = await rig.chain.transaction(signed.txid)
    assert status is not None
    assert status.confirmations == 1


@pytest.mark.parametrize("cut", [0, 1, 40])
async def test_bytes_that_are_no_transaction_are_refused(rig: Rig, cut: int) -> None:
    path, _, source = await rig.funded(rig.unit)
    fee = await rig.chain.network_fee(rig.coin, 1)
    raw = rig.signer.sign(rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee)).raw
    with pytest.raises(BroadcastRefusedError):
        await rig.chain.broadcast(raw[:cut])


async def test_a_changed_amount_breaks_the_signature(rig: Rig) -> None:
    path, _, source = await rig.funded(rig.unit)
    fee = await rig.chain.network_fee(rig.coin, 1)
    intent = rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee)
    raw = rig.signer.sign(intent).raw
    if rig.is_utxo:
        old, new = (n.to_bytes(8, "little") for n in (intent.units, intent.units - 1))
    else:
        old, new = (f'"{n}"'.encode() for n in (intent.units, intent.units - 1))
    assert raw.count(old) == 1
    with pytest.raises(BroadcastRefusedError):
        await rig.chain.broadcast(raw.replace(old, new))


async def test_replaced_payment_is_gone_for_good(rig: Rig) -> None:
    _, address = rig.fresh()
    old = await rig.control.pay(address, rig.coin, rig.unit)
    new = await rig.control.replace(old)
    assert new != old
    assert await rig.chain.transaction(old) is None
    waiting = {t.txid for t in await rig.chain.mempool()}
    assert new in waiting
    assert old not in waiting
    await rig.control.mine(1)
    assert await rig.chain.balance(rig.coin, address) == 0
    with pytest.raises(DomainError) as refused:
        await rig.control.replace(old)
    assert refused.value.code is ErrorCode.NOT_FOUND


async def test_mined_payment_cannot_be_replaced(rig: Rig) -> None:
    _, _, transfer = await rig.funded(rig.unit)
    with pytest.raises(DomainError) as refused:
        await rig.control.replace(transfer.txid)
    assert refused.value.code is ErrorCode.NOT_FOUND


async def test_our_own_transfer_cannot_be_replaced_by_the_outside(rig: Rig) -> None:
    path, _, source = await rig.funded(rig.unit)
    fee = await rig.chain.network_fee(rig.coin, 1)
    signed = rig.signer.sign(rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee))
    await rig.chain.broadcast(signed.raw)
    with pytest.raises(DomainError) as refused:
        await rig.control.replace(signed.txid)
    assert refused.value.code is ErrorCode.INVALID_STATE


async def test_reorg_drops_payments_and_a_new_block_restores_them(rig: Rig) -> None:
    await rig.control.mine(1)
    _, address, transfer = await rig.funded(rig.unit)
    before = await rig.control.mine(1)
    orphan = await rig.chain.block(before.height - 1)
    assert orphan is not None

    tip = await rig.control.reorg(2)
    assert tip.height == before.height + 1
    replaced = await rig.chain.block(before.height - 1)
    assert replaced is not None
    assert replaced.ref.hash != orphan.ref.hash
    assert replaced.ref.parent == orphan.ref.parent
    assert transfer not in replaced.transfers
    status = await rig.chain.transaction(transfer.txid)
    assert status is not None
    assert (status.block, status.confirmations) == (None, 0)
    assert transfer in await rig.chain.mempool()
    assert await rig.chain.balance(rig.coin, address) == 0

    tip = await rig.control.mine(1)
    status = await rig.chain.transaction(transfer.txid)
    assert status is not None
    assert status.block == tip
    assert await rig.chain.balance(rig.coin, address) == rig.unit


async def test_a_payment_dropped_by_a_reorg_can_be_replaced_with_what_spent_it(rig: Rig) -> None:
    if not rig.is_utxo:
        return
    await rig.control.mine(1)
    path, _, source = await rig.funded(rig.unit)
    fee = await rig.chain.network_fee(rig.coin, 1)
    swept = rig.signer.sign(rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee))
    await rig.chain.broadcast(swept.raw)
    await rig.control.mine(1)
    await rig.control.reorg(2)
    await rig.control.replace(source.txid)
    assert await rig.chain.transaction(swept.txid) is None
    with pytest.raises(BroadcastRefusedError):
        await rig.chain.broadcast(swept.raw)


async def test_reorg_deeper_than_the_chain_is_refused(rig: Rig) -> None:
    tip = await rig.chain.tip()
    for depth in (tip.height + 1, 0, -1):
        with pytest.raises(DomainError) as refused:
            await rig.control.reorg(depth)
        assert refused.value.code is ErrorCode.INVALID_STATE
    assert await rig.chain.tip() == tip


async def test_mining_is_bounded(rig: Rig) -> None:
    for blocks in (0, -1, 1001):
        with pytest.raises(DomainError) as refused:
            await rig.control.mine(blocks)
        assert refused.value.code is ErrorCode.LIMIT_EXCEEDED


async def test_money_that_is_not_there_cannot_be_sent(rig: Rig) -> None:
    path, address = rig.fresh()
    txid = await rig.control.pay(address, rig.coin, rig.unit)
    [source] = [t for t in await rig.chain.mempool() if t.txid == txid and t.address == address]
    await rig.control.replace(txid)
    fee = await rig.chain.network_fee(rig.coin, 1)
    signed = rig.signer.sign(rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee))
    with pytest.raises((BroadcastRefusedError, ChainUnavailableError)):
        await rig.chain.broadcast(signed.raw)
    assert await rig.chain.transaction(signed.txid) is None


async def _block_transfers(rig: Rig) -> tuple[Transfer, ...]:
    block = await rig.chain.block((await rig.chain.tip()).height)
    assert block is not None
    return block.transfers
