"""Say how secrets are kept and where randomness comes from."""

from typing import Protocol
from uuid import UUID


class SealBrokenError(Exception):
    """The sealed text was altered, or belongs to another purpose or owner."""


class SealKeyUnknownError(Exception):
    """The key-encryption key a secret was sealed with is not configured."""


class VaultPort(Protocol):
    """Seal secrets at rest; the key-encryption keys live outside the database."""

    def seal(self, secret: bytes, purpose: str, owner: UUID) -> str:
        """Seal a secret for one purpose (`api-key`, `callback-secret`) of one owner."""

    def open(self, sealed: str, purpose: str, owner: UUID) -> bytes:
        """Return the secret of a sealed text.

        Raises:
            SealBrokenError: altered, or sealed for another purpose or owner.
            SealKeyUnknownError: its key is not configured.
        """

    def is_current(self, sealed: str) -> bool:
        """Tell whether a text is sealed with the active key, so needs no sealing anew."""


class EntropyPort(Protocol):
    """Give randomness that nobody can guess."""

    def new_id(self) -> UUID:
        """Make a version 7 UUID greater than every one made before by this process."""

    def api_key(self) -> str:
        """Make an API key: five groups of six lower-case hex digits joined by `-`."""

    def token(self, nbytes: int) -> str:
        """Make a URL-safe token of so many random bytes."""

    def jitter(self, limit: int) -> int:
        """Draw a whole number from 0 up to but not including `limit`."""
