"""Decide how tests talk to an application in this process: over its ASGI, with a key."""

from typing import Any, cast

import httpx2
from litestar.types import ASGIApp


def talk(app: ASGIApp, address: str, key: str) -> httpx2.AsyncClient:
    """Make a client of an application at an address, to be entered; it sends the key always."""
    # Clients type applications by the ASGI specification's dictionaries, Litestar by its own.
    transport = httpx2.ASGITransport(cast("Any", app))
    return httpx2.AsyncClient(transport=transport, base_url=address, headers={"X-API-Key": key})
