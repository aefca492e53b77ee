"""Decide what a batch knows: each aggregate once, with the changes of its finished commands."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from cambist.ports.store import Kind

KEY_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.LEASE: ("name",),
    Kind.CURSOR: ("chain",),
    Kind.BLOCK: ("chain", "height"),
    Kind.TURNOVER: ("subject",),
    Kind.LINK: ("token_hash",),
    Kind.BUDGET: ("key", "window"),
    Kind.COUNTER: ("partner_id",),
    Kind.WALLET: ("chain",),
    Kind.ADDRESS: ("key",),
    Kind.CALLBACK_ATTEMPT: ("callback_id", "number"),
}

_KEYS: dict[Kind, Callable[[Any], Any]] = {
    kind: attrgetter(*KEY_FIELDS.get(kind, ("id",))) for kind in Kind
}

SEARCHED: dict[Kind, tuple[str, ...]] = {
    Kind.API_KEY: ("partner_id",),
    Kind.TRADE: ("reference", "number", "asked"),
    Kind.CASE: ("order_id",),
    Kind.DOCUMENT: ("order_id", "customer_id"),
    Kind.CODE: ("order_id",),
    Kind.BANK_PAYOUT: ("order_id",),
    Kind.PAYMENT: ("order_id", "block_hash"),
    Kind.HOLD: ("order_id",),
    Kind.COIN: ("pool", "holder", "spent_by"),
    Kind.WITHDRAWAL: ("txid",),
}
"""The fields aggregates may be looked up by, beside their key."""


def key_of(kind: Kind, item: Any) -> Any:
    """Read an aggregate's key."""
    return _KEYS[kind](item)


class IdentityMap:
    """Hold aggregates by kind and key; absent keys are remembered as None.

    What a finished command wrote stays; what was only read gives way to a later read.
    """

    def __init__(self) -> None:
        self._items: dict[Kind, dict[Any, Any]] = {kind: {} for kind in Kind}
        self._written: dict[Kind, set[Any]] = {kind: set() for kind in Kind}
        self._locked: set[tuple[Kind, Any]] = set()
        self._fresh: set[tuple[Kind, Any]] = set()
        self._searched: dict[tuple[Kind, str, Any], set[Any]] = {}

    def knows(self, kind: Kind, key: Any) -> bool:
        """Tell whether a key need not be read: written, locked, or read since the last lock."""
        named = (kind, key)
        return named in self._fresh or named in self._locked or key in self._written[kind]

    def knows_field(self, kind: Kind, field: str, value: Any) -> bool:
        """Tell whether a field's value was looked up since the last lock."""
        return (kind, field, value) in self._searched

    def get(self, kind: Kind, key: Any) -> Any:
        """Read an aggregate, None when it does not exist."""
        return self._items[kind].get(key)

    def put_locked(self, kind: Kind, keys: Iterable[Any], items: Iterable[Any]) -> None:
        """Take in what was locked; what was only read before must be read again.

        While the lock was waited for, others may have committed.
        """
        self._fresh.clear()
        self._searched.clear()
        locked = list(keys)
        self.put_loaded(kind, locked, items)
        self._locked.update((kind, key) for key in locked)

    def put_loaded(self, kind: Kind, keys: Iterable[Any], items: Iterable[Any]) -> None:
        """Take in what the database answered for keys."""
        found = {key_of(kind, item): item for item in items}
        for key in keys:
            self._take(kind, key, found.get(key))

    def put_found(self, kind: Kind, field: str, values: Iterable[Any], items: list[Any]) -> None:
        """Take in what the database answered for a field's values."""
        found: dict[Any, set[Any]] = {value: set() for value in values}
        read = attrgetter(field)
        for item in items:
            key = key_of(kind, item)
            found[read(item)].add(key)
            self._take(kind, key, item)
        for key in self._written[kind]:
            keys = found.get(read(self._items[kind][key]))
            if keys is not None:
                keys.add(key)
        for value, keys in found.items():
            self._searched[(kind, field, value)] = keys

    def put(self, kind: Kind, item: Any) -> None:
        """Take in what a finished command wrote."""
        key = key_of(kind, item)
        self._items[kind][key] = item
        self._written[kind].add(key)
        for field in SEARCHED.get(kind, ()):
            known = self._searched.get((kind, field, getattr(item, field)))
            if known is not None:
                known.add(key)

    def where(self, kind: Kind, field: str, value: Any) -> list[Any]:
        """List the aggregates with a field's value that was looked up before."""
        read = attrgetter(field)
        items = self._items[kind]
        found = (items[key] for key in self._searched[(kind, field, value)])
        return [item for item in found if item is not None and read(item) == value]

    def _take(self, kind: Kind, key: Any, item: Any) -> None:
        if key not in self._written[kind]:
            self._items[kind][key] = item
            self._fresh.add((kind, key))
