"""Put the client before endpoints that behave badly: each ends in a named failure, bounded."""

import asyncio
import gzip
import ssl
from collections.abc import Mapping

import httpx2
import pytest

from cambist.adapters.egress import client as client_module
from cambist.adapters.egress.client import (
    ANSWER_BYTES_MAX,
    EXCERPT_CHARS_MAX,
    EgressClient,
    EgressPolicy,
)
from cambist.adapters.egress.lanes import LaneLimits
from cambist.adapters.egress.resolver import SystemResolver
from cambist.ports.egress import (
    EgressBusyError,
    EgressFailedError,
    EgressPort,
    EgressRefusedError,
    FailureReason,
    RefusalReason,
)
from tests.egress.endpoints import (
    Behaviour,
    Endpoint,
    answering,
    authority,
    endpoint,
    pouring,
    sending,
    tarpit,
)
from tests.egress.hostile import LyingResolver
from tests.ports import closed_port

NAME = "shop.attacker.example"
OK = b"HTTP/1.1 200 OK\r\n"
PATIENCE_S = 120.0
BOMB = gzip.compress(bytes(20_000_000))


def client_for(
    shop: Endpoint,
    *,
    deadline_s: float = PATIENCE_S,
    lanes: LaneLimits | None = None,
    trust: ssl.SSLContext | None = None,
    addresses: tuple[str, ...] = ("127.0.0.1",),
) -> EgressClient:
    return EgressClient(
        EgressPolicy(
            allowed_origins=frozenset({url(shop), f"http://127.0.0.1:{shop.port}"}),
            deadline_s=deadline_s,
            lanes=lanes or LaneLimits(),
        ),
        resolver=LyingResolver({NAME: (addresses,)}),
        ssl_context=trust or authority(NAME).client_context(),
    )


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give endpoints all the time a slow machine takes to connect."""
    monkeypatch.setattr(client_module, "CONNECT_S", PATIENCE_S)


def url(shop: Endpoint) -> str:
    return f"https://{NAME}:{shop.port}"


async def failure(behaviour: Behaviour, deadline_s: float = PATIENCE_S) -> FailureReason:
    """Meet a behaviour once and name what comes of it."""
    async with endpoint(behaviour) as shop:
        client: EgressPort = client_for(shop, deadline_s=deadline_s)
        with pytest.raises(EgressFailedError) as failed:
            await client.post(url(shop), {}, b"{}")
        await client.close()
        return failed.value.reason


async def test_a_callback_arrives_as_sent() -> None:
    async with endpoint(answering(201, "retry-after: 7", body=b"thanks")) as shop:
        client = client_for(shop)
        body = '{"note":"ž"}'.encode()
        sent = {"content-type": "application/json", "API-Notification-Sign": "ab"}
        answer = await client.post(f"{url(shop)}/a/b?c=%20d", sent, body)
        await client.close()
    assert (answer.status, answer.body_excerpt, answer.retry_after) == (201, "thanks", "7")
    assert answer.duration_ms >= 0
    assert shop.bodies == [body]
    assert shop.server_names == [NAME]
    request, *lines = shop.heads[0].rstrip().split("\r\n")
    assert request == "POST /a/b?c=%20d HTTP/1.1"
    assert {line.lower() for line in lines} == {
        f"host: {NAME}:{shop.port}",
        "user-agent: cambist/1",
        "content-type: application/json",
        "api-notification-sign: ab",
        "accept-encoding: identity",
        "connection: close",
        f"content-length: {len(body)}",
    }


async def test_a_document_is_fetched_as_bytes() -> None:
    async with endpoint(answering(200, body=b"\x00\xff")) as shop:
        client = client_for(shop)
        document = await client.get(url(shop), {"accept": "application/json"})
        await client.close()
    assert (document.status, document.body) == (200, b"\x00\xff")
    assert shop.heads[0].startswith("GET / HTTP/1.1\r\n")


async def test_the_sandbox_origin_may_be_http_on_loopback() -> None:
    async with endpoint(answering(200), None) as sink:
        client = client_for(sink)
        answer = await client.post(f"http://127.0.0.1:{sink.port}/sink/a", {}, b"{}")
        with pytest.raises(EgressRefusedError):
            await client.post(f"http://127.0.0.2:{sink.port}/sink/a", {}, b"{}")
        await client.close()
    assert (answer.status, sink.connections) == (200, 1)


async def test_cookies_are_not_kept() -> None:
    async with endpoint(answering(200, "set-cookie: a=b; Path=/")) as shop:
        client = client_for(shop)
        for _ in range(2):
            await client.post(url(shop), {}, b"{}")
        await client.close()
    assert "cookie" not in shop.heads[1].lower()


async def test_a_certificate_for_another_name_is_refused() -> None:
    async with endpoint(answering(200), "other.attacker.example") as shop:
        trust = authority("other.attacker.example").client_context()
        client = client_for(shop, trust=trust)
        with pytest.raises(EgressFailedError) as failed:
            await client.post(url(shop), {}, b"{}")
        await client.close()
    assert failed.value.reason is FailureReason.TLS
    assert shop.heads == []


async def test_an_unknown_authority_is_refused() -> None:
    async with endpoint(answering(200)) as shop:
        client = client_for(shop, trust=ssl.create_default_context())
        with pytest.raises(EgressFailedError) as failed:
            await client.post(url(shop), {}, b"{}")
        await client.close()
    assert failed.value.reason is FailureReason.TLS
    assert shop.heads == []


async def test_an_endpoint_without_tls_is_a_tls_failure() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Plain HTTP here\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    shop = Endpoint(port=server.sockets[0].getsockname()[1])
    client = client_for(shop)
    with pytest.raises(EgressFailedError) as failed:
        await client.post(url(shop), {}, b"{}")
    await client.close()
    server.close()
    await server.wait_closed()
    assert failed.value.reason is FailureReason.TLS


@pytest.mark.parametrize(
    "behaviour",
    [
        tarpit,
        pouring(OK + b"x: y\r\n", b"", 0.01),
        pouring(OK + b"content-length: 200\r\n\r\n", b"a", 0.01),
        pouring(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.01),
    ],
    ids=["silent", "half-a-head", "drip", "endless-1xx"],
)
async def test_an_endpoint_that_drags_on_meets_the_deadline(behaviour: Behaviour) -> None:
    assert await failure(behaviour, deadline_s=0.3) is FailureReason.TIMEOUT


@pytest.mark.parametrize(
    "behaviour",
    [
        answering(200, body=b"a" * (ANSWER_BYTES_MAX + 1)),
        pouring(OK + b"content-length: 10000000000\r\n\r\n", b"a" * 4_096),
        pouring(OK + b"transfer-encoding: chunked\r\n\r\n", b"4\r\naaaa\r\n"),
        pouring(OK + b"\r\n", b"a" * 4_096),
    ],
    ids=["one-too-many", "announced", "chunked", "until-closed"],
)
async def test_an_answer_beyond_the_bound_is_cut(behaviour: Behaviour) -> None:
    assert await failure(behaviour) is FailureReason.TOO_LARGE


async def test_an_answer_at_the_bound_is_read_and_its_excerpt_is_short() -> None:
    async with endpoint(answering(200, body=b"\x00" * ANSWER_BYTES_MAX)) as shop:
        client = client_for(shop)
        answer = await client.post(url(shop), {}, b"{}")
        document = await client.get(url(shop), {})
        await client.close()
    assert answer.body_excerpt == "\ufffd" * EXCERPT_CHARS_MAX
    assert len(document.body) == ANSWER_BYTES_MAX


async def test_a_gzip_bomb_stays_closed() -> None:
    assert len(BOMB) < ANSWER_BYTES_MAX
    async with endpoint(answering(200, "content-encoding: gzip", body=BOMB)) as shop:
        client = client_for(shop)
        answer = await client.post(url(shop), {}, b"{}")
        with pytest.raises(EgressFailedError) as failed:
            await client.get(url(shop), {})
        await client.close()
        async with httpx2.AsyncClient(verify=False, trust_env=False, timeout=PATIENCE_S) as plain:
            naive = await plain.get(f"https://127.0.0.1:{shop.port}/")
    assert (answer.status, answer.body_excerpt) == (200, "")
    assert failed.value.reason is FailureReason.ENCODING
    assert len(naive.content) == 20_000_000


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        OK + b"content-length: -1\r\n\r\n",
        OK + b"content-length: 10\r\n\r\nab",
        OK + b"x: " + b"a" * 200_000 + b"\r\n\r\n",
    ],
    ids=["nothing", "ssh", "status", "length", "torn", "huge-head"],
)
async def test_what_is_no_http_is_a_failure(raw: bytes) -> None:
    assert await failure(sending(raw)) in {FailureReason.PROTOCOL, FailureReason.CONNECT}


async def test_a_closed_port_and_an_unknown_name_are_failures() -> None:
    with closed_port() as port:
        shop = Endpoint(port=port)
        for addresses, reason in (
            (("127.0.0.1",), FailureReason.CONNECT),
            ((), FailureReason.RESOLVE),
        ):
            client = client_for(shop, addresses=addresses)
            with pytest.raises(EgressFailedError) as failed:
                await client.post(url(shop), {}, b"{}")
            await client.close()
            assert failed.value.reason is reason


async def test_the_next_address_is_tried_when_one_does_not_connect() -> None:
    async with endpoint(answering(200)) as shop:
        client = client_for(shop, addresses=("127.0.0.3", "127.0.0.1"))
        answer = await client.post(url(shop), {}, b"{}")
        await client.close()
    assert (answer.status, shop.connections) == (200, 1)


@pytest.mark.parametrize("headers", [{"Host": "a"}, {"connection": "x"}, {"Content-Length": "1"}])
async def test_connection_headers_are_not_the_callers(headers: Mapping[str, str]) -> None:
    client = EgressClient(EgressPolicy(), resolver=LyingResolver())
    with pytest.raises(ValueError, match="headers"):
        await client.post("https://shop.example/", headers, b"{}")


async def test_a_header_cannot_smuggle_another() -> None:
    async with endpoint(answering(200)) as shop:
        client = client_for(shop)
        with pytest.raises(EgressFailedError) as failed:
            await client.post(url(shop), {"x": "a\r\nhost: evil.example"}, b"{}")
        await client.close()
    assert failed.value.reason is FailureReason.PROTOCOL
    assert shop.heads == []


async def test_a_tarpit_tenant_holds_up_nobody_else() -> None:
    async with endpoint(tarpit) as slow, endpoint(answering(200)) as shop:
        client = EgressClient(
            EgressPolicy(allowed_origins=frozenset({url(slow), url(shop)}), deadline_s=PATIENCE_S),
            resolver=LyingResolver({NAME: (("127.0.0.1",),)}),
            ssl_context=authority(NAME).client_context(),
        )
        stuck = [asyncio.create_task(client.post(url(slow), {}, b"{}", "a")) for _ in range(2)]
        for _ in stuck:
            await slow.came.acquire()
        with pytest.raises(EgressBusyError):
            await client.post(url(slow), {}, b"{}", "a")
        answer = await client.post(url(shop), {}, b"{}", "b")
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        # Given-up requests give their places back and say nothing about the endpoint.
        last = asyncio.create_task(client.post(url(slow), {}, b"{}", "a"))
        await slow.came.acquire()
        last.cancel()
        await asyncio.gather(last, return_exceptions=True)
        await client.close()
    assert answer.status == 200


async def test_a_dead_endpoint_is_left_alone_for_a_while() -> None:
    async with endpoint(sending(b"")) as shop:
        client = client_for(shop, lanes=LaneLimits(circuit_failures=3, circuit_open_s=3_600))
        reasons = []
        for _ in range(5):
            with pytest.raises(EgressFailedError) as failed:
                await client.post(url(shop), {}, b"{}", "a")
            reasons.append(failed.value.reason)
        assert shop.connections == 3
        assert reasons[3:] == [FailureReason.CIRCUIT_OPEN] * 2
        with pytest.raises(EgressFailedError) as other:
            await client.post(url(shop), {}, b"{}", "b")
        assert other.value.reason is not FailureReason.CIRCUIT_OPEN
        await client.close()


async def test_a_refusal_says_nothing_about_the_endpoint() -> None:
    client = EgressClient(
        EgressPolicy(lanes=LaneLimits(circuit_failures=1)),
        resolver=LyingResolver({NAME: (("10.0.0.1",),)}),
    )
    for _ in range(3):
        with pytest.raises(EgressRefusedError) as refused:
            await client.post(f"https://{NAME}/", {}, b"{}")
        assert refused.value.reason is RefusalReason.ADDRESS


async def test_the_system_is_asked_in_threads_of_its_own() -> None:
    resolver = SystemResolver()
    assert set(await resolver.resolve("localhost")) <= {"127.0.0.1", "::1"}
    with pytest.raises(OSError, match=r"known|associated"):
        await resolver.resolve("")
    resolver.close()
