"""Decide who comes for which order: strict ids, a surface, a language; all else is not found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from cambist.kernel.ids import IntegrationId, OrderId
from cambist.pages.look.languages import language_of

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class Surface(StrEnum):
    """Tell where the page is shown: on its own, or in a frame of the shop."""

    PAGE = "payment-page"
    WIDGET = "iframe"


class Fields(Protocol):
    """Read repeated fields of a query or form."""

    def getall(self, key: str, default: Sequence[object]) -> Sequence[object]:
        """List the values of a field, or the default."""


class NoSuchVisitError(Exception):
    """The ids are missing, malformed or lead nowhere; a visitor cannot tell which."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Hold what a visitor asked for; `chosen` is the language when named in the address."""

    integration_id: IntegrationId
    order_id: OrderId
    surface: Surface
    language: str
    chosen: str | None

    def query(self, language: str | None = None, **extra: str) -> str:
        """Write the query that leads back to this visit."""
        named = language or self.chosen
        return urlencode({**dict(self.ids()), **({"lang": named} if named else {}), **extra})

    def ids(self) -> Sequence[tuple[str, str]]:
        """List the fields of an address that name the order."""
        return ("integrationId", str(self.integration_id)), ("orderId", str(self.order_id))


def visit_of(fields: Fields, headers: Mapping[str, str], surface: Surface | None) -> Visit:
    """Read a visit; without a surface of its own the address names it.

    Raises:
        NoSuchVisitError: an id is missing, repeated or no UUID.
    """
    asked = one(fields, "lang")
    language = language_of(asked, headers.get("accept-language", ""))
    named = Surface.WIDGET if one(fields, "surface") == Surface.WIDGET else Surface.PAGE
    return Visit(
        integration_id=IntegrationId(_uuid(one(fields, "integrationId"))),
        order_id=OrderId(_uuid(one(fields, "orderId"))),
        surface=surface or named,
        language=language,
        chosen=asked if asked == language else None,
    )


def one(fields: Fields, name: str) -> str | None:
    """Read a text field given exactly once."""
    values = fields.getall(name, [])
    value = values[0] if len(values) == 1 else None
    return value if isinstance(value, str) else None


def _uuid(text: str | None) -> UUID:
    if text is None or not _UUID.fullmatch(text):
        raise NoSuchVisitError
    return UUID(text)
