"""Decide what is known of a document a customer uploaded; its content lies elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cambist.kernel.ids import CustomerId, OrderId

DOCUMENTS_MAX = 20


class DocumentKind(StrEnum):
    """Name what a document is meant to prove."""

    ID_FRONT = "id-front"
    ID_BACK = "id-back"
    PASSPORT = "passport"
    SELFIE = "selfie"
    UTILITY_BILL = "utility-bill"
    FUNDS_ORIGIN = "funds-origin"


@dataclass(frozen=True, slots=True)
class Document:
    """Hold a cleaned document's description; `sha256` is of what is stored."""

    id: UUID
    customer_id: CustomerId
    order_id: OrderId
    kind: DocumentKind
    media_type: str
    size: int
    sha256: str
    created_at: datetime
