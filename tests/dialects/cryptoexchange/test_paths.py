"""Show that a customer's id in a path is decoded once, however it is written."""

from typing import Any

import pytest

from tests.dialects.cryptoexchange.exchange import BASE, KEY, World

EMOJI = "\U0001f600"


async def asked_about(raw: bytes, decoded: str) -> list[str]:
    """List orders at a path as servers hand it over; return the ids that were looked for."""
    world = World()
    asked: list[str] = []

    async def customer(partner_id: Any, external_id: str) -> None:
        asked.append(external_id)

    world.trades.customer = customer  # type: ignore[method-assign]  # notes the id
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{BASE}/customers/{decoded}/orders",
        "raw_path": BASE.encode() + b"/customers/" + raw + b"/orders",
        "query_string": b"",
        "headers": [(b"x-api-key", KEY.encode())],
        "client": ("192.0.2.1", 1),
        "server": ("x.example", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        return None

    await world.asgi(scope, receive, send)
    return asked


@pytest.mark.parametrize(
    ("raw", "decoded", "meant"),
    [
        (b"a%2Fb", "a/b", "a/b"),
        (b"%2541", "%41", "%41"),
        # Not encoded, as some clients send it: servers pass it on.
        ("č%2541".encode(), "č%41", "č%41"),
        (b"%F0%9F%98%80" * 190 + b"%25", EMOJI * 190 + "%", EMOJI * 190 + "%"),
        (b"%F0%9F%98%80" * 188 + b"%2541", EMOJI * 188 + "%41", EMOJI * 188 + "%41"),
    ],
)
async def test_the_id_of_a_customer_is_decoded_once(raw: bytes, decoded: str, meant: str) -> None:
    assert await asked_about(raw, decoded) == [meant]
