"""Say how personal data is kept apart: sealed by person, found again by pseudonym."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID


class Privacy(Protocol):
    """Seal what is personal under each person's own key; pure computation, no network.

    A person's key is wrapped by the vault and stands beside his data; who destroys it erases him.
    """

    def index(self, purpose: str, text: str) -> str:
        """Return the keyed hash by which a text is found again and by nobody else guessed."""

    def new_key(self, owner: UUID) -> str:
        """Make a person's key, wrapped."""

    def seal(self, key: str, owner: UUID, fields: Mapping[str, str]) -> str:
        """Seal fields under a person's wrapped key."""

    def open(self, key: str, owner: UUID, sealed: str) -> dict[str, str]:
        """Return sealed fields; an empty text holds none.

        Raises:
            SealBrokenError: altered, or another person's.
            SealKeyUnknownError: the vault's key is not configured.
        """

    def seal_own(self, purpose: str, owner: UUID, fields: Mapping[str, str]) -> str:
        """Seal fields under the house's key, for what belongs to no known person yet."""

    def open_own(self, purpose: str, owner: UUID, sealed: str) -> dict[str, str]:
        """Return fields sealed under the house's key."""

    def token(self) -> str:
        """Make an unguessable name for a page or link."""

    def code(self) -> str:
        """Make a one-time code of six digits."""

    def salt(self, nbytes: int) -> bytes:
        """Draw so many random bytes."""
