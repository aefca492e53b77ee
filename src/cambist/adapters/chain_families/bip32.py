"""Decide how keys derive from keys (BIP 32), over libsecp256k1."""

import hashlib
import hmac
from dataclasses import dataclass

from coincurve import PrivateKey, PublicKey

from cambist.adapters.chain_families.encoding import (
    base58check_decode,
    base58check_encode,
    hash160,
)

HARDENED = 1 << 31
XPUB_VERSION = bytes.fromhex("0488b21e")
TPUB_VERSION = bytes.fromhex("043587cf")
_XPUB_LENGTH = 78


@dataclass(frozen=True, slots=True)
class PublicNode:
    """Hold an extended public key: the point, its 33 bytes and the chain code."""

    point: PublicKey
    compressed: bytes
    chain_code: bytes

    @classmethod
    def parse(cls, xpub: str) -> "PublicNode":
        """Read an `xpub` or `tpub` text of an account key (depth 3).

        Raises:
            ValueError: not such a text.
        """
        data = base58check_decode(xpub)
        if data is None or len(data) != _XPUB_LENGTH:
            raise ValueError("not an extended public key")
        if data[:4] not in (XPUB_VERSION, TPUB_VERSION) or data[4] != 3:
            raise ValueError("not an account-level xpub or tpub")
        return cls(PublicKey(data[45:]), data[45:], data[13:45])

    def child(self, index: int) -> "PublicNode":
        """Derive the non-hardened child at an index.

        BIP 32 lets one index in 2^127 be invalid; libsecp256k1 raises ValueError for it.
        """
        point, compressed, chain_code = self._tweaked(index)
        return PublicNode(point, compressed, chain_code)

    def child_key(self, index: int) -> PublicKey:
        """Derive only the child's public key."""
        return self._tweaked(index)[0]

    def _tweaked(self, index: int) -> tuple[PublicKey, bytes, bytes]:
        if not 0 <= index < HARDENED:
            raise ValueError("only non-hardened children derive from a public key")
        data = self.compressed + index.to_bytes(4, "big")
        digest = hmac.digest(self.chain_code, data, "sha512")
        point = self.point.add(digest[:32])
        return point, point.format(), digest[32:]


@dataclass(frozen=True, slots=True, repr=False)
class PrivateNode:
    """Hold an extended private key; `repr` shows nothing of it."""

    key: PrivateKey
    chain_code: bytes
    depth: int
    parent_fingerprint: bytes
    index: int

    @classmethod
    def from_seed(cls, seed: bytes) -> "PrivateNode":
        """Make the master key of a BIP 39 seed."""
        digest = hmac.digest(b"Bitcoin seed", seed, hashlib.sha512)
        return cls(PrivateKey(digest[:32]), digest[32:], 0, b"\0\0\0\0", 0)

    def child(self, index: int) -> "PrivateNode":
        """Derive the child at an index; add HARDENED for a hardened one."""
        public = self.key.public_key.format()
        head = b"\0" + self.key.secret if index >= HARDENED else public
        digest = hmac.digest(self.chain_code, head + index.to_bytes(4, "big"), hashlib.sha512)
        key = self.key.add(digest[:32])
        return PrivateNode(key, digest[32:], self.depth + 1, hash160(public)[:4], index)

    def public_text(self, version: bytes = XPUB_VERSION) -> str:
        """Write the extended public key as text."""
        return base58check_encode(
            version
            + bytes([self.depth])
            + self.parent_fingerprint
            + self.index.to_bytes(4, "big")
            + self.chain_code
            + self.key.public_key.format()
        )
