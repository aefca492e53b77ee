"""Say what is asked about addresses: derive ours from extended public keys, check anybody's."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cambist.ports.signer import KeyPath


class AddressType(StrEnum):
    """Name what an address pays to; ACCOUNT is the one kind of Ethereum and Tron."""

    P2PKH = "p2pkh"
    P2SH = "p2sh"
    P2WPKH = "p2wpkh"
    P2WSH = "p2wsh"
    P2TR = "p2tr"
    ACCOUNT = "account"


class AddressNetwork(StrEnum):
    """Name the network an address says it belongs to."""

    MAINNET = "mainnet"
    TESTNET = "testnet"
    REGTEST = "regtest"


class AddressFault(StrEnum):
    """Name why money cannot be sent to a text.

    NETWORK is an address of another network, or one of a chain nobody set up here; RESERVED is
    well formed, but what is sent there is lost: the zero account, a token's own contract.
    """

    ALPHABET = "alphabet"
    CHECKSUM = "checksum"
    FORMAT = "format"
    LENGTH = "length"
    NETWORK = "network"
    RESERVED = "reserved"
    UNSUPPORTED_VERSION = "unsupported-version"


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """Tell what a text is as an address of a chain; `reason` is set when it is not `valid`.

    An address of another network of the chain has its `type` and `network` all the same.
    `normalized` is the one way to write a valid address.
    """

    valid: bool
    type: AddressType | None
    network: AddressNetwork | None
    normalized: str | None
    reason: AddressFault | None


class AddressBook(Protocol):
    """Derive and validate addresses; pure computation, no network."""

    def derive(self, chain: str, path: KeyPath) -> str:
        """Derive our address at a path from the chain's extended public key.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED when no key is configured for the chain.
        """

    def inspect(self, chain: str, address: str) -> AddressFacts:
        """Tell what an address is, or why no money of the chain's network can be sent there."""
