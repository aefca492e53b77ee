"""Decide where a sandbox's keys come from: made once, kept in files only their owner reads."""

import base64
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cambist.adapters.chain_families.networks import ChainSetup
from cambist.adapters.vault.sealing import AesGcmVault, generate_key, parse_keys

SEED_FILE = "seed.json"
PUBLIC_FILE = "public.json"
VAULT_FILE = "vault.key"
INDEX_FILE = "index.key"
SIGNER_LOG = "signer.log"


def prepare_signing_keys(folder: Path, setups: Iterable[ChainSetup]) -> None:
    """Make the seed when there is none, and write the public keys of the chains set up."""
    from cambist.adapters.signing.keystore import KeyStore, create_seed, write_public_keys

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = folder / SEED_FILE
    if not seed.exists():
        create_seed(seed)
    write_public_keys(folder / PUBLIC_FILE, KeyStore.load(seed, setups))


def open_vault(setting: str, folder: Path) -> AesGcmVault:
    """Open the vault with the keys set, or (sandbox) with one made once and kept in a file."""
    if not setting:
        setting = _sandbox_key(folder)
    active, keys = parse_keys(setting)
    return AesGcmVault(keys, active)


def open_index_key(setting: str, folder: Path) -> bytes:
    """Read the key pseudonyms are made with (base64), or (sandbox) one made once and kept.

    Raises:
        ValueError: not base64.
    """
    text = setting or _kept(folder, INDEX_FILE, "")
    return base64.b64decode(text, validate=True)


def _sandbox_key(folder: Path) -> str:
    return _kept(folder, VAULT_FILE, "sandbox:")


def _kept(folder: Path, name: str, prefix: str) -> str:
    """Read a key file, made at first with a fresh key."""
    path = folder / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _keep(path, f"{prefix}{generate_key()}")
    return path.read_text("ascii")


def _keep(path: Path, text: str) -> None:
    """Make a file, whole and on the disk before anything is sealed; the first process wins."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(fresh, "x", encoding="ascii", opener=_private) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
