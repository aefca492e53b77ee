"""Decide how a Core node's JSON becomes our words, trusting no field to be there."""

from decimal import Decimal

from cambist.kernel.money import Asset
from cambist.ports.chain import BlockRef, ChainUnavailableError, Transfer


def as_object(value: object) -> dict[str, object]:
    """Require an object.

    Raises:
        ChainUnavailableError: it is none; so do all functions here.
    """
    if not isinstance(value, dict):
        raise ChainUnavailableError("the node answered something else than an object")
    return value


def as_list(value: object) -> list[object]:
    """Require a list."""
    if not isinstance(value, list):
        raise ChainUnavailableError("the node answered something else than a list")
    return value


def as_text(value: object) -> str:
    """Require a text."""
    if not isinstance(value, str):
        raise ChainUnavailableError("the node answered something else than a text")
    return value


def as_number(value: object) -> int:
    """Require a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ChainUnavailableError("the node answered something else than a number")
    return value


def as_units(value: object, scale: int) -> int:
    """Turn a coin amount (a JSON number) into units, exactly."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ChainUnavailableError("the node answered something else than an amount")
    scaled = Decimal(value).scaleb(scale)
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ChainUnavailableError("the node answered an amount finer than a unit")
    return int(scaled)


def block_ref(header: object) -> BlockRef:
    """Read a block header; the first block has no parent."""
    fields = as_object(header)
    parent = fields.get("previousblockhash", "")
    return BlockRef(as_number(fields.get("height")), as_text(fields.get("hash")), as_text(parent))


def transfers(transaction: object, coin: Asset) -> tuple[Transfer, ...]:
    """List the outputs of a decoded transaction that pay one address.

    A UTXO chain names no sender. Outputs without an address (data carriers, bare multisig,
    Litecoin's MWEB outputs) are nobody's.
    """
    fields = as_object(transaction)
    txid = as_text(fields.get("txid"))
    found = []
    for output in as_list(fields.get("vout")):
        entry = as_object(output)
        address = _address(entry.get("scriptPubKey"))
        if address is None:
            continue
        units = as_units(entry.get("value"), coin.scale)
        if units > 0:
            index = as_number(entry.get("n"))
            found.append(Transfer(txid, index, coin.code, address, units, None))
    return tuple(found)


def _address(script: object) -> str | None:
    """Read the address field of Core 22 and later, or the older list when it has one entry."""
    match script:
        case {"address": str(address)}:
            return address
        case {"addresses": [str(address)]}:
            return address
        case _:
            return None
