"""Decide how a secret is sealed: AES-256-GCM under a named key, bound to purpose and owner."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cambist.ports.vault import SealBrokenError, SealKeyUnknownError

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SECRET_BYTES_MAX = 65_536
FORM = "v1"

_KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


def generate_key() -> str:
    """Make a key-encryption key, in base64 as the setting wants it."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii")


def parse_keys(setting: str) -> tuple[str, dict[str, bytes]]:
    """Read `id:base64,id:base64`; the first id is the active one, the others only open.

    Raises:
        ValueError: a bad or repeated id, or a key that is not 32 bytes; never shows a key.
    """
    keys: dict[str, bytes] = {}
    for position, item in enumerate(setting.split(","), start=1):
        key_id, _, text = item.strip().partition(":")
        if not _KEY_ID.fullmatch(key_id) or key_id in keys:
            raise ValueError(f"vault key {position}: the id is malformed or repeated")
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            raise ValueError(f"vault key {position}: not base64") from None
        if len(key) != KEY_BYTES:
            raise ValueError(f"vault key {position}: {KEY_BYTES} bytes are needed")
        keys[key_id] = key
    return next(iter(keys)), keys


class AesGcmVault:
    """Seal as `v1.<key id>.<base64url of nonce, ciphertext and tag>`.

    Nonces are random 96-bit values, so one key should seal at most 2**32 secrets
    (NIST SP 800-38D section 8.3); rotate by putting a new key first in the setting.
    """

    def __init__(self, keys: Mapping[str, bytes], active: str) -> None:
        if active not in keys:
            raise ValueError("the active vault key is not among the keys")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._active = active

    def seal(self, secret: bytes, purpose: str, owner: UUID) -> str:
        """Seal a secret of at most SECRET_BYTES_MAX bytes under the active key."""
        if len(secret) > SECRET_BYTES_MAX:
            raise ValueError(f"a secret has at most {SECRET_BYTES_MAX} bytes")
        nonce = os.urandom(NONCE_BYTES)
        bound = _associated(self._active, purpose, owner)
        sealed = nonce + self._ciphers[self._active].encrypt(nonce, secret, bound)
        return f"{FORM}.{self._active}.{base64.urlsafe_b64encode(sealed).decode('ascii')}"

    def open(self, sealed: str, purpose: str, owner: UUID) -> bytes:
        """Return the secret of a sealed text.

        Raises:
            SealBrokenError: altered, or sealed for another purpose or owner.
            SealKeyUnknownError: its key is not configured.
        """
        key_id, packed = _unpack(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealKeyUnknownError(f"no vault key {key_id}")
        try:
            return cipher.decrypt(
                packed[:NONCE_BYTES], packed[NONCE_BYTES:], _associated(key_id, purpose, owner)
            )
        except InvalidTag:
            raise SealBrokenError("the seal does not match its purpose and owner") from None

    def is_current(self, sealed: str) -> bool:
        """Tell whether a text is sealed with the active key."""
        return _unpack(sealed)[0] == self._active


def _unpack(sealed: str) -> tuple[str, bytes]:
    form, _, rest = sealed.partition(".")
    key_id, _, text = rest.partition(".")
    if form != FORM or not _KEY_ID.fullmatch(key_id) or not text.isascii():
        raise SealBrokenError("not a sealed text")
    try:
        packed = base64.b64decode(text, altchars=b"-_", validate=True)
    except binascii.Error:
        raise SealBrokenError("not a sealed text") from None
    if len(packed) < NONCE_BYTES + TAG_BYTES:
        raise SealBrokenError("not a sealed text")
    return key_id, packed


def _associated(key_id: str, purpose: str, owner: UUID) -> bytes:
    if not _PURPOSE.fullmatch(purpose):
        raise ValueError("a purpose is a lower-case word")
    # Neither word can hold a blank, so the fields cannot run into each other.
    return f"cambist {FORM} {key_id} {purpose} ".encode("ascii") + owner.bytes
