"""Decide how lists are cut into pages and how a page is described."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar.params import QueryParameter

from cambist.ports.queries import Page

PAGE_MAX = 1_000_000
QUANTITY_MAX = 100
QUANTITY_DEFAULT = 20

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
