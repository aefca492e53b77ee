"""Decide how a simulated chain behaves: one per chain id, shared by every process through SQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from cambist.adapters.chain_families.addresses import is_valid_address
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.simulators import chain_rules, chain_store
from cambist.adapters.simulators.chain_rules import Draft, Movement, seal
from cambist.domain.market.assets import ASSETS, CHAINS, Chain, ChainModel
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.chain import (
    Block,
    BlockRef,
    BroadcastRefusedError,
    ChainUnavailableError,
    Transfer,
    TxStatus,
)

if TYPE_CHECKING:
    from cambist.adapters.simulators.chain_store import Connection

    Pool = asyncpg.Pool[asyncpg.Record]

CALL_TIMEOUT_S = 10.0
MINE_MAX = 1_000


class SimulatedChain:
    """Be the node of one chain, and the hand that moves it (ChainPort and ChainControl).

    All state is in PostgreSQL; a transaction-scoped advisory lock makes writers of one chain take
    turns. Hashes come from content, a seed and a counter, so the same calls give the same chain.
    """

    def __init__(
        self,
        pool: "Pool",
        chain: Chain,
        network: Network = Network.MAIN,
        token_fee_account: str | None = None,
    ) -> None:
        self._pool = pool
        self._chain = chain
        self._network = network
        self._token_fee_account = token_fee_account

    @staticmethod
    async def install(pool: "Pool", seed: str = "cambist") -> None:
        """Create schema, tables and the first block of every chain where they are missing."""
        async with pool.acquire() as connection, connection.transaction():
            await chain_store.lock(connection, "install")
            await connection.execute(chain_store.SCHEMA)
            await connection.execute(chain_store.GRANTS)
            for chain in CHAINS.values():
                await connection.execute(
                    "insert into sim.chain values ($1, $2, 0, 0) on conflict do nothing",
                    chain.id,
                    seed,
                )
                await connection.execute(
                    "insert into sim.block values ($1, 0, $2, $3) on conflict do nothing",
                    chain.id,
                    seal(chain, seed, "block", 0),
                    seal(chain, seed, "nothing"),
                )

    async def tip(self) -> BlockRef:
        """Name the best block."""
        async with self._reading() as connection:
            return await chain_store.tip(connection, self._chain.id)

    async def block(self, height: int) -> Block | None:
        """Read the block of the best chain at a height, None above the tip."""
        async with self._reading() as connection:
            return await chain_store.block(connection, self._chain.id, height)

    async def mempool(self) -> tuple[Transfer, ...]:
        """List the transfers of unconfirmed transactions, oldest first (bounded)."""
        async with self._reading() as connection:
            return await chain_store.mempool(connection, self._chain.id)

    async def transaction(self, txid: str) -> TxStatus | None:
        """Find a transaction in the mempool or the best chain, None when it is in neither."""
        async with self._reading() as connection:
            return await chain_store.status(connection, self._chain.id, txid)

    async def network_fee(self, asset: str, inputs: int) -> int:
        """Estimate the fee, in units of the chain's coin, of one transfer with so many inputs."""
        self._require_asset(asset)
        return chain_rules.estimate_fee(self._chain, asset, inputs)

    async def balance(self, asset: str, address: str) -> int:
        """Read the confirmed units of an asset an address holds."""
        async with self._reading() as connection:
            return await chain_store.confirmed(connection, self._chain.id, asset, address)

    async def close(self) -> None:
        """Release nothing: the pool belongs to the caller."""

    async def broadcast(self, raw: bytes) -> str:
        """Check signed bytes as a node would and put them into the mempool; return the txid.

        Raises:
            BroadcastRefusedError: the chain will never accept these bytes.
            ChainUnavailableError: not now, such as an account without the money yet.
        """
        if self._chain.model is ChainModel.UTXO:
            return await self._broadcast_utxo(raw)
        return await self._broadcast_account(raw)

    async def pay(self, address: str, asset: str, units: int) -> str:
        """Send outside money to an address and return the txid; it waits in the mempool.

        Every payment comes from an address of its own whose money never ends and whose key
        nobody has, so `Transfer.sender` names one payer and can be refunded to.

        Raises:
            DomainError: ADDRESS_INVALID, ASSET_NOT_SUPPORTED, AMOUNT_INVALID.
        """
        self._require_asset(asset)
        if units <= 0:
            raise DomainError(ErrorCode.AMOUNT_INVALID)
        if not is_valid_address(self._chain.id, self._network, address):
            raise DomainError(ErrorCode.ADDRESS_INVALID)
        async with self._writing() as connection:
            seed, number = await chain_store.next_number(connection, self._chain.id)
            payer = chain_rules.outside_address(self._chain, self._network, seed, number)
            txid = seal(self._chain, seed, "pay", number, address, asset, units)
            move = Movement(0, asset, address, units)
            draft = Draft(txid, payer, (move,), outside=True)
            await chain_store.insert(connection, self._chain.id, draft, number)
        return txid

    async def mine(self, blocks: int) -> BlockRef:
        """Mine so many blocks, the first ones holding the mempool, and return the tip.

        Raises:
            DomainError: LIMIT_EXCEEDED above MINE_MAX blocks or below one.
        """
        if not 1 <= blocks <= MINE_MAX:
            raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=MINE_MAX)
        async with self._writing() as connection:
            for _ in range(blocks):
                await self._append(connection, await self._executable(connection))
            return await chain_store.tip(connection, self._chain.id)

    async def replace(self, txid: str) -> str:
        """Replace an unconfirmed outside payment by one back to its payer; return the new txid.

        Whatever spent from the replaced transaction is gone with it.

        Raises:
            DomainError: NOT_FOUND when it is not in the mempool, INVALID_STATE when it is no
                outside payment (its keys are not ours to sign a replacement with).
        """
        async with self._writing() as connection:
            found = await chain_store.waiting_payment(connection, self._chain.id, txid)
            if found is None:
                raise DomainError(ErrorCode.NOT_FOUND)
            outside, payer, asset, units = found
            if not outside:
                raise DomainError(ErrorCode.INVALID_STATE)
            await chain_store.evict(connection, self._chain.id, txid)
            seed, number = await chain_store.next_number(connection, self._chain.id)
            fresh = seal(self._chain, seed, "replace", number, txid)
            move = Movement(0, asset, payer, units)
            draft = Draft(fresh, payer, (move,), outside=True)
            await chain_store.insert(connection, self._chain.id, draft, number)
        return fresh

    async def reorg(self, depth: int) -> BlockRef:
        """Drop the last blocks and mine as many empty ones plus one; their transactions wait again.

        Raises:
            DomainError: INVALID_STATE when the chain is not that long.
        """
        async with self._writing() as connection:
            tip = await chain_store.tip(connection, self._chain.id)
            if not 1 <= depth <= min(tip.height, MINE_MAX):
                raise DomainError(ErrorCode.INVALID_STATE, height=tip.height)
            await chain_store.drop_blocks(connection, self._chain.id, tip.height - depth)
            for _ in range(depth + 1):
                await self._append(connection, [])
            return await chain_store.tip(connection, self._chain.id)

    async def _broadcast_utxo(self, raw: bytes) -> str:
        decoded = chain_rules.read_utxo(raw)
        outpoints = [item.outpoint for item in decoded.inputs]
        async with self._writing() as connection:
            if await chain_store.status(connection, self._chain.id, decoded.txid) is None:
                unspent = await chain_store.unspent(connection, self._chain.id, outpoints)
                draft = chain_rules.draft_utxo(self._chain, self._network, decoded, unspent)
                await self._accept(connection, draft)
        return decoded.txid

    async def _broadcast_account(self, raw: bytes) -> str:
        """Accept a transfer whose nonce is free and whose money is in the blocks already.

        A nonce may run ahead, as on real nodes: it waits until those before it are mined.
        """
        chain = self._chain
        draft = chain_rules.draft_account(chain, self._network, raw, self._token_fee_account)
        assert draft.nonce is not None
        async with self._writing() as connection:
            if await chain_store.status(connection, chain.id, draft.txid) is not None:
                return draft.txid
            used, lowest = await chain_store.nonce_owner(
                connection, chain.id, draft.sender, draft.nonce
            )
            if used or draft.nonce < lowest:
                raise BroadcastRefusedError("the nonce is used by another transaction")
            if draft.nonce > lowest + chain_rules.NONCES_AHEAD_MAX:
                raise ChainUnavailableError("the nonce runs too far ahead")
            for (address, asset), units in _debits(draft).items():
                if await chain_store.spendable(connection, chain.id, asset, address) < units:
                    raise ChainUnavailableError(f"the account lacks {asset} for now")
            await self._accept(connection, draft)
        return draft.txid

    async def _accept(self, connection: "Connection", draft: Draft) -> None:
        _, number = await chain_store.next_number(connection, self._chain.id)
        await chain_store.insert(connection, self._chain.id, draft, number)

    async def _append(self, connection: "Connection", txids: list[str]) -> None:
        parent = await chain_store.tip(connection, self._chain.id)
        seed, number = await chain_store.next_number(connection, self._chain.id)
        fresh = seal(self._chain, seed, "block", parent.hash, number, *txids)
        ref = BlockRef(parent.height + 1, fresh, parent.hash)
        await chain_store.append_block(connection, self._chain.id, ref, txids)

    async def _executable(self, connection: "Connection") -> list[str]:
        """List what the next block can hold: on account chains nonces and money must be there."""
        waiting = await chain_store.waiting(connection, self._chain.id)
        if self._chain.model is ChainModel.UTXO:
            return [txid for txid, *_ in waiting]
        accounts = {account for *_, change in waiting for account in change}
        balances = await chain_store.balances(connection, self._chain.id, accounts)
        senders = {sender for _, sender, nonce, _ in waiting if nonce is not None}
        nonces = dict(await chain_store.nonces(connection, self._chain.id, senders))
        chosen, progress = [], True
        while progress:
            progress, left = False, []
            for item in waiting:
                txid, sender, nonce, change = item
                payable = all(balances.get(a, 0) + d >= 0 for a, d in change.items() if d < 0)
                if not payable or nonce not in (None, nonces.get(sender, 0)):
                    left.append(item)
                    continue
                progress = True
                chosen.append(txid)
                if nonce is not None:
                    nonces[sender] = nonce + 1
                for account, delta in change.items():
                    balances[account] = balances.get(account, 0) + delta
            waiting = left
        return chosen

    def _require_asset(self, asset: str) -> None:
        found = ASSETS.get(asset)
        if found is None or found.chain != self._chain.id:
            raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=asset[:20])

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator["Connection"]:
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S), self._pool.acquire() as connection:
                yield connection
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise ChainUnavailableError("the simulated chain's database is away") from error

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator["Connection"]:
        async with (
            self._reading() as connection,
            connection.transaction(isolation="read_committed"),
        ):
            await chain_store.lock(connection, self._chain.id)
            yield connection


def _debits(draft: Draft) -> dict[tuple[str, str], int]:
    """Sum what leaves each (address, asset) of a transfer."""
    totals: dict[tuple[str, str], int] = {}
    for move in draft.movements:
        if move.units < 0:
            key = (move.address, move.asset)
            totals[key] = totals.get(key, 0) - move.units
    return totals
