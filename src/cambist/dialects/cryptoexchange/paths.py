"""Decide where a customer's id ends in a path: at the first slash as it was sent.

Servers decode a path before it is routed, and a client's ids may hold slashes, blanks, anything.
"""

import re
from typing import Any
from urllib.parse import quote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from cambist.http.problem_json import PATH_CHARACTERS

_SEGMENT = re.compile(rb"/customers/([^/]+)/orders/?\Z")
_TAIL = "/customers/"


def with_written_ids(app: ASGIApp, base: str) -> ASGIApp:
    """Wrap the application so that customers' ids reach it percent-encoded, to be decoded once."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"].startswith(base + _TAIL):
            _route_as_written(scope, base)
        await app(scope, receive, send)

    return call


def _route_as_written(scope: Any, base: str) -> None:
    found = _SEGMENT.search(scope["raw_path"])
    if found is not None:
        # What clients left as it is gets encoded here; some servers let it pass.
        scope["path"] = f"{base}{_TAIL}{quote(found[1], PATH_CHARACTERS)}/orders"
