"""Decide how personal data is sealed: a key a person, wrapped by the vault; pseudonyms by HMAC."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cambist.ports.vault import SealBrokenError, VaultPort

PERSON_PURPOSE = "person"
TOKEN_BYTES = 24
CODE_DIGITS = 6
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32
INDEX_KEY_BYTES_MIN = 32


class VaultPrivacy:
    """Seal under per-person keys; `index_key` must stay the same for ever."""

    def __init__(self, vault: VaultPort, index_key: bytes) -> None:
        if len(index_key) < INDEX_KEY_BYTES_MIN:
            raise ValueError(f"the index key has at least {INDEX_KEY_BYTES_MIN} bytes")
        self._vault, self._index_key = vault, index_key

    def index(self, purpose: str, text: str) -> str:
        """Hash a text with HMAC-SHA-256, apart for each purpose."""
        return hmac.new(self._index_key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

    def new_key(self, owner: UUID) -> str:
        """Make a person's key, wrapped."""
        return self._vault.seal(os.urandom(KEY_BYTES), PERSON_PURPOSE, owner)

    def document_key(self, key: str, owner: UUID, document: UUID) -> bytes:
        """Derive the key of one document of a person's."""
        person = self._vault.open(key, PERSON_PURPOSE, owner)
        return hmac.new(person, b"document" + document.bytes, hashlib.sha256).digest()

    def seal(self, key: str, owner: UUID, fields: Mapping[str, str]) -> str:
        """Seal fields with AES-256-GCM, bound to their owner."""
        nonce = os.urandom(NONCE_BYTES)
        text = msgspec.json.encode(fields)
        sealed = nonce + self._cipher(key, owner).encrypt(nonce, text, owner.bytes)
        return base64.urlsafe_b64encode(sealed).decode("ascii")

    def open(self, key: str, owner: UUID, sealed: str) -> dict[str, str]:
        """Return sealed fields."""
        if not sealed:
            return {}
        packed = _unpack(sealed)
        nonce, rest = packed[:NONCE_BYTES], packed[NONCE_BYTES:]
        try:
            text = self._cipher(key, owner).decrypt(nonce, rest, owner.bytes)
        except InvalidTag:
            raise SealBrokenError("the seal does not match its owner") from None
        return msgspec.json.decode(text, type=dict[str, str])

    def seal_own(self, purpose: str, owner: UUID, fields: Mapping[str, str]) -> str:
        """Seal fields under the vault's own key."""
        return self._vault.seal(msgspec.json.encode(fields), purpose, owner)

    def open_own(self, purpose: str, owner: UUID, sealed: str) -> dict[str, str]:
        """Return fields sealed under the vault's own key."""
        return msgspec.json.decode(self._vault.open(sealed, purpose, owner), type=dict[str, str])

    def token(self) -> str:
        """Make an unguessable name of 192 random bits."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    def code(self) -> str:
        """Make a code of six digits."""
        return str(secrets.randbelow(10**CODE_DIGITS)).rjust(CODE_DIGITS, "0")

    def salt(self, nbytes: int) -> bytes:
        """Draw so many random bytes."""
        return os.urandom(nbytes)

    def _cipher(self, key: str, owner: UUID) -> AESGCM:
        return AESGCM(self._vault.open(key, PERSON_PURPOSE, owner))


def _unpack(sealed: str) -> bytes:
    """Read nonce, ciphertext and tag of a sealed text.

    Raises:
        SealBrokenError: it is none.
    """
    try:
        packed = base64.b64decode(sealed, altchars=b"-_", validate=True)
    except ValueError:
        raise SealBrokenError("not a sealed text") from None
    if len(packed) < NONCE_BYTES + TAG_BYTES:
        raise SealBrokenError("not a sealed text")
    return packed
