"""Prove how the Core RPC family meets bad nodes, and the traps of good ones."""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from cambist.adapters.chain_families import core_rpc, core_rpc_client
from cambist.adapters.chain_families.core_rpc import CoreRpcChain
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from cambist.adapters.chain_families.core_rpc_json import as_units, transfers
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.chains import bitcoin, litecoin
from cambist.domain.market.assets import ASSETS
from cambist.kernel.errors import DomainError
from cambist.ports.chain import BroadcastRefusedError, ChainUnavailableError

TXID = "ab" * 32
LTC = ASSETS["LTC"]
Answers = dict[str, Any]
GOOD: Answers = {
    "getblockhash": litecoin.PARAMS.genesis[Network.MAIN],
    "getindexinfo": {"txindex": {"synced": True}},
    "getblockchaininfo": {"initialblockdownload": False},
    "getbestblockhash": TXID,
    "getblockheader": {"height": 7, "hash": TXID, "previousblockhash": "cd" * 32},
    "getrawmempool": [],
    "decoderawtransaction": {"txid": TXID},
    "getrawtransaction": (-5, "No such mempool or blockchain transaction"),
}


class FakeNode:
    """Answer JSON-RPC from a table: a value, a (code, message) error, or a function."""

    def __init__(self, **answers: Any) -> None:
        self.answers: Answers = {**GOOD, **answers}
        self.asked: list[str] = []

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one HTTP request."""
        content = json.loads(request.content)
        if isinstance(content, list):
            return httpx2.Response(200, json=[self.reply(item) for item in content])
        return httpx2.Response(200, json=self.reply(content))

    def reply(self, call: dict[str, Any]) -> dict[str, Any]:
        """Answer one call."""
        self.asked.append(call["method"])
        answer = self.answers[call["method"]]
        if callable(answer):
            answer = answer(*call["params"])
        if isinstance(answer, tuple):
            error = {"code": answer[0], "message": answer[1]}
            return {"id": call["id"], "result": None, "error": error}
        return {"id": call["id"], "result": answer, "error": None}


Handler = Callable[[httpx2.Request], httpx2.Response]


def chain_on(handler: Handler, clock: Callable[[], float] = lambda: 0.0) -> CoreRpcChain:
    """Build the Litecoin adapter on a fake node."""
    transport = httpx2.MockTransport(handler)
    rpc = CoreRpcClient("http://node", "u", "p", transport=transport, clock=clock)
    return CoreRpcChain(litecoin.PARAMS, Network.MAIN, rpc)


async def test_the_good_fake_node_is_good() -> None:
    chain = chain_on(FakeNode().handle)
    assert (await chain.tip()).height == 7
    await chain.close()


@pytest.mark.parametrize(
    "answers",
    [
        {"getblockhash": bitcoin.PARAMS.genesis[Network.MAIN]},
        {"getblockhash": litecoin.PARAMS.genesis[Network.TEST]},
        {"getindexinfo": {}},
        {"getindexinfo": {"txindex": {"synced": False}}},
        {"getindexinfo": {"txindex": None}},
        {"getblockchaininfo": {"initialblockdownload": True}},
        {"getblockhash": (-28, "Loading block index...")},
        {"getbestblockhash": None},
        {"getblockheader": []},
        {"getblockheader": {"height": "7", "hash": TXID}},
        {"getblockheader": (-5, "Block not found")},
    ],
)
async def test_a_wrong_or_unready_node_is_unavailable(answers: Answers) -> None:
    chain = chain_on(FakeNode(**answers).handle)
    with pytest.raises(ChainUnavailableError):
        await chain.tip()
    await chain.close()


@pytest.mark.parametrize(
    "response",
    [
        httpx2.Response(401),
        httpx2.Response(403, json={"result": 1, "error": None}),
        httpx2.Response(200, content=b"<html>"),
        httpx2.Response(200, content=b"\xff"),
        httpx2.Response(200, content=b"[" * 100_000),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, json={}),
        httpx2.Response(503, content=b"Work queue depth exceeded"),
    ],
)
async def test_an_unusable_answer_is_unavailable(response: httpx2.Response) -> None:
    chain = chain_on(lambda _: response)
    with pytest.raises(ChainUnavailableError):
        await chain.tip()
    await chain.close()


async def test_a_huge_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_rpc_client, "ANSWER_BYTES_MAX", 10_000)
    sent = 0

    async def stream() -> Any:
        nonlocal sent
        for _ in range(1_000):
            sent += 1_000
            yield b" " * 1_000

    chain = chain_on(lambda _: httpx2.Response(200, content=stream()))
    with pytest.raises(ChainUnavailableError, match="too large"):
        await chain.tip()
    assert sent < 50_000
    await chain.close()


async def test_a_silent_node_is_unavailable() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        rpc = CoreRpcClient(f"http://127.0.0.1:{port}", "u", "p")
        with pytest.raises(ChainUnavailableError):
            await rpc.call("getblockcount", timeout_s=0.1)
        await rpc.close()
    rpc = CoreRpcClient(f"http://127.0.0.1:{port}", "u", "p")
    with pytest.raises(ChainUnavailableError):
        await rpc.call("getblockcount")
    await rpc.close()


async def test_after_several_failures_the_node_is_left_alone_for_a_while() -> None:
    now, up, asked = [0.0], [False], [0]
    node = FakeNode()

    def handle(request: httpx2.Request) -> httpx2.Response:
        asked[0] += 1
        return node.handle(request) if up[0] else httpx2.Response(200, content=b"")

    chain = chain_on(handle, clock=lambda: now[0])
    for _ in range(core_rpc_client.BREAKER_FAILURES + 3):
        with pytest.raises(ChainUnavailableError):
            await chain.tip()
    assert asked[0] == core_rpc_client.BREAKER_FAILURES
    now[0] += core_rpc_client.BREAKER_OPEN_S
    for _ in range(2):
        with pytest.raises(ChainUnavailableError):
            await chain.tip()
    assert asked[0] == core_rpc_client.BREAKER_FAILURES + 1
    now[0] += core_rpc_client.BREAKER_OPEN_S
    up[0] = True
    assert (await chain.tip()).height == 7
    assert (await chain.tip()).height == 7
    await chain.close()


async def test_the_network_is_checked_once_and_again_after_an_outage() -> None:
    node, down = FakeNode(), [False]

    def handle(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=b"") if down[0] else node.handle(request)

    chain = chain_on(handle)
    await chain.tip()
    await chain.tip()
    assert node.asked.count("getindexinfo") == 1
    down[0] = True
    with pytest.raises(ChainUnavailableError):
        await chain.tip()
    down[0] = False
    node.answers["getblockhash"] = litecoin.PARAMS.genesis[Network.TEST]
    with pytest.raises(ChainUnavailableError, match="another chain"):
        await chain.tip()
    await chain.close()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (TXID, None),
        ((-27, "Transaction already in block chain"), None),
        ((-26, "txn-already-in-mempool"), None),
        ((-26, "txn-already-known"), None),
        ((-22, "TX decode failed"), BroadcastRefusedError),
        ((-25, "Missing inputs"), BroadcastRefusedError),
        ((-25, "bad-txns-inputs-missingorspent"), BroadcastRefusedError),
        ((-26, "txn-mempool-conflict"), BroadcastRefusedError),
        ((-26, "mandatory-script-verify-flag-failed (Signature ...)"), BroadcastRefusedError),
        ((-26, "dust"), BroadcastRefusedError),
        ((-26, "mempool min fee not met, 100 < 200"), ChainUnavailableError),
        ((-26, "min relay fee not met, 100 < 200"), ChainUnavailableError),
        ((-26, "too-long-mempool-chain, too many descendants"), ChainUnavailableError),
        ((-26, "non-final"), ChainUnavailableError),
        ((-1, "something else"), ChainUnavailableError),
    ],
)
async def test_broadcast_answers_are_final_or_not(
    answer: object, outcome: type[Exception] | None
) -> None:
    chain = chain_on(FakeNode(sendrawtransaction=answer).handle)
    if outcome is None:
        assert await chain.broadcast(b"\1\2") == TXID
    else:
        with pytest.raises(outcome):
            await chain.broadcast(b"\1\2")
    await chain.close()


async def test_missing_inputs_of_a_known_transaction_are_a_success() -> None:
    node = FakeNode(
        sendrawtransaction=(-25, "bad-txns-inputs-missingorspent"),
        getrawtransaction={"blockhash": TXID},
        getblockheader={"height": 7, "hash": TXID, "confirmations": 3},
    )
    chain = chain_on(node.handle)
    assert await chain.broadcast(b"\1\2") == TXID
    await chain.close()


@pytest.mark.parametrize(
    ("entry", "is_known"), [({"fees": {}}, True), ((-5, "not in mempool"), False)]
)
async def test_the_index_naming_a_dropped_block_is_not_believed(
    entry: object, is_known: bool
) -> None:
    node = FakeNode(
        getrawtransaction={"blockhash": TXID},
        getblockheader={"height": 7, "hash": TXID, "confirmations": -1},
        getmempoolentry=entry,
    )
    chain = chain_on(node.handle)
    status = await chain.transaction(TXID)
    assert (status is not None) == is_known
    assert status is None or status.block is None
    await chain.close()


@pytest.mark.parametrize(
    ("rate", "fee"),
    [
        ({"feerate": Decimal("0.00010000")}, 1_470),
        ({"errors": ["Insufficient data or no feerate found"]}, 1_470),
        ({"feerate": Decimal("0.00000001")}, 147),
        ({"feerate": 5}, 147_000),
    ],
)
async def test_the_fee_follows_the_estimate_within_bounds(rate: Answers, fee: int) -> None:
    plain = {key: float(v) if isinstance(v, Decimal) else v for key, v in rate.items()}
    chain = chain_on(FakeNode(estimatesmartfee=plain).handle)
    assert await chain.network_fee("LTC", 1) == fee
    with pytest.raises(DomainError):
        await chain.network_fee("BTC", 1)
    await chain.close()


def a_transaction(txid: str) -> Answers:
    """Make a decoded transaction paying one unit."""
    script = {"addresses": ["ltc1q"]}
    output = {"n": 0, "value": 1, "scriptPubKey": script}
    return {"txid": txid, "vout": [output]}


async def test_mempool_fetches_only_what_is_new_and_forgets_what_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(core_rpc, "MEMPOOL_FETCH_MAX", 150)
    listed = [f"{n:064x}" for n in range(200)]
    node = FakeNode(
        getrawmempool=lambda: listed, getrawtransaction=lambda txid, _: a_transaction(txid)
    )
    chain = chain_on(node.handle)
    assert len(await chain.mempool()) == 150
    assert len(await chain.mempool()) == 200
    assert len(await chain.mempool()) == 200
    assert node.asked.count("getrawtransaction") == 200
    listed[:] = listed[:5]
    assert {t.txid for t in await chain.mempool()} == set(listed)
    await chain.close()


async def test_mempool_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_rpc, "MEMPOOL_TRANSACTIONS_MAX", 20)
    listed = [f"{n:064x}" for n in range(50)]
    node = FakeNode(
        getrawmempool=lambda: listed, getrawtransaction=lambda txid, _: a_transaction(txid)
    )
    chain = chain_on(node.handle)
    for _ in range(3):
        assert len(await chain.mempool()) == 20
    await chain.close()


async def test_a_transaction_leaving_while_it_is_fetched_is_left_out() -> None:
    gone = f"{1:064x}"
    node = FakeNode(
        getrawmempool=[gone, TXID],
        getrawtransaction=lambda txid, _: (-5, "gone") if txid == gone else a_transaction(txid),
    )
    chain = chain_on(node.handle)
    assert [t.txid for t in await chain.mempool()] == [TXID]
    await chain.close()


def test_only_outputs_to_one_address_are_transfers() -> None:
    def output(n: int, value: object, **script: object) -> Answers:
        return {"n": n, "value": value, "scriptPubKey": script}

    content = {
        "txid": TXID,
        "vout": [
            output(0, Decimal("0.00000001"), address="a"),
            output(1, Decimal("1.5"), addresses=["b"]),
            output(2, 1, addresses=["c", "d"]),
            output(3, 0, type="nulldata"),
            output(4, 0, address="e"),
            {"ismweb": True, "output_id": "f" * 64},
        ],
    }
    found = [(t.index, t.address, t.units) for t in transfers(content, LTC)]
    assert found == [(0, "a", 1), (1, "b", 150_000_000)]


@pytest.mark.parametrize("value", [Decimal("0.000000001"), "1", None, True, Decimal("NaN"), 1.5])
def test_amounts_that_are_none_are_refused(value: object) -> None:
    with pytest.raises(ChainUnavailableError):
        as_units(value, 8)


def test_amounts_are_exact() -> None:
    assert as_units(Decimal("20999999.9769"), 8) == 2_099_999_997_690_000
    assert as_units(Decimal("0.1"), 8) == 10_000_000
    assert as_units(84_000_000, 8) == 8_400_000_000_000_000
