"""Decide how a real Core node in regtest is moved: its own wallet plays the outside world."""

from collections.abc import Mapping

from cambist.adapters.chain_families.addresses import is_valid_address
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient, RpcRefusedError
from cambist.adapters.chain_families.core_rpc_json import (
    as_list,
    as_number,
    as_object,
    as_text,
    as_units,
    block_ref,
)
from cambist.adapters.chain_families.networks import Network
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import format_units
from cambist.ports.chain import BlockRef, ChainUnavailableError

WALLET = "outside"
MATURE_BLOCKS = 110
MINE_MAX = 1_000
RPC_NOT_FOUND = -5
_REPLACEMENT_EXTRA_UNITS = 10_000


class RegtestControl:
    """Move a regtest node that belongs to us alone (ChainControl)."""

    def __init__(self, chain: str, rpc: CoreRpcClient) -> None:
        self._chain = chain
        self._coin = ASSETS[CHAINS[chain].coin]
        self._rpc = rpc

    async def prepare(self) -> None:
        """Create or open the outside world's wallet and mine until it has money to spend."""
        listed = as_list(await self._rpc.call("listwallets"))
        if WALLET not in listed:
            folder = as_object(await self._rpc.call("listwalletdir"))
            known = [as_object(item).get("name") for item in as_list(folder.get("wallets"))]
            await self._rpc.call("loadwallet" if WALLET in known else "createwallet", WALLET)
        height = as_number(await self._rpc.call("getblockcount"))
        if height < MATURE_BLOCKS:
            await self.mine(MATURE_BLOCKS - height)

    async def pay(self, address: str, asset: str, units: int) -> str:
        """Send the wallet's money to an address and return the txid; it waits in the mempool.

        Raises:
            DomainError: ADDRESS_INVALID, ASSET_NOT_SUPPORTED, AMOUNT_INVALID.
        """
        if asset != self._coin.code:
            raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=asset[:20])
        if units <= 0:
            raise DomainError(ErrorCode.AMOUNT_INVALID)
        if not is_valid_address(self._chain, Network.REGTEST, address):
            raise DomainError(ErrorCode.ADDRESS_INVALID)
        amount = format_units(units, self._coin.scale)
        return as_text(await self._wallet("sendtoaddress", address, amount, "", "", False, True))

    async def mine(self, blocks: int) -> BlockRef:
        """Mine so many blocks, the first one holding the mempool, and return the tip.

        Raises:
            DomainError: LIMIT_EXCEEDED above MINE_MAX blocks or below one.
        """
        if not 1 <= blocks <= MINE_MAX:
            raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=MINE_MAX)
        await self._rpc.call("generatetoaddress", blocks, await self.outside_address())
        return await self._tip()

    async def replace(self, txid: str) -> str:
        """Replace an unconfirmed wallet payment by one back to the wallet; return the new txid.

        Raises:
            DomainError: NOT_FOUND when it is not in the mempool, INVALID_STATE when the wallet
                cannot sign for it.
        """
        try:
            entry = as_object(await self._rpc.call("getmempoolentry", txid))
        except RpcRefusedError as error:
            if error.code != RPC_NOT_FOUND:
                raise
            raise DomainError(ErrorCode.NOT_FOUND) from error
        fees = as_object(entry.get("fees"))
        scale = self._coin.scale
        fee = as_units(fees.get("descendant"), scale) * 2 + _REPLACEMENT_EXTRA_UNITS
        old = as_object(await self._rpc.call("getrawtransaction", txid, True))
        total = as_units(fees.get("base"), scale)
        for output in as_list(old.get("vout")):
            total += as_units(as_object(output).get("value"), scale)
        inputs = [_outpoint(item) for item in as_list(old.get("vin"))]
        target = {await self.outside_address(): format_units(total - fee, scale)}
        bare = await self._rpc.call("createrawtransaction", inputs, target, 0, True)
        signed = as_object(await self._wallet("signrawtransactionwithwallet", bare))
        if signed.get("complete") is not True:
            raise DomainError(ErrorCode.INVALID_STATE)
        return as_text(await self._rpc.call("sendrawtransaction", as_text(signed.get("hex"))))

    async def reorg(self, depth: int) -> BlockRef:
        """Invalidate the last blocks and mine as many empty ones plus one.

        They pay a new address each: the same one could mine the invalidated block again.

        Raises:
            DomainError: INVALID_STATE when the chain is not that long.
        """
        tip = await self._tip()
        if not 1 <= depth <= tip.height:
            raise DomainError(ErrorCode.INVALID_STATE, height=tip.height)
        first = await self._rpc.call("getblockhash", tip.height - depth + 1)
        await self._rpc.call("invalidateblock", first)
        for _ in range(depth + 1):
            await self._rpc.call("generateblock", await self.outside_address(), [])
        return await self._tip()

    async def _tip(self) -> BlockRef:
        best = await self._rpc.call("getbestblockhash")
        return block_ref(await self._rpc.call("getblockheader", best))

    async def outside_address(self) -> str:
        """Make a new address of the outside world."""
        return as_text(await self._wallet("getnewaddress", "", "bech32"))

    async def _wallet(self, method: str, *params: object) -> object:
        try:
            return await self._rpc.call(method, *params, path=f"/wallet/{WALLET}")
        except RpcRefusedError as error:
            raise ChainUnavailableError(f"the outside wallet: {error.message}") from error


def _outpoint(item: object) -> Mapping[str, object]:
    fields = as_object(item)
    return {"txid": as_text(fields.get("txid")), "vout": as_number(fields.get("vout"))}
