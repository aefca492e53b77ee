"""Decide how a document comes in: made harmless, sealed and stored, then attached to its case."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from cambist.app.customers.attach_document import AttachDocument
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.documents import DocumentKind
from cambist.http.services import Commands
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.documents import (
    CleanDocument,
    DocumentIntake,
    DocumentIntakeUnavailableError,
    DocumentRefusedError,
    DocumentStore,
    DocumentStoreUnavailableError,
)

FILE = "file"
"""The field a refusal points at."""


class DocumentKeys(Protocol):
    """Derive documents' keys from their owners'."""

    async def document_key(self, order_id: OrderId, document_id: UUID) -> bytes:
        """Derive the 32 bytes a document of an order's customer is sealed under.

        Raises:
            DomainError: NOT_FOUND for an unknown order or an erased customer.
        """


@dataclass(frozen=True, slots=True)
class Upload:
    """Carry a file as it was sent, for a case; `partner_id` None is for pages and staff."""

    order_id: OrderId
    partner_id: PartnerId | None
    case: CaseKind
    kind: DocumentKind
    content: bytes
    claimed_type: str | None


class Uploads:
    """Take documents in."""

    def __init__(
        self,
        bus: Commands,
        intake: DocumentIntake,
        store: DocumentStore,
        keys: DocumentKeys,
        new_id: Callable[[], UUID],
    ) -> None:
        self._bus, self._intake, self._store = bus, intake, store
        self._keys, self._new_id = keys, new_id

    async def take(self, upload: Upload) -> UUID:
        """Keep a document and describe it in the case; the caller has seen that the case is open.

        What is stored and then not attached is removed again: here, or by a worker later, when
        the process dies in between or nobody knows whether it was attached.

        Raises:
            DomainError: DOCUMENT_INVALID with the `reason`, a DocumentRefusal; NOT_FOUND,
                CASE_NOT_OPEN, LIMIT_EXCEEDED; OVERLOADED when the same may be sent again later.
        """
        clean = await self._clean(upload)
        document = self._new_id()
        key = await self._keys.document_key(upload.order_id, document)
        await self._put(document, clean.content, key)
        command = _attaching(upload, document, clean)
        try:
            await self._bus.execute(command)
        except DomainError as refusal:
            if refusal.code is not ErrorCode.UNKNOWN_OUTCOME:
                await self._drop(document)
            raise
        with suppress(DocumentStoreUnavailableError):
            await self._store.settle(document)
        return document

    async def examine(self, upload: Upload) -> AttachDocument:
        """Do with a document what `take` does but keeping it; tell how it would be attached.

        Raises:
            DomainError: DOCUMENT_INVALID with the `reason`, OVERLOADED.
        """
        return _attaching(upload, self._new_id(), await self._clean(upload))

    async def _clean(self, upload: Upload) -> CleanDocument:
        try:
            return await self._intake.take(upload.content, upload.claimed_type)
        except DocumentRefusedError as refused:
            reason = refused.reason.value
            raise DomainError(ErrorCode.DOCUMENT_INVALID, field=FILE, reason=reason) from None
        except DocumentIntakeUnavailableError:
            raise DomainError(ErrorCode.OVERLOADED) from None

    async def _put(self, document: UUID, content: bytes, key: bytes) -> None:
        try:
            await self._store.announce(document)
            await self._store.put(document, content, key)
        except DocumentStoreUnavailableError:
            raise DomainError(ErrorCode.OVERLOADED) from None

    async def _drop(self, document: UUID) -> None:
        with suppress(DocumentStoreUnavailableError):
            await self._store.delete(document)
            await self._store.settle(document)


def _attaching(upload: Upload, document: UUID, clean: CleanDocument) -> AttachDocument:
    return AttachDocument(
        order_id=upload.order_id,
        partner_id=upload.partner_id,
        document_id=document,
        case=upload.case,
        kind=upload.kind,
        media_type=clean.media_type.value,
        size=len(clean.content),
        sha256=hashlib.sha256(clean.content).hexdigest(),
    )
