"""Show that a flow id comes back as it was sent, or not at all."""

from typing import Any

import httpx2
import pytest
from litestar import Litestar, get

from cambist.http.flow import echoed


@get("/")
async def answer() -> str:
    """Answer."""
    return "yes"


async def flow_of(sent: dict[str, str], path: str = "/") -> str | None:
    """Ask, and read the flow id of the answer."""
    application: Any = echoed(Litestar([answer], openapi_config=None, logging_config=None))
    transport = httpx2.ASGITransport(application)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x.example") as client:
        found: str | None = (await client.get(path, headers=sent)).headers.get("x-flow-id")
    return found


@pytest.mark.parametrize("path", ["/", "/nothing"])
async def test_a_flow_id_comes_back_with_every_answer(path: str) -> None:
    assert await flow_of({"X-Flow-ID": "GKY7oDhpSi-KsYA"}, path) == "GKY7oDhpSi-KsYA"


@pytest.mark.parametrize("sent", [{}, {"X-Flow-ID": ""}, {"X-Flow-ID": "a b"},
    {"X-Flow-ID": "x" * 129}, {"X-Flow-ID": "<script>"}])  # fmt: skip
async def test_one_that_is_not_fair_is_left_out(sent: dict[str, str]) -> None:
    assert await flow_of(sent) is None
