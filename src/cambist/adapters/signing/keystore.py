"""Decide where private keys live: one BIP 39 seed file that only its owner may read."""

import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from coincurve import PrivateKey
from embit.bip39 import mnemonic_from_bytes, mnemonic_to_seed

from cambist.adapters.chain_families.bip32 import (
    HARDENED,
    TPUB_VERSION,
    XPUB_VERSION,
    PrivateNode,
)
from cambist.adapters.chain_families.keys import AccountKey, accounts_to_json
from cambist.adapters.chain_families.networks import ChainSetup, Network, account_path
from cambist.ports.signer import Branch, KeyPath

SEED_BYTES = 32
_SEED_VERSION = 1


def create_seed(path: Path, mnemonic: str | None = None) -> None:
    """Write a new seed file with 24 random words (or the words given); never overwrite one.

    Raises:
        FileExistsError: there is a file already.
        ValueError: the given words are no BIP 39 mnemonic.
    """
    words = mnemonic_from_bytes(os.urandom(SEED_BYTES)) if mnemonic is None else mnemonic
    mnemonic_to_seed(words)
    content = json.dumps({"version": _SEED_VERSION, "mnemonic": words}) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class KeyStore:
    """Hold the account keys of every configured chain in memory."""

    def __init__(self, mnemonic: str, setups: Iterable[ChainSetup]) -> None:
        master = PrivateNode.from_seed(mnemonic_to_seed(mnemonic))
        self._setups = {setup.chain: setup for setup in setups}
        self._accounts: dict[str, PrivateNode] = {}
        self._branches: dict[tuple[str, Branch], PrivateNode] = {}
        for setup in self._setups.values():
            node = master
            for index in account_path(setup):
                node = node.child(index + HARDENED)
            self._accounts[setup.chain] = node
            for branch in Branch:
                self._branches[setup.chain, branch] = node.child(branch.value)

    @classmethod
    def load(cls, path: Path, setups: Iterable[ChainSetup]) -> "KeyStore":
        """Read a seed file.

        Raises:
            PermissionError: somebody else may read the file.
            ValueError: not a seed file.
        """
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise PermissionError(f"{path.name} must be readable by its owner only (mode 0600)")
        match json.loads(path.read_text("utf-8")):
            case {"version": 1, "mnemonic": str(mnemonic)}:
                return cls(mnemonic, setups)
            case _:
                raise ValueError("not a seed file of a known version")

    def setup(self, chain: str) -> ChainSetup | None:
        """Find how a chain is configured."""
        return self._setups.get(chain)

    def private_key(self, chain: str, path: KeyPath) -> PrivateKey:
        """Derive the private key at a path of a configured chain."""
        return self._branches[chain, path.branch].child(path.index).key

    def public_keys(self) -> dict[str, object]:
        """Give the content of the public keys file: what the api may know."""
        accounts = {}
        for chain, setup in self._setups.items():
            version = XPUB_VERSION if setup.network is Network.MAIN else TPUB_VERSION
            accounts[chain] = AccountKey(setup, self._accounts[chain].public_text(version))
        return accounts_to_json(accounts)


def write_public_keys(path: Path, keystore: KeyStore) -> None:
    """Write the public keys file in one step, so that no reader sees half of it."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(keystore.public_keys(), indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
