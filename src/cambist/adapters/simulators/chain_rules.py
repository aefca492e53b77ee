"""Decide which bytes a simulated chain accepts, what they cost, and what moves by them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cambist.adapters.chain_families.addresses import (
    address_of_account,
    encode_utxo,
    is_valid_address,
)
from cambist.adapters.chain_families.encoding import hash160, segwit_encode
from cambist.adapters.chain_families.networks import UTXO_NETWORKS, Network
from cambist.adapters.chain_families.simulated_tx import decode_account_transfer
from cambist.adapters.chain_families.utxo_tx import (
    DecodedTransaction,
    OutPoint,
    decode_transaction,
    vsize_of,
)
from cambist.domain.market.assets import ASSETS, Chain, ChainModel
from cambist.kernel.money import AssetKind
from cambist.ports.chain import BroadcastRefusedError

FEE_UNITS_PER_VBYTE = 10
FEE_UNITS_PER_VBYTE_MIN = 1
PAYMENT_OUTPUTS = 2
NONCES_AHEAD_MAX = 64
ACCOUNT_FEES: Mapping[str, Mapping[AssetKind, int]] = {
    "ethereum": {AssetKind.COIN: 42_000_000_000_000, AssetKind.TOKEN: 130_000_000_000_000},
    "tron": {AssetKind.COIN: 268_000, AssetKind.TOKEN: 6_500_000},
}


@dataclass(frozen=True, slots=True)
class Movement:
    """Record units entering (index from 0 up) or leaving (below 0) an address."""

    index: int
    asset: str
    address: str
    units: int
    spends: OutPoint | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold a transaction ready to enter the mempool; outside payments have no nonce or debits."""

    txid: str
    sender: str
    movements: tuple[Movement, ...]
    nonce: int | None = None
    outside: bool = False


def estimate_fee(chain: Chain, asset: str, inputs: int) -> int:
    """Estimate the network fee in units of the chain's coin; the simulation's fees never move."""
    if chain.model is ChainModel.UTXO:
        return FEE_UNITS_PER_VBYTE * vsize_of(inputs, PAYMENT_OUTPUTS)
    return ACCOUNT_FEES[chain.id][ASSETS[asset].kind]


def seal(chain: Chain, *parts: str | int) -> str:
    """Hash text into an id shaped like the chain's own."""
    digest = hashlib.sha256("\n".join(map(str, (chain.id, *parts))).encode("utf-8")).hexdigest()
    return "0x" + digest if chain.id == "ethereum" else digest


def outside_address(chain: Chain, network: Network, seed: str, number: int) -> str:
    """Make up the address of the outside payer of one payment; nobody has its key."""
    account = bytes.fromhex(seal(chain, seed, "payer", number)[-40:])
    params = UTXO_NETWORKS.get((chain.id, network))
    if params is not None:
        return segwit_encode(params.hrp, 0, account)
    return address_of_account(chain.id, account)


def read_utxo(raw: bytes) -> DecodedTransaction:
    """Parse a transaction of a UTXO chain.

    Raises:
        BroadcastRefusedError: it is none.
    """
    try:
        return decode_transaction(raw)
    except ValueError as error:
        raise BroadcastRefusedError(str(error)) from error


def draft_utxo(
    chain: Chain,
    network: Network,
    decoded: DecodedTransaction,
    unspent: Mapping[OutPoint, tuple[str, int]],
) -> Draft:
    """Check a transaction against the unspent outputs it names (address and units of each).

    Raises:
        BroadcastRefusedError: an input is missing or spent, a signature is wrong, outputs exceed
            inputs, or the fee is below the relay minimum.
    """
    params = UTXO_NETWORKS[chain.id, network]
    movements, total = [], 0
    if len({spent.outpoint for spent in decoded.inputs}) != len(decoded.inputs):
        raise BroadcastRefusedError("an input stands twice")
    for position, spent in enumerate(decoded.inputs):
        found = unspent.get(spent.outpoint)
        if found is None:
            raise BroadcastRefusedError("an input is missing or spent")
        address, units = found
        owner = segwit_encode(params.hrp, 0, hash160(spent.public_key))
        if owner != address or not decoded.is_signed(position, units):
            raise BroadcastRefusedError("an input's signature is wrong")
        movements.append(Movement(-1 - position, chain.coin, address, -units, spent.outpoint))
        total += units
    for index, output in enumerate(decoded.outputs):
        receiver = encode_utxo(params, output.script)
        if receiver is None or output.units < params.dust_units:
            raise BroadcastRefusedError("an output is not standard or dust")
        movements.append(Movement(index, chain.coin, receiver, output.units))
        total -= output.units
    if total < FEE_UNITS_PER_VBYTE_MIN * decoded.vsize:
        raise BroadcastRefusedError("the fee is below the relay minimum")
    return Draft(decoded.txid, movements[0].address, tuple(movements))


def draft_account(
    chain: Chain, network: Network, raw: bytes, token_fee_account: str | None
) -> Draft:
    """Check a transfer of an account chain as far as its bytes tell.

    The fee of a token transfer is charged to `token_fee_account` when there is one: it plays the
    part of energy delegated on Tron or a paymaster on Ethereum.

    Raises:
        BroadcastRefusedError: malformed, wrongly signed, for another chain, or the fee too low.
    """
    try:
        transfer, txid = decode_account_transfer(raw)
    except ValueError as error:
        raise BroadcastRefusedError(str(error)) from error
    if (transfer.chain, transfer.network) != (chain.id, network.value):
        raise BroadcastRefusedError("the transaction is for another chain")
    asset = ASSETS.get(transfer.asset)
    if asset is None or asset.chain != chain.id:
        raise BroadcastRefusedError("the asset is not of this chain")
    if transfer.units <= 0 or transfer.fee_units < estimate_fee(chain, asset.code, 1):
        raise BroadcastRefusedError("the amount or the fee is too low")
    if not is_valid_address(chain.id, network, transfer.destination):
        raise BroadcastRefusedError("the destination is no address of this chain")
    payer = transfer.sender
    if asset.kind is AssetKind.TOKEN and token_fee_account is not None:
        payer = token_fee_account
    movements = (
        Movement(0, asset.code, transfer.destination, transfer.units),
        Movement(-1, asset.code, transfer.sender, -transfer.units),
        Movement(-2, chain.coin, payer, -transfer.fee_units),
    )
    return Draft(txid, transfer.sender, movements, transfer.nonce)
