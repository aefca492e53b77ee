"""Prove that sinks keep what anybody sends, fail as told, and that the page shows no secret."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.sandbox.rig import Rig, open_rig, violations

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("var")
    async with open_rig(database_url, folder, is_watched=False) as opened:
        yield opened


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_a_sink_keeps_whatever_anybody_sends(rig: Rig, method: str) -> None:
    path, body = f"/sink/any-{method.lower()}", b'\xff{"a": 1}\r\n'
    answer = await rig.stranger.request(
        method, f"{path}?x=%20y", content=body, headers={"X-Sign": "abc", "content-type": "a/b"}
    )
    assert (answer.status_code, answer.json()) == (200, {"received": 1})
    [kept] = await rig.get(f"{path}/received")
    assert (kept["number"], kept["method"], kept["query"]) == (1, method, "x=%20y")
    assert kept["headers"]["x-sign"] == "abc"
    assert kept["body"] is None
    assert base64.b64decode(kept["body_base64"]) == body


async def test_a_sink_shows_text_as_it_came(rig: Rig) -> None:
    await rig.stranger.post("/sink/text", content='{"a":  "ž"}'.encode())
    await rig.stranger.head("/sink/text")
    first, second = await rig.get("/sink/text/received")
    assert first["body"] == '{"a":  "ž"}'
    assert (second["method"], second["body"]) == ("HEAD", "")


async def test_a_sink_fails_as_told_and_no_longer(rig: Rig) -> None:
    await rig.post("/sink/flaky/behave", status=503, times=2)
    statuses = [(await rig.stranger.post("/sink/flaky")).status_code for _ in range(4)]
    assert statuses == [503, 503, 200, 200]
    assert [r["status"] for r in await rig.get("/sink/flaky/received")] == statuses
    await rig.post("/sink/flaky/behave", status=204, times=9)
    answer = await rig.stranger.post("/sink/flaky")
    assert (answer.status_code, answer.content) == (204, b"")
    await rig.post("/sink/flaky/behave", status=500, times=0)
    assert (await rig.stranger.post("/sink/flaky")).status_code == 200


async def test_sinks_do_not_mix(rig: Rig) -> None:
    await rig.stranger.post("/sink/one", content=b"1")
    assert await rig.get("/sink/nobody-wrote/received") == []
    assert [r["body"] for r in await rig.get("/sink/one/received")] == ["1"]


@pytest.mark.parametrize("name", ["UPPER", "a b", "-a", "a" * 65, "%0a"])
async def test_a_sink_has_a_plain_name(rig: Rig, name: str) -> None:
    assert (await rig.stranger.post(f"/sink/{name}")).status_code == 404


async def test_a_sink_takes_no_more_than_64_kb(rig: Rig) -> None:
    answer = await rig.stranger.post("/sink/big", content=b"x" * 65_537)
    assert answer.status_code == 413
    assert await rig.get("/sink/big/received") == []
    assert (await rig.stranger.post("/sink/big", content=b"x" * 65_536)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"status": 199}, {"status": 600}, {"times": -1}, {"times": "1"}]
)
async def test_a_sink_cannot_be_told_nonsense(rig: Rig, change: dict[str, Any]) -> None:
    problem = await rig.post("/sink/demo/behave", 400, **{"status": 500, "times": 1, **change})
    assert violations(problem) == set(change)


@pytest.mark.parametrize("path", ["/sandbox/", "/sandbox"])
async def test_the_page_shows_what_is_here_and_hides_the_token(rig: Rig, path: str) -> None:
    await rig.stranger.post("/sink/evil", content=b"<script>alert(1)</script>")
    root = rig.services.public_url
    answer = await rig.stranger.get(f"{root}{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert f"{root}/payment-page?integrationId={rig.access.integration_id}&amp;" in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>alert" not in answer.text
    for secret in (rig.access.token, rig.access.api_key, rig.access.other_api_key):
        assert secret not in answer.text


@pytest.mark.parametrize("path", ["/mail", "/static/sandbox.css", "/static/look.css"])
async def test_the_page_has_what_it_links_to(rig: Rig, path: str) -> None:
    answer = await rig.stranger.get(f"{rig.services.public_url}/sandbox{path}")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
