"""Decide whether the keys are there, whole, and closed to everybody else."""

import json
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from cambist.adapters.chain_families.keys import accounts_from_json
from cambist.adapters.db.examining import SealedText
from cambist.adapters.keys import PUBLIC_FILE, SEED_FILE, VAULT_FILE
from cambist.adapters.vault.sealing import AesGcmVault, parse_keys
from cambist.bootstrap.examination import Check, doubt, fault, well
from cambist.ports.vault import SealBrokenError, SealKeyUnknownError
from cambist.settings import Mode, Settings

MAKE_KEYS = "run `cambist keys` where the signer runs, then hand public.json to the other hosts"


def examine_keys(settings: Settings, sealed: Sequence[SealedText]) -> Iterator[Check]:
    """Look at the folder of keys, the seed, the public keys and the vault."""
    folder = settings.keys_dir
    if not folder.is_dir():
        yield fault("keys", f"{folder} is missing", MAKE_KEYS)
    else:
        yield _closed("keys", folder, 0o700)
        yield _seed(settings, folder / SEED_FILE)
        yield _public(settings, folder / PUBLIC_FILE)
    yield from _vault(settings, sealed)


def _closed(name: str, path: Path, mode: int) -> Check:
    found = stat.S_IMODE(path.stat().st_mode)
    if found & 0o077:
        return fault(name, f"{path} has mode {found:04o}", f"chmod {mode:o} {path}")
    return well(name, f"{path} is closed to others")


def _seed(settings: Settings, path: Path) -> Check:
    live = settings.mode is Mode.LIVE
    if not path.exists():
        if live:
            return well("seed", "not on this host, as it should be away from the signer's")
        return fault("seed", f"{path} is missing", MAKE_KEYS)
    closed = _closed("seed", path, 0o600)
    if closed.advice or not live:
        return closed
    return doubt(
        "seed",
        f"{path} is on this host",
        "right where the signer runs; on any other host remove it: the api needs public keys only",
    )


def _public(settings: Settings, path: Path) -> Check:
    try:
        accounts = accounts_from_json(json.loads(path.read_text("utf-8")))
    except OSError as error:
        return fault("public keys", f"{path}: {type(error).__name__}", MAKE_KEYS)
    except ValueError:
        return fault("public keys", f"{path} is not such a file", MAKE_KEYS)
    wrong = sorted(
        chain
        for chain, node in settings.chains.items()
        if chain not in accounts or accounts[chain].setup != node.setup(chain)
    )
    if wrong:
        found = f"missing or for another network: {', '.join(wrong)}"
        return fault("public keys", found, MAKE_KEYS)
    return well("public keys", f"{len(accounts)} chains")


def _vault(settings: Settings, sealed: Sequence[SealedText]) -> Iterator[Check]:
    text = settings.vault_keys.get_secret_value()
    if not text:
        path = settings.keys_dir / VAULT_FILE
        if not path.exists():
            advice = "start `cambist up` once, or set CAMBIST_VAULT_KEYS"
            yield fault("vault", "no key to seal secrets with", advice)
            return
        yield _closed("vault key", path, 0o600)
        text = path.read_text("ascii", errors="replace")
    try:
        active, keys = parse_keys(text)
    except ValueError as error:
        yield fault("vault", str(error), "CAMBIST_VAULT_KEYS is `id:base64 of 32 bytes`, by commas")
        return
    yield _opened(AesGcmVault(keys, active), sealed)


def _opened(vault: AesGcmVault, sealed: Sequence[SealedText]) -> Check:
    for text in sealed:
        try:
            vault.open(text.sealed, text.purpose, text.owner)
        except SealKeyUnknownError:
            advice = "put the old key back into CAMBIST_VAULT_KEYS, behind the active one"
            return fault("vault", f"the key of a stored {text.purpose} is not set", advice)
        except SealBrokenError:
            advice = "this key has the id of another one: find the key the secrets were sealed with"
            return fault("vault", f"a stored {text.purpose} does not open", advice)
    old = sum(not vault.is_current(text.sealed) for text in sealed)
    if old:
        return doubt("vault", "opens what is stored, by an old key", "keep the old key for now")
    return well("vault", f"opens what is stored ({len(sealed)} tried)")
