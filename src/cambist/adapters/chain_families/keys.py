"""Decide which address belongs to which key path, from extended public keys alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cambist.adapters.chain_families.addresses import address_of_key
from cambist.adapters.chain_families.bip32 import PublicNode
from cambist.adapters.chain_families.inspection import inspect_address, unknown_chain
from cambist.adapters.chain_families.networks import ChainSetup, Network
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.addresses import AddressFacts
from cambist.ports.signer import Branch, KeyPath

PUBLIC_KEYS_VERSION = 1


@dataclass(frozen=True, slots=True)
class AccountKey:
    """Hold one chain's setup and its account-level extended public key."""

    setup: ChainSetup
    xpub: str


class DerivedAddressBook:
    """Derive our addresses by BIP 32 and check anybody's; branch keys are derived once."""

    def __init__(self, accounts: Mapping[str, AccountKey]) -> None:
        self._networks = {chain: key.setup.network for chain, key in accounts.items()}
        self._branches: dict[tuple[str, Branch], tuple[Network, PublicNode]] = {}
        for chain, key in accounts.items():
            account = PublicNode.parse(key.xpub)
            for branch in Branch:
                node = account.child(branch.value)
                self._branches[chain, branch] = (key.setup.network, node)

    @classmethod
    def from_file(cls, path: Path) -> "DerivedAddressBook":
        """Read the public keys file the signer writes.

        Raises:
            ValueError: not such a file.
        """
        return cls(accounts_from_json(json.loads(path.read_text("utf-8"))))

    def derive(self, chain: str, path: KeyPath) -> str:
        """Derive our address at a path.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED when no key is configured for the chain.
        """
        found = self._branches.get((chain, path.branch))
        if found is None:
            raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, chain=chain[:20])
        network, branch = found
        return address_of_key(chain, network, branch.child_key(path.index))

    def inspect(self, chain: str, address: str) -> AddressFacts:
        """Tell what an address is, or what is wrong with it."""
        network = self._networks.get(chain)
        return unknown_chain() if network is None else inspect_address(chain, network, address)


def accounts_to_json(accounts: Mapping[str, AccountKey]) -> dict[str, object]:
    """Write account keys as the public keys file's content."""
    chains = {
        chain: {
            "network": key.setup.network.value,
            "simulated": key.setup.simulated,
            "xpub": key.xpub,
        }
        for chain, key in accounts.items()
    }
    return {"version": PUBLIC_KEYS_VERSION, "chains": chains}


def accounts_from_json(content: object) -> dict[str, AccountKey]:
    """Read account keys from the public keys file's content.

    Raises:
        ValueError: an unknown version, chain or network, or a field of another type.
    """
    if not isinstance(content, dict) or content.get("version") != PUBLIC_KEYS_VERSION:
        raise ValueError("not a public keys file of a known version")
    chains = content.get("chains")
    if not isinstance(chains, dict):
        raise ValueError("a public keys file lists chains")
    accounts = {}
    for chain, entry in chains.items():
        match entry:
            case {"network": str(network), "simulated": bool(simulated), "xpub": str(xpub)}:
                setup = ChainSetup(chain, Network(network), simulated)
                accounts[chain] = AccountKey(setup, xpub)
            case _:
                raise ValueError(f"public key of {chain!r} is incomplete")
    return accounts
