"""Say where new ids come from."""

from typing import Protocol
from uuid import UUID


class IdSource(Protocol):
    """Make ids; randomness and time live behind it."""

    def new_id(self) -> UUID:
        """Make a UUID of version 7."""
