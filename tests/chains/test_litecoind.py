"""Prove the Core RPC family on litecoind itself, beyond the contract every chain is held to."""

import pytest

from cambist.adapters.chain_families.core_rpc import CoreRpcChain
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.chains import bitcoin, litecoin
from cambist.adapters.simulators.core_regtest import RegtestControl
from cambist.ports.chain import ChainUnavailableError
from tests.chains.conftest import Rig
from tests.chains.litecoind import Litecoind, PatientRpc


async def test_a_real_node_with_other_credentials_or_network_is_unavailable(
    litecoind: Litecoind,
) -> None:
    rpc = PatientRpc(litecoind.url, "wrong")
    with pytest.raises(ChainUnavailableError, match="credentials"):
        await CoreRpcChain(litecoin.PARAMS, Network.REGTEST, rpc).tip()
    await rpc.close()
    for params, network in (
        (litecoin.PARAMS, Network.MAIN),
        (litecoin.PARAMS, Network.TEST),
        (bitcoin.PARAMS, Network.REGTEST),
    ):
        rpc = PatientRpc(litecoind.url)
        with pytest.raises(ChainUnavailableError, match="another chain or network"):
            await CoreRpcChain(params, network, rpc).tip()
        await rpc.close()


async def test_regtest_genesis_is_the_real_node_s(litecoin_rig: Rig) -> None:
    first = await litecoin_rig.chain.block(0)
    assert first is not None
    assert first.ref.hash == litecoin.PARAMS.genesis[Network.REGTEST]
    assert first.ref.parent == ""


async def test_preparing_a_regtest_node_again_changes_nothing(
    litecoin_rig: Rig, litecoin_rpc: CoreRpcClient
) -> None:
    tip = await litecoin_rig.chain.tip()
    await RegtestControl("litecoin", litecoin_rpc).prepare()
    assert await litecoin_rig.chain.tip() == tip


async def test_a_payment_of_many_inputs_costs_what_was_estimated(litecoin_rig: Rig) -> None:
    """Spend several outputs of several keys in one transaction, as a withdrawal does."""
    rig = litecoin_rig
    held = [await rig.funded(rig.unit) for _ in range(5)]
    fee = await rig.chain.network_fee("LTC", len(held))
    path, _, source = held[0]
    intent = rig.spend(path, source, rig.fresh()[1], rig.unit // 2, fee)
    more = [rig.spend(p, t, t.address, 1, 1).inputs[0] for p, _, t in held[1:]]
    total = rig.unit * len(held)
    whole = type(intent)(
        intent.id, intent.chain, intent.asset, intent.destination, total - fee, fee,
        (*intent.inputs, *more),
    )  # fmt: skip
    signed = rig.signer.sign(whole)
    await rig.chain.broadcast(signed.raw)
    await rig.control.mine(1)
    assert await rig.chain.balance("LTC", intent.destination) == total - fee
