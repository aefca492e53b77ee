"""Attach a cleaned, stored document to the case it was uploaded for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.app.trading import customer_of, open_case_of, own_trade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.documents import DOCUMENTS_MAX, Document, DocumentKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class AttachDocument:
    """Describe what was stored."""

    order_id: OrderId
    partner_id: PartnerId | None
    document_id: UUID
    case: CaseKind
    kind: DocumentKind
    media_type: str
    size: int
    sha256: str


async def attach_document(command: AttachDocument, uow: UnitOfWork, now: datetime) -> UUID:
    """Keep the description while the case is the customer's to answer.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, LIMIT_EXCEEDED.
    """
    customer = await customer_of(uow, command.order_id, command.partner_id)
    order, _ = await own_trade(uow, command.order_id, command.partner_id)
    await open_case_of(uow, order, command.case)
    known = await uow.documents.where("customer_id", customer.id)
    if len(known) >= DOCUMENTS_MAX:
        raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=DOCUMENTS_MAX)
    uow.documents.add(
        Document(
            id=command.document_id,
            customer_id=customer.id,
            order_id=order.id,
            kind=command.kind,
            media_type=command.media_type,
            size=command.size,
            sha256=command.sha256,
            created_at=now,
        )
    )
    return command.document_id
