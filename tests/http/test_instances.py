"""Show which occurrence a refusal names: the path that was called, as the caller wrote it."""

import json

import httpx2
import pytest

from cambist.http.problem_json import INSTANCE_MAX
from cambist.http.refusals import Refusal
from tests.dialects.cryptoexchange.exchange import BASE, KEY, World
from tests.http.test_problem_json import problems


@pytest.mark.parametrize(
    "path",
    [
        f"{BASE}/orders/1",
        f"{BASE}/nothing",
        f"{BASE}/customers/a%2Fb%20%C4%8D/orders",
        f"{BASE}/customers/{'%F0%9F%98%80' * 191}/orders",
    ],
)
async def test_an_instance_is_the_whole_path_as_it_was_called(path: str) -> None:
    transport = httpx2.ASGITransport(World().asgi)
    async with httpx2.AsyncClient(transport=transport, headers={"X-API-Key": KEY}) as client:
        response = await client.get(f"http://x.example{path}?limit=0")
    assert response.status_code >= 400
    assert response.json()["instance"] == path


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("/a%2fb", "/a%2fb"),
        ("/100%", "/100%25"),
        ("/%zz%4", "/%25zz%254"),
        ('/\u00ff<"', "/%FF%3C%22"),
        ("/" + "x" * INSTANCE_MAX, "/" + "x" * (INSTANCE_MAX - 1)),
    ],
)
def test_an_instance_is_a_reference_whatever_was_sent(sent: str, told: str) -> None:
    body = json.loads(problems().render(Refusal(404, "not-found", "No.", instance=sent)))
    assert body["instance"] == told
