"""Decide where a customer's id ends in a path: at the first slash as it was sent.

Servers decode a path before it is routed, and a client's ids may hold slashes, blanks, anything.
"""

import re
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

_SEGMENT = re.compile(rb"/customers/([!-.0-~]{1,2048})/orders/?\Z")
_TAIL = "/customers/"
_ASKED = "cambist.path"


def with_written_ids(app: ASGIApp, base: str) -> ASGIApp:
    """Wrap the application so that customers' ids reach it percent-encoded, as they were sent."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"].startswith(base + _TAIL):
            _route_as_written(scope, base)
        await app(scope, receive, send)

    return call


def _route_as_written(scope: Any, base: str) -> None:
    found = _SEGMENT.search(scope["raw_path"])
    if found is not None:
        scope[_ASKED] = scope["path"]
        scope["path"] = f"{base}{_TAIL}{found[1].decode('ascii')}/orders"


def restore_path(scope: Any) -> None:
    """Put the decoded path back once a request is routed; refusals name it."""
    scope["path"] = scope.get(_ASKED, scope["path"])
