"""Decide what one command has written so far, and how it sees what the batch knows."""

from typing import Any

from cambist.bus.identity import IdentityMap, key_of
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.store import Kind, Writes

CHANGES_MAX = 20_000


class Changes:
    """Collect what one command writes, over what the batch knows."""

    def __init__(self, known: IdentityMap) -> None:
        self.known = known
        self.items: dict[Kind, dict[Any, Any]] = {}
        self.added: set[tuple[Kind, Any]] = set()
        self.writes = Writes()
        self.count = 0

    def get(self, kind: Kind, key: Any) -> Any:
        """Read an aggregate as this command sees it."""
        own = self.items.get(kind)
        if own is not None and key in own:
            return own[key]
        return self.known.get(kind, key)

    def put(self, kind: Kind, item: Any, *, added: bool) -> None:
        """Write an aggregate.

        Raises:
            DomainError: LIMIT_EXCEEDED when one command writes more than CHANGES_MAX.
        """
        key = key_of(kind, item)
        self.items.setdefault(kind, {})[key] = item
        if added:
            self.added.add((kind, key))
        self.count += 1
        if self.count > CHANGES_MAX:
            raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=CHANGES_MAX)

    def where(self, kind: Kind, field: str, value: Any) -> list[Any]:
        """List aggregates by a field as this command sees them."""
        own = self.items.get(kind, {})
        found = {key_of(kind, item): item for item in self.known.where(kind, field, value)}
        found.update(own)
        return [item for item in found.values() if getattr(item, field) == value]
