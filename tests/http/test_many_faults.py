"""Show that a refusal names a hundred wrong values and no more, however many were sent."""

import httpx2

from cambist.http.refusals import VIOLATIONS_MAX
from tests.dialects.cryptoexchange.exchange import BASE, KEY, World

MANY = 6_000


async def test_a_refusal_does_not_grow_with_what_was_sent() -> None:
    transport = httpx2.ASGITransport(World().asgi)
    address = f"http://x.example{BASE}"
    names = [f"k{number}" for number in range(MANY)]
    async with httpx2.AsyncClient(transport=transport, headers={"X-API-Key": KEY}) as client:
        answers = [
            await client.post(f"{address}/orders", json=dict.fromkeys(names, 1)),
            await client.get(f"{address}/rates?" + "&".join(f"{name}=1" for name in names)),
            await client.get(
                f"{address}/rates?" + "&".join(f"{name}=1&{name}=1" for name in names)
            ),
        ]
    for answer in answers:
        assert answer.status_code == 400
        assert len(answer.json()["errors"]) == VIOLATIONS_MAX
