"""Decide how lists are cut into pages, and how a page or the place of the next is described."""

import base64
from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from cambist.kernel.ids import OrderId
from cambist.ports.queries import Page

PAGE_MAX = 1_000_000
QUANTITY_MAX = 100
QUANTITY_DEFAULT = 20
CURSOR_PATTERN = "^[A-Za-z0-9_-]{22}$"
"""An order's id, as callers need not read it; it means something among their own orders only."""

T = TypeVar("T")

PageNumber = Annotated[
    int, QueryParameter(ge=1, le=PAGE_MAX, description="Number of the page, from 1", required=False)
]
PageQuantity = Annotated[
    int, QueryParameter(ge=1, le=QUANTITY_MAX, description="Items a page", required=False)
]


class Pagination(msgspec.Struct, frozen=True, rename="camel"):
    """Where a page stands: items on it, items in all, its number, number of pages."""

    quantity: int
    total_quantity: int
    current_page: int
    pages: int


def pagination(page: Page[Any], current: int, quantity: int) -> Pagination:
    """Describe a page cut with `quantity` items; an empty list has one empty page."""
    pages = max(1, -(-page.total // quantity))
    return Pagination(len(page.items), page.total, current, pages)


def mapped(page: Page[T], to_wire: Callable[[T], Any]) -> list[Any]:
    """Map every item of a page."""
    return [to_wire(item) for item in page.items]


def cursor_of(order_id: OrderId) -> str:
    """Write where a list of orders goes on."""
    return base64.urlsafe_b64encode(order_id.bytes).decode("ascii").rstrip("=")


def order_at(cursor: str) -> OrderId:
    """Read where a list of orders goes on; the cursor has its form already."""
    return OrderId(UUID(bytes=base64.urlsafe_b64decode(f"{cursor}==")))
