"""Prove that what stands before litecoind makes it a bitcoin node, and changes nothing else."""

import json
import socket
from collections.abc import Sequence

import httpx2
import pytest

from cambist.adapters.chain_families.core_rpc import CoreRpcChain
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from cambist.adapters.chain_families.encoding import base58check_encode, segwit_encode
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.chains import bitcoin, litecoin
from cambist.ports.chain import ChainUnavailableError
from tests.chains.bitcoin_front import BitcoinFront, exchange_names
from tests.chains.conftest import Rig
from tests.chains.litecoind import RPC_PASSWORD, RPC_USER, Litecoind

HASH, SCRIPT_HASH = bytes(range(1, 21)), bytes(range(32))
PAIRS = {
    "p2wpkh": (segwit_encode("bcrt", 0, HASH), segwit_encode("rltc", 0, HASH)),
    "p2wsh": (segwit_encode("bcrt", 0, SCRIPT_HASH), segwit_encode("rltc", 0, SCRIPT_HASH)),
    "p2tr": (segwit_encode("bcrt", 1, SCRIPT_HASH), segwit_encode("rltc", 1, SCRIPT_HASH)),
    "p2sh": (base58check_encode(b"\xc4" + HASH), base58check_encode(b"\x3a" + HASH)),
}
OURS, THEIRS = PAIRS["p2wpkh"]
WRONG = OURS[:-1] + ("q" if OURS[-1] != "q" else "p")
AUTH = httpx2.BasicAuth(RPC_USER, RPC_PASSWORD)


def ask(url: str, *calls: tuple[str, Sequence[object]], path: str = "/") -> httpx2.Response:
    """Call a method, or several in one request."""
    asked = [{"id": at, "method": name, "params": given} for at, (name, given) in enumerate(calls)]
    body = json.dumps(asked if len(asked) > 1 else asked[0])
    return httpx2.post(url + path, content=body, auth=AUTH, trust_env=False)


@pytest.mark.parametrize("kind", PAIRS)
def test_an_address_is_written_as_the_other_chain_s(kind: str) -> None:
    ours, theirs = PAIRS[kind]
    for text in ("{}", '["{}", 1.10]', "addr({})", "Invalid address: {}."):
        assert exchange_names(text.format(ours)) == text.format(theirs)
        assert exchange_names(text.format(theirs)) == text.format(ours)


def test_capitals_stay_capitals() -> None:
    assert exchange_names(OURS.upper()) == THEIRS.upper()


@pytest.mark.parametrize(
    "text",
    [
        WRONG,
        OURS + "q",
        "x" + OURS,
        OURS[:20] + OURS[20:].upper(),
        segwit_encode("bc", 0, HASH),
        segwit_encode("tb", 0, HASH),
        base58check_encode(b"\x6f" + HASH),
        base58check_encode(b"\x05" + HASH),
        f"addr({segwit_encode('tb', 0, HASH)})#5kkysxcn",
        '{"amount":0.10000000,"n":00012345678901234567890.00,"e":1E-8}',
        "5120" + SCRIPT_HASH.hex(),
        "0014" + HASH.hex() * 40,
        "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B",
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert exchange_names(text) == text


def test_only_a_right_checksum_of_a_descriptor_is_made_anew(
    litecoind: Litecoind, bitcoin_front: BitcoinFront
) -> None:
    sealed = litecoind.ask("getdescriptorinfo", f"addr({THEIRS})")["descriptor"]
    renamed = exchange_names(sealed)
    assert renamed.startswith(f"addr({OURS})#")
    assert exchange_names(renamed) == sealed
    told = ask(bitcoin_front.url, ("getdescriptorinfo", [f"addr({OURS})"])).json()
    assert told["result"]["descriptor"] == renamed
    assert ask(bitcoin_front.url, ("deriveaddresses", [renamed])).json()["result"] == [OURS]
    for seal in (sealed[-8:], renamed[-8:-1] + ("q" if renamed[-1] != "q" else "p")):
        wrong = f"addr({OURS})#{seal}"
        assert exchange_names(exchange_names(wrong)) == wrong
        assert ask(bitcoin_front.url, ("deriveaddresses", [wrong])).status_code == 500


async def test_a_block_names_the_bitcoin_address_that_it_pays(
    bitcoin_rig: Rig, litecoind: Litecoind
) -> None:
    _, address, transfer = await bitcoin_rig.funded(bitcoin_rig.unit)
    assert address.startswith("bcrt1q")
    block = await bitcoin_rig.chain.block((await bitcoin_rig.chain.tip()).height)
    assert block is not None
    assert transfer in block.transfers
    assert (transfer.asset, transfer.address) == ("BTC", address)
    theirs = litecoind.ask("gettxout", transfer.txid, transfer.index)
    assert theirs["scriptPubKey"]["addresses"] == [exchange_names(address)]


async def test_the_first_block_is_bitcoin_s_wherever_it_is_named(
    bitcoin_rig: Rig, bitcoin_rpc: CoreRpcClient, bitcoin_front: BitcoinFront, litecoind: Litecoind
) -> None:
    genesis = bitcoin.PARAMS.genesis[Network.REGTEST]
    first, second = [await bitcoin_rig.chain.block(height) for height in (0, 1)]
    assert first is not None
    assert second is not None
    assert (first.ref.hash, first.ref.parent, second.ref.parent) == (genesis, "", genesis)
    assert await bitcoin_rpc.call("getblockheader", genesis, False) == litecoind.ask(
        "getblockheader", litecoin.PARAMS.genesis[Network.REGTEST], False
    )
    unknown = ask(bitcoin_front.url, ("getblock", [litecoin.PARAMS.genesis[Network.REGTEST]]))
    assert unknown.json()["error"]["code"] == -5


async def test_neither_chain_is_taken_for_the_other(
    litecoind: Litecoind, bitcoin_front: BitcoinFront
) -> None:
    for params, url in ((bitcoin.PARAMS, litecoind.url), (litecoin.PARAMS, bitcoin_front.url)):
        rpc = CoreRpcClient(url, RPC_USER, RPC_PASSWORD)
        with pytest.raises(ChainUnavailableError, match="another chain or network"):
            await CoreRpcChain(params, Network.REGTEST, rpc).tip()
        await rpc.close()


def test_litecoin_s_names_and_wrong_ones_are_no_addresses_of_this_node(
    bitcoin_front: BitcoinFront,
) -> None:
    names = (OURS, THEIRS, WRONG)
    judged = ask(bitcoin_front.url, *(("validateaddress", [name]) for name in names)).json()
    assert [one["id"] for one in judged] == [0, 1, 2]
    assert [one["result"]["isvalid"] for one in judged] == [True, False, False]


def test_refusals_come_as_the_node_gives_them(
    litecoind: Litecoind, bitcoin_front: BitcoinFront
) -> None:
    for method, params, path in (
        ("getblockhash", [10**6], "/"),
        ("nonesuch", [], "/"),
        ("getbalance", [], "/wallet/nonesuch"),
        ("setlabel", ["é", '\\"'], "/"),
    ):
        direct, fronted = [
            ask(url, (method, list(params)), path=path)
            for url in (litecoind.url, bitcoin_front.url)
        ]
        assert direct.status_code >= 400
        assert (fronted.status_code, fronted.content) == (direct.status_code, direct.content)
        assert fronted.headers["content-type"] == direct.headers["content-type"]


async def test_credentials_are_the_node_s(bitcoin_front: BitcoinFront) -> None:
    rpc = CoreRpcClient(bitcoin_front.url, RPC_USER, "wrong")
    with pytest.raises(ChainUnavailableError, match="credentials"):
        await rpc.call("getblockcount")
    await rpc.close()


async def test_there_is_no_answer_without_a_node() -> None:
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        front = BitcoinFront(f"http://127.0.0.1:{refusing.getsockname()[1]}")
        rpc = CoreRpcClient(front.url, RPC_USER, RPC_PASSWORD)
        with pytest.raises(ChainUnavailableError, match="no usable answer"):
            await rpc.call("getblockcount")
        await rpc.close()
        front.stop()
