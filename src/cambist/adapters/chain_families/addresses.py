"""Decide which texts are addresses of a chain's network, and how our keys become addresses."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from coincurve import PublicKey

from cambist.adapters.chain_families.encoding import (
    base58check_decode,
    base58check_encode,
    hash160,
    keccak256,
    segwit_decode,
    segwit_encode,
)
from cambist.adapters.chain_families.networks import UTXO_NETWORKS, Network, UtxoNetwork
from cambist.domain.market.assets import ASSETS

ADDRESS_MAX_LENGTH = 90
TRON_VERSION = 0x41
_TRON_TEXT_LENGTH = 34
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_CONTRACTS = frozenset(
    asset.contract.lower() if asset.chain == "ethereum" else asset.contract
    for asset in ASSETS.values()
    if asset.contract is not None
)


class ScriptKind(StrEnum):
    """Name a standard output script."""

    P2PKH = "p2pkh"
    P2SH = "p2sh"
    P2WPKH = "p2wpkh"
    P2WSH = "p2wsh"
    P2TR = "p2tr"


@dataclass(frozen=True, slots=True)
class Destination:
    """Hold what a UTXO address pays to: the kind of script and its hash or key."""

    kind: ScriptKind
    payload: bytes

    def script(self) -> bytes:
        """Build the scriptPubKey."""
        match self.kind:
            case ScriptKind.P2PKH:
                return b"\x76\xa9\x14" + self.payload + b"\x88\xac"
            case ScriptKind.P2SH:
                return b"\xa9\x14" + self.payload + b"\x87"
            case ScriptKind.P2WPKH:
                return b"\x00\x14" + self.payload
            case ScriptKind.P2WSH:
                return b"\x00\x20" + self.payload
            case ScriptKind.P2TR:
                return b"\x51\x20" + self.payload
            case _ as unreachable:
                assert_never(unreachable)


_SEGWIT_KINDS = {
    (0, 20): ScriptKind.P2WPKH,
    (0, 32): ScriptKind.P2WSH,
    (1, 32): ScriptKind.P2TR,
}


def is_valid_address(chain: str, network: Network, address: str) -> bool:
    """Tell whether money of a chain's network can safely be sent to an address.

    Zero addresses and the token contracts themselves are well formed, but what is sent there is
    lost, so they are refused. Witness versions without a meaning yet are refused as well.
    """
    if len(address) > ADDRESS_MAX_LENGTH or not address.isascii():
        return False
    params = UTXO_NETWORKS.get((chain, network))
    if params is not None:
        return decode_utxo(params, address) is not None
    if chain == "ethereum":
        return _is_ethereum(address)
    return chain == "tron" and _is_tron(address)


def decode_utxo(params: UtxoNetwork, address: str) -> Destination | None:
    """Read an address of a Bitcoin-like network, None when it is none of it."""
    if address[: len(params.hrp) + 1].lower() == params.hrp + "1":
        decoded = segwit_decode(params.hrp, address)
        if decoded is None:
            return None
        kind = _SEGWIT_KINDS.get((decoded[0], len(decoded[1])))
        return None if kind is None else Destination(kind, decoded[1])
    payload = base58check_decode(address) if len(address) <= ADDRESS_MAX_LENGTH else None
    if payload is None or len(payload) != 21:
        return None
    if payload[0] == params.p2pkh:
        return Destination(ScriptKind.P2PKH, payload[1:])
    return Destination(ScriptKind.P2SH, payload[1:]) if payload[0] == params.p2sh else None


def encode_utxo(params: UtxoNetwork, script: bytes) -> str | None:
    """Write a standard scriptPubKey as an address, None for any other script."""
    match len(script), script[:2]:
        case 22, b"\x00\x14":
            return segwit_encode(params.hrp, 0, script[2:])
        case 34, b"\x00\x20":
            return segwit_encode(params.hrp, 0, script[2:])
        case 34, b"\x51\x20":
            return segwit_encode(params.hrp, 1, script[2:])
        case 25, b"\x76\xa9":
            found = Destination(ScriptKind.P2PKH, script[3:23])
            text = base58check_encode(bytes([params.p2pkh]) + script[3:23])
        case 23, b"\xa9\x14":
            found = Destination(ScriptKind.P2SH, script[2:22])
            text = base58check_encode(bytes([params.p2sh]) + script[2:22])
        case _:
            return None
    return text if found.script() == script else None


def address_of_key(chain: str, network: Network, key: PublicKey) -> str:
    """Write the address of a key: p2wpkh on UTXO chains, the account elsewhere."""
    params = UTXO_NETWORKS.get((chain, network))
    if params is not None:
        return segwit_encode(params.hrp, 0, hash160(key.format()))
    return address_of_account(chain, keccak256(key.format(compressed=False)[1:])[12:])


def address_of_account(chain: str, account: bytes) -> str:
    """Write a 20-byte account of Ethereum or Tron as that chain's address."""
    if chain == "tron":
        return base58check_encode(bytes([TRON_VERSION]) + account)
    return "0x" + _checksum_case(account.hex())


def _checksum_case(digits: str) -> str:
    """Apply EIP-55: a letter is upper case where the hash of the digits says so."""
    seal = keccak256(digits.encode("ascii")).hex()
    return "".join(
        [
            char.upper() if mark in "89abcdef" else char
            for char, mark in zip(digits, seal, strict=False)
        ]
    )


def _is_ethereum(address: str) -> bool:
    if _ETHEREUM.fullmatch(address) is None or address.lower() in _CONTRACTS:
        return False
    digits = address[2:]
    if int(digits, 16) == 0:
        return False
    return digits in (digits.lower(), digits.upper(), _checksum_case(digits.lower()))


def _is_tron(address: str) -> bool:
    if len(address) != _TRON_TEXT_LENGTH or address in _CONTRACTS:
        return False
    payload = base58check_decode(address)
    return (
        payload is not None
        and len(payload) == 21
        and payload[0] == TRON_VERSION
        and any(payload[1:])
    )
