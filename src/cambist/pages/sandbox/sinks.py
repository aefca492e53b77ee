"""Decide how sinks behave: take whatever anybody sends, keep it, answer as they were told."""

import re

from litestar import Response, get, post, route
from litestar.enums import HttpMethod, MediaType
from litestar.params import FromPath, JSONBody

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.sandbox.door import ControlRequest
from cambist.pages.sandbox.shown import Shown, received_shown
from cambist.pages.sandbox.wire import SINK_NAME, BehaveBody
from cambist.ports.sandbox import SinkRequest

ANY_METHOD = (
    HttpMethod.GET,
    HttpMethod.HEAD,
    HttpMethod.POST,
    HttpMethod.PUT,
    HttpMethod.PATCH,
    HttpMethod.DELETE,
    HttpMethod.OPTIONS,
)
QUERY_MAX = 2_000
BODILESS = frozenset({204, 205, 304})

_NAME = re.compile(SINK_NAME, re.ASCII)


@route("/sink/{name:str}", http_method=ANY_METHOD, status_code=200)
async def sink(request: ControlRequest, name: FromPath[str]) -> Response[bytes]:
    """Keep a request and answer as the sink was told to."""
    heard = SinkRequest(
        method=request.method,
        query=request.scope["query_string"].decode("latin-1")[:QUERY_MAX],
        headers=[(key.lower(), value) for key, value in request.headers.multi_items()],
        body=await request.body(),
    )
    kept = await request.services.world.receive(_checked(name), heard)
    says_nothing = kept.status in BODILESS or request.method == HttpMethod.HEAD
    body = b"" if says_nothing else b'{"received":%d}' % kept.number
    return Response(body, status_code=kept.status, media_type=MediaType.JSON)


@get("/sink/{name:str}/received")
async def received(request: ControlRequest, name: FromPath[str]) -> list[Shown]:
    """List what a sink keeps, the oldest first; one nobody wrote to keeps nothing."""
    return [received_shown(item) for item in await request.services.world.received(_checked(name))]


@post("/sink/{name:str}/behave", status_code=200)
async def behave(request: ControlRequest, name: FromPath[str], data: JSONBody[BehaveBody]) -> Shown:
    """Let a sink answer its next requests with a status."""
    await request.services.world.behave(_checked(name), data.status, data.times)
    return {"sink": name, "status": data.status, "times": data.times}


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DomainError(ErrorCode.NOT_FOUND, field="name")
    return name
