"""Decide what becomes of documents whose upload died: kept when described, else deleted."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from cambist.ports.documents import DocumentStore

SWEPT_MAX = 100


class Described(Protocol):
    """Know which documents are described."""

    async def attached(self, documents: Sequence[UUID]) -> set[UUID]:
        """Pick the documents that are described, whoever uploaded them."""


class DocumentSweep:
    """Settle documents that were announced and never settled. Any number may run at once."""

    def __init__(self, store: DocumentStore, described: Described) -> None:
        self._store, self._described = store, described

    async def run_once(self) -> int:
        """Settle at most SWEPT_MAX documents; return how many.

        Raises:
            DocumentStoreUnavailableError, StoreUnavailableError: they are settled later.
        """
        left = await self._store.unsettled(SWEPT_MAX)
        if not left:
            return 0
        attached = await self._described.attached(left)
        for document in left:
            if document not in attached:
                await self._store.delete(document)
            await self._store.settle(document)
        return len(left)
