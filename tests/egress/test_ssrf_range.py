"""Send the client through the range: no hostile URL or name may touch a canary."""

from collections.abc import AsyncIterator
from typing import Protocol

import httpx2
import pytest

from cambist.adapters.egress import client as client_module
from cambist.adapters.egress.client import EgressClient, EgressPolicy
from cambist.adapters.egress.urls import PORTS
from cambist.ports.egress import EgressFailedError, EgressRefusedError, RefusalReason
from tests.egress.canaries import Canaries, canaries
from tests.egress.endpoints import answering, authority, endpoint
from tests.egress.hostile import HOSTILE, LIES, PUBLIC, LyingResolver
from tests.egress.planted import (
    CheckThenConnect,
    FencedTransport,
    FirstAddressOnly,
    FollowingClient,
    PlainClient,
)

NAME = "shop.attacker.example"
PATIENCE_S = 120.0


class WrongClient(Protocol):
    """Say what a planted client can do."""

    async def post(self, url: str) -> None:
        """Post, and shrug errors off."""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give endpoints all the time a slow machine takes to connect."""
    monkeypatch.setattr(client_module, "CONNECT_S", PATIENCE_S)


@pytest.fixture
async def listening() -> AsyncIterator[Canaries]:
    """Run the canaries."""
    async with canaries() as running:
        yield running


def aimed(form: str, listening: Canaries) -> str:
    return form.replace("{p}", str(listening.port)).replace("{u}", listening.socket_path)


def fenced(listening: Canaries, outward: list[httpx2.Request]) -> EgressClient:
    return EgressClient(
        EgressPolicy(ports=PORTS | {listening.port}, deadline_s=PATIENCE_S),
        resolver=LyingResolver(),
        transport=lambda: FencedTransport(outward),
    )


def test_the_range_is_wide_enough() -> None:
    assert len(set(HOSTILE)) >= 90
    assert set(LIES) == {
        form.split("//")[1].split(":")[0] for form in HOSTILE if "attacker" in form
    }


@pytest.mark.parametrize("form", HOSTILE)
async def test_no_hostile_url_reaches_the_inside(form: str, listening: Canaries) -> None:
    outward: list[httpx2.Request] = []
    client = fenced(listening, outward)
    for _ in range(2):
        with pytest.raises((EgressRefusedError, EgressFailedError)):
            await client.post(aimed(form, listening), {}, b"{}")
        with pytest.raises((EgressRefusedError, EgressFailedError)):
            await client.get(aimed(form, listening), {})
    await client.close()
    assert await listening.hits() == 0
    assert not outward or form == "https://rebind.attacker.example:{p}/"


async def test_a_name_is_resolved_once_and_connected_to_as_checked(listening: Canaries) -> None:
    outward: list[httpx2.Request] = []
    client, host = fenced(listening, outward), "rebind.attacker.example"
    with pytest.raises(EgressFailedError):
        await client.post(f"https://{host}:{listening.port}/a?b=c", {}, b"{}")
    (request,) = outward
    assert str(request.url) == f"https://{PUBLIC}:{listening.port}/a?b=c"
    assert request.headers["host"] == f"{host}:{listening.port}"
    assert request.extensions["sni_hostname"] == host
    # The second answer is an inside one, and refused as such.
    with pytest.raises(EgressRefusedError) as refused:
        await client.post(f"https://{host}:{listening.port}/", {}, b"{}")
    assert refused.value.reason is RefusalReason.ADDRESS
    assert await listening.hits() == 0


async def shoot(client: WrongClient, listening: Canaries) -> set[str]:
    """Fire every form at a client and return those that hit a canary."""
    hit, before = set(), 0
    for form in HOSTILE:
        await client.post(aimed(form, listening))
        after = await listening.hits()
        if after > before:
            hit.add(form)
        before = after
    return hit


async def test_the_range_catches_a_plain_client(listening: Canaries) -> None:
    hit = await shoot(PlainClient(), listening)
    assert {"https://127.0.0.1:{p}/", "http://127.0.0.1:{p}/", "https://localhost:{p}/"} <= hit
    assert {"https://0x7f.1:{p}/", "https://shop.example@127.0.0.1:{p}/"} <= hit
    assert len(hit) >= 15


async def test_the_range_catches_a_client_that_resolves_twice(listening: Canaries) -> None:
    assert await shoot(CheckThenConnect(), listening) == {"https://rebind.attacker.example:{p}/"}


async def test_the_range_catches_a_client_that_checks_one_address(listening: Canaries) -> None:
    assert "https://second.attacker.example:{p}/" in await shoot(FirstAddressOnly(), listening)


def trusting(port: int) -> EgressClient:
    return EgressClient(
        EgressPolicy(allowed_origins=frozenset({f"https://{NAME}:{port}"}), deadline_s=PATIENCE_S),
        resolver=LyingResolver({NAME: (("127.0.0.1",),)}),
        ssl_context=authority(NAME).client_context(),
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_not_followed(status: int, listening: Canaries) -> None:
    inward = answering(status, f"location: http://127.0.0.1:{listening.port}/")
    async with endpoint(inward, NAME) as shop:
        client = trusting(shop.port)
        answer = await client.post(f"https://{NAME}:{shop.port}/", {}, b"{}")
        await client.close()
        assert (answer.status, shop.connections) == (status, 1)
        assert await listening.hits() == 0


async def test_the_range_catches_a_client_that_follows(listening: Canaries) -> None:
    inward = answering(307, f"location: http://127.0.0.1:{listening.port}/")
    async with endpoint(inward, None) as shop:
        await FollowingClient().post(f"http://127.0.0.1:{shop.port}/")
    assert await listening.hits() == 1


async def test_a_redirect_loop_is_one_request() -> None:
    async with endpoint(answering(302, "location: /"), NAME) as shop:
        client = trusting(shop.port)
        answer = await client.get(f"https://{NAME}:{shop.port}/", {})
        await client.close()
        assert (answer.status, shop.connections) == (302, 1)


async def test_proxy_settings_of_the_environment_do_not_count(
    listening: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listening.port}")
    async with endpoint(answering(200), NAME) as shop:
        client = trusting(shop.port)
        answer = await client.post(f"https://{NAME}:{shop.port}/", {}, b"{}")
        await client.close()
        assert (answer.status, shop.connections) == (200, 1)
        assert await listening.hits() == 0
    async with httpx2.AsyncClient() as plain:
        with pytest.raises(httpx2.HTTPError):
            await plain.get("https://shop.example/")
    assert await listening.hits() == 1
