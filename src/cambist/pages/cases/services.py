"""Decide what the pages about orders need from bootstrap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cambist.domain.identity.documents import Document
from cambist.http.services import Commands
from cambist.http.uploading import Upload
from cambist.kernel.ids import OrderId
from cambist.ports.trades import TradeQueries


class VisitQueries(Protocol):
    """Read what only whoever was written to may see, beside the trade itself."""

    async def order_of_link(self, token: str) -> OrderId | None:
        """Find the order a link was made for, used and old ones too."""

    async def documents(self, order_id: OrderId) -> Sequence[Document]:
        """List the documents sent for an order, oldest first."""

    async def phone_end(self, order_id: OrderId) -> str:
        """Give the last three digits of the number codes go to, empty when none is known."""


class Intake(Protocol):
    """Take documents in; `http.uploading.Uploads` does."""

    async def take(self, upload: Upload) -> object:
        """Keep a document for a case.

        Raises:
            DomainError: DOCUMENT_INVALID, CASE_NOT_OPEN, LIMIT_EXCEEDED, OVERLOADED.
        """


@dataclass(frozen=True, slots=True)
class CaseServices:
    """Hold what the pages work with.

    `base_url` is the platform's root as browsers know it, without a slash at its end; `country`
    is whose law the declaration of funds follows, None for the first one there is.
    """

    bus: Commands
    trades: TradeQueries
    visits: VisitQueries
    uploads: Intake
    now: Callable[[], datetime]
    new_token: Callable[[], str]
    monotonic_ns: Callable[[], int]
    base_url: str
    country: str | None = None
    is_sandbox: bool = False

    @property
    def secure(self) -> bool:
        """Tell whether browsers come over https."""
        return self.base_url.startswith("https://")
