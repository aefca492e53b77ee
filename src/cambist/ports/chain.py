"""Say what a chain can tell and do: blocks, mempool, broadcast; and what the sandbox may force."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BlockRef:
    """Name a block by height, hash and the hash of its parent."""

    height: int
    hash: str
    parent: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Tell of one output or token log; `(txid, index)` is its identity on the chain.

    `units` are the asset's smallest units; `sender` is one paying address when the chain names one.
    """

    txid: str
    index: int
    asset: str
    address: str
    units: int
    sender: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """Hold a block and every transfer of a registered asset in it, in chain order."""

    ref: BlockRef
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class TxStatus:
    """Tell where a transaction stands: `block` is None while it waits in the mempool."""

    txid: str
    block: BlockRef | None
    confirmations: int


class ChainUnavailableError(Exception):
    """The node gave no usable answer, or not now: try the same again later.

    It is down, too slow, too large, on the wrong network, or cannot take a transaction yet (fee
    below the floor of a full mempool, money not there).
    """


class BroadcastRefusedError(Exception):
    """The node refused a transaction for good (invalid, or its inputs are spent elsewhere)."""


class ChainPort(Protocol):
    """Read one chain and broadcast to it; every call has a timeout and a size bound.

    All methods raise ChainUnavailableError when the node cannot answer.
    """

    async def tip(self) -> BlockRef:
        """Name the best block."""

    async def block(self, height: int) -> Block | None:
        """Read the block of the best chain at a height, None above the tip."""

    async def mempool(self) -> tuple[Transfer, ...]:
        """List the transfers of unconfirmed transactions (bounded)."""

    async def transaction(self, txid: str) -> TxStatus | None:
        """Find a transaction in the mempool or the best chain, None when it is in neither."""

    async def broadcast(self, raw: bytes) -> str:
        """Send signed bytes and return the txid; bytes the chain already knows are a success.

        Raises:
            BroadcastRefusedError: the chain will never accept these bytes.
            ChainUnavailableError: not now; nobody knows whether the node has taken them.
        """

    async def network_fee(self, asset: str, inputs: int) -> int:
        """Estimate the fee, in units of the chain's coin, of one transfer with so many inputs."""

    async def balance(self, asset: str, address: str) -> int:
        """Read the confirmed units of an asset an address holds."""

    async def close(self) -> None:
        """Release connections."""


class ChainControl(Protocol):
    """Move a chain that belongs to us alone: a simulator, or a real node in regtest."""

    async def pay(self, address: str, asset: str, units: int) -> str:
        """Send outside money to an address and return the txid; it waits in the mempool.

        Raises:
            DomainError: ADDRESS_INVALID.
        """

    async def mine(self, blocks: int) -> BlockRef:
        """Mine so many blocks holding the mempool first, and return the tip."""

    async def replace(self, txid: str) -> str:
        """Replace an unconfirmed payment by a higher-fee one to its sender; return the new txid.

        The replaced transaction is gone for good. Raises DomainError NOT_FOUND when `txid` is
        not in the mempool.
        """

    async def reorg(self, depth: int) -> BlockRef:
        """Drop the last blocks and mine as many empty ones plus one; their transactions wait again.

        Raises:
            DomainError: INVALID_STATE when the chain is not that long.
        """
