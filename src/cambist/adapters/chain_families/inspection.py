"""Decide what a text is as an address: its type, its network, or what is wrong with it."""

import re

from cambist.adapters.chain_families.addresses import (
    ADDRESS_MAX_LENGTH,
    TRON_VERSION,
    address_of_account,
    decode_utxo,
    is_valid_address,
)
from cambist.adapters.chain_families.encoding import (
    BASE58_ALPHABET,
    BECH32_ALPHABET,
    SEGWIT_WORDS_MIN,
    base58check_decode,
    segwit_words,
)
from cambist.adapters.chain_families.networks import UTXO_NETWORKS, Network
from cambist.ports.addresses import AddressFacts, AddressFault, AddressNetwork, AddressType

PAYLOAD_BYTES = 21
ETHEREUM_LENGTH = 42
TRON_LENGTH = 34
PROGRAM_BYTES = {0: (20, 32), 1: (32,)}
"""Lengths of programs that can be paid, by witness version (BIP 141, BIP 341)."""

_NAMES = {
    Network.MAIN: AddressNetwork.MAINNET,
    Network.TEST: AddressNetwork.TESTNET,
    Network.REGTEST: AddressNetwork.REGTEST,
}
_HEX = re.compile(r"[0-9a-fA-F]*", re.ASCII)


def unknown_chain() -> AddressFacts:
    """Describe any address of a chain that is not set up."""
    return AddressFacts(False, None, None, None, AddressFault.NETWORK)


def inspect_address(chain: str, network: Network, address: str) -> AddressFacts:
    """Tell what an address is to a chain's network; `valid` exactly as `is_valid_address`.

    Base58 addresses of test networks do not say which one they mean and are named TESTNET.
    """
    if len(address) > ADDRESS_MAX_LENGTH or not address:
        return _wrong(AddressFault.LENGTH)
    if not address.isascii():
        return _wrong(AddressFault.ALPHABET)
    valid = is_valid_address(chain, network, address)
    if (chain, network) in UTXO_NETWORKS:
        return _inspect_utxo(chain, address, valid=valid)
    if valid:
        normalized = address
        if chain == "ethereum":
            normalized = address_of_account(chain, bytes.fromhex(address[2:]))
        return AddressFacts(True, AddressType.ACCOUNT, _NAMES[network], normalized, None)
    match chain:
        case "ethereum":
            return _wrong(_ethereum_fault(address))
        case "tron":
            return _wrong(_tron_fault(address))
        case _:
            return unknown_chain()


def _wrong(fault: AddressFault) -> AddressFacts:
    return AddressFacts(False, None, None, None, fault)


def _inspect_utxo(chain: str, address: str, *, valid: bool) -> AddressFacts:
    for network, name in _NAMES.items():
        params = UTXO_NETWORKS[chain, network]
        found = decode_utxo(params, address)
        if found is None:
            continue
        kind = AddressType(found.kind.value)
        if not valid:
            return AddressFacts(False, kind, name, None, AddressFault.NETWORK)
        is_segwit = address.lower().startswith(params.hrp + "1")
        return AddressFacts(True, kind, name, address.lower() if is_segwit else address, None)
    return _wrong(_utxo_fault(chain, address))


def _utxo_fault(chain: str, address: str) -> AddressFault:
    lower = address.lower()
    for (owner, _), params in UTXO_NETWORKS.items():
        if lower.startswith(params.hrp + "1"):
            if owner != chain or address not in (lower, address.upper()):
                return AddressFault.FORMAT
            return _segwit_fault(params.hrp, lower[len(params.hrp) + 1 :])
    if not set(address) <= set(BASE58_ALPHABET):
        return AddressFault.ALPHABET
    return _base58_fault(address)


def _segwit_fault(hrp: str, data: str) -> AddressFault:
    """Tell why words are no program we can pay; asked only of what cannot be decoded."""
    if not set(data) <= set(BECH32_ALPHABET):
        return AddressFault.ALPHABET
    if len(data) < SEGWIT_WORDS_MIN:
        return AddressFault.LENGTH
    words, is_sealed = segwit_words(hrp, data)
    if not is_sealed:
        return AddressFault.CHECKSUM
    lengths = PROGRAM_BYTES.get(words[0])
    if lengths is None:
        return AddressFault.UNSUPPORTED_VERSION
    if (len(words) - SEGWIT_WORDS_MIN + 1) * 5 // 8 in lengths:
        return AddressFault.FORMAT
    return AddressFault.LENGTH


def _base58_fault(address: str) -> AddressFault:
    """Tell why base58 is no address we can pay; asked only of what is none."""
    payload = base58check_decode(address)
    if payload is None:
        return AddressFault.CHECKSUM
    is_whole = len(payload) == PAYLOAD_BYTES
    return AddressFault.UNSUPPORTED_VERSION if is_whole else AddressFault.LENGTH


def _ethereum_fault(address: str) -> AddressFault:
    if not address.startswith("0x"):
        return AddressFault.FORMAT
    if len(address) != ETHEREUM_LENGTH:
        return AddressFault.LENGTH
    digits = address[2:]
    if _HEX.fullmatch(digits) is None:
        return AddressFault.ALPHABET
    if is_valid_address("ethereum", Network.MAIN, address.lower()):
        return AddressFault.CHECKSUM
    return AddressFault.RESERVED


def _tron_fault(address: str) -> AddressFault:
    if not set(address) <= set(BASE58_ALPHABET):
        return AddressFault.ALPHABET
    if len(address) != TRON_LENGTH:
        return AddressFault.LENGTH
    payload = base58check_decode(address)
    if payload is not None and payload[0] == TRON_VERSION and len(payload) == PAYLOAD_BYTES:
        return AddressFault.RESERVED
    return _base58_fault(address)
