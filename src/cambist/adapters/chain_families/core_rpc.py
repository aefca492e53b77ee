"""Decide how a chain of the Bitcoin Core family is read and broadcast to through its own RPC.

No wallet of the node takes part: what pays us is found by reading blocks and the mempool. The
node must run with `txindex=1`, so that any transaction can be found again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cambist.adapters.chain_families.core_rpc_client import (
    SCAN_TIMEOUT_S,
    CoreRpcClient,
    RpcRefusedError,
)
from cambist.adapters.chain_families.core_rpc_json import (
    as_list,
    as_number,
    as_object,
    as_text,
    as_units,
    block_ref,
    transfers,
)
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.chain_families.utxo_tx import TX_MAX_BYTES, vsize_of
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.rates import Rounding, divide
from cambist.ports.chain import (
    Block,
    BlockRef,
    BroadcastRefusedError,
    ChainUnavailableError,
    Transfer,
    TxStatus,
)

MEMPOOL_TRANSACTIONS_MAX = 20_000
MEMPOOL_FETCH_MAX = 2_000
BATCH_MAX = 100
FEE_TARGET_BLOCKS = 3
PAYMENT_OUTPUTS = 2

RPC_NOT_FOUND = -5
RPC_OUT_OF_RANGE = -8
RPC_DECODE_FAILED = -22
RPC_VERIFY_FAILED = -25
RPC_VERIFY_REJECTED = -26
RPC_ALREADY_IN_CHAIN = -27

_TXID = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KNOWN = ("txn-already-in-mempool", "txn-already-known")
_NOT_NOW = (
    "mempool full",
    "mempool min fee not met",
    "min relay fee not met",
    "too-long-mempool-chain",
    "non-final",
    "non-BIP68-final",
    "bad-txns-premature-spend-of-coinbase",
)


@dataclass(frozen=True, slots=True)
class CoreParams:
    """Hold what distinguishes one chain of the family; fees are units per 1000 vbytes."""

    chain: str
    genesis: Mapping[Network, str]
    fee_fallback: int
    fee_min: int
    fee_max: int


class CoreRpcChain:
    """Read one chain and broadcast to it through a node (ChainPort)."""

    def __init__(self, params: CoreParams, network: Network, rpc: CoreRpcClient) -> None:
        self._params = params
        self._network = network
        self._rpc = rpc
        self._coin = ASSETS[CHAINS[params.chain].coin]
        self._verified_at = -1
        self._seen: dict[str, tuple[Transfer, ...]] = {}

    async def tip(self) -> BlockRef:
        """Name the best block."""
        await self._verify()
        best = await self._ask("getbestblockhash")
        return block_ref(await self._ask("getblockheader", as_text(best)))

    async def block(self, height: int) -> Block | None:
        """Read the block of the best chain at a height, None above the tip."""
        await self._verify()
        block_hash = await self._maybe("getblockhash", height, absent=RPC_OUT_OF_RANGE)
        if block_hash is None:
            return None
        content = as_object(await self._ask("getblock", as_text(block_hash), 2))
        found: list[Transfer] = []
        for transaction in as_list(content.get("tx")):
            found.extend(transfers(transaction, self._coin))
        return Block(block_ref(content), tuple(found))

    async def mempool(self) -> tuple[Transfer, ...]:
        """List the transfers of unconfirmed transactions.

        Only transactions not seen before are fetched, MEMPOOL_FETCH_MAX a call at most: what is
        left over comes with the next call, or with its block.
        """
        await self._verify()
        listed = [as_text(item) for item in as_list(await self._ask("getrawmempool"))]
        waiting = set(listed)
        self._seen = {txid: found for txid, found in self._seen.items() if txid in waiting}
        room = min(MEMPOOL_FETCH_MAX, MEMPOOL_TRANSACTIONS_MAX - len(self._seen))
        fresh = [txid for txid in listed if txid not in self._seen][: max(room, 0)]
        for start in range(0, len(fresh), BATCH_MAX):
            part = fresh[start : start + BATCH_MAX]
            answers = await self._rpc.batch("getrawtransaction", [[txid, True] for txid in part])
            for txid, answer in zip(part, answers, strict=True):
                if not isinstance(answer, RpcRefusedError):
                    self._seen[txid] = transfers(answer, self._coin)
        return tuple(transfer for found in self._seen.values() for transfer in found)

    async def transaction(self, txid: str) -> TxStatus | None:
        """Find a transaction in the mempool or the best chain, None when it is in neither."""
        if _TXID.fullmatch(txid) is None:
            return None
        await self._verify()
        found = await self._maybe("getrawtransaction", txid, True, absent=RPC_NOT_FOUND)
        if found is None:
            return None
        block_hash = as_object(found).get("blockhash")
        if block_hash is None:
            return TxStatus(txid, None, 0)
        header = as_object(await self._ask("getblockheader", as_text(block_hash)))
        confirmations = as_number(header.get("confirmations"))
        if confirmations > 0:
            return TxStatus(txid, block_ref(header), confirmations)
        # The index may still name a block that a reorg dropped; the mempool knows better.
        entry = await self._maybe("getmempoolentry", txid, absent=RPC_NOT_FOUND)
        return None if entry is None else TxStatus(txid, None, 0)

    async def broadcast(self, raw: bytes) -> str:
        """Send signed bytes and return the txid; bytes the chain already knows are a success.

        Raises:
            BroadcastRefusedError: the chain will never accept these bytes.
            ChainUnavailableError: no answer, or not now (fee below the mempool's floor).
        """
        await self._verify()
        if len(raw) > TX_MAX_BYTES:
            raise BroadcastRefusedError("transaction too large")
        try:
            return as_text(await self._rpc.call("sendrawtransaction", raw.hex()))
        except RpcRefusedError as error:
            if error.code == RPC_DECODE_FAILED:
                raise BroadcastRefusedError(error.message) from error
            txid = await self._txid_of(raw)
            if error.code == RPC_ALREADY_IN_CHAIN or error.message.startswith(_KNOWN):
                return txid
            # With all its outputs spent, a mined transaction looks like one with missing inputs.
            if await self.transaction(txid) is not None:
                return txid
            if error.code not in (RPC_VERIFY_FAILED, RPC_VERIFY_REJECTED) or any(
                reason in error.message for reason in _NOT_NOW
            ):
                raise ChainUnavailableError(error.message) from error
            raise BroadcastRefusedError(error.message) from error

    async def network_fee(self, asset: str, inputs: int) -> int:
        """Estimate the fee of one transfer with so many p2wpkh inputs, within named bounds."""
        self._require_coin(asset)
        await self._verify()
        answer = as_object(await self._ask("estimatesmartfee", FEE_TARGET_BLOCKS))
        rate = self._params.fee_fallback
        if "feerate" in answer:
            rate = as_units(answer["feerate"], self._coin.scale)
        rate = min(max(rate, self._params.fee_min), self._params.fee_max)
        return divide(rate * vsize_of(inputs, PAYMENT_OUTPUTS), 1000, Rounding.UP)

    async def balance(self, asset: str, address: str) -> int:
        """Read the confirmed units an address holds by scanning the node's unspent outputs.

        Takes minutes on a main network: for reconciliation, not for the road of an order.
        """
        self._require_coin(asset)
        await self._verify()
        scan = ["start", [f"addr({address})"]]
        try:
            answer = await self._rpc.call("scantxoutset", *scan, timeout_s=SCAN_TIMEOUT_S)
        except RpcRefusedError as error:
            raise ChainUnavailableError(error.message) from error
        return as_units(as_object(answer).get("total_amount"), self._coin.scale)

    async def close(self) -> None:
        """Release connections."""
        await self._rpc.close()

    async def _verify(self) -> None:
        """Check once, and again after every outage, that this is the node we think it is."""
        outages = self._rpc.outages
        if self._verified_at == outages:
            return
        genesis = as_text(await self._ask("getblockhash", 0))
        if genesis != self._params.genesis.get(self._network):
            raise ChainUnavailableError("the node is on another chain or network")
        indexes = as_object(await self._ask("getindexinfo", "txindex"))
        if "txindex" not in indexes:
            raise ChainUnavailableError("the node must run with txindex=1")
        if as_object(indexes["txindex"]).get("synced") is not True:
            raise ChainUnavailableError("the node still builds its transaction index")
        if self._network is not Network.REGTEST:
            info = as_object(await self._ask("getblockchaininfo"))
            if info.get("initialblockdownload") is not False:
                raise ChainUnavailableError("the node still downloads the chain")
        self._verified_at = outages

    async def _txid_of(self, raw: bytes) -> str:
        decoded = as_object(await self._ask("decoderawtransaction", raw.hex()))
        return as_text(decoded.get("txid"))

    async def _ask(self, method: str, *params: object) -> object:
        try:
            return await self._rpc.call(method, *params)
        except RpcRefusedError as error:
            raise ChainUnavailableError(f"{method}: {error.message}") from error

    async def _maybe(self, method: str, *params: object, absent: int) -> object | None:
        try:
            return await self._rpc.call(method, *params)
        except RpcRefusedError as error:
            if error.code == absent:
                return None
            raise ChainUnavailableError(f"{method}: {error.message}") from error

    def _require_coin(self, asset: str) -> None:
        if asset != self._coin.code:
            raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=asset[:20])
