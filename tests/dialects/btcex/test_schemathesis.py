"""Show that schemathesis finds nothing on the real broker: every check, every phase, all signed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cambist.dialects.btcex import DIALECT
from cambist.http.refusals import RefusedError
from tests.dialects.btcex.live import Signer, Stage, open_stage
from tests.dialects.btcex.matrix import hold
from tests.dialects.schemathesis_run import Offer, Served, judge, serving
from tests.world import kept_fresh

# A business refusal (422) of well-formed input is part of the contract.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "422", "429"]

[dictionaries]
orders = {{ values = [{orders}] }}
keys = {{ values = ["one", "two"] }}
affiliates = {{ values = ["{affiliate}"] }}

[parameters]
order_id = {{ dictionary = "orders", probability = 0.5 }}
affiliate = {{ dictionary = "affiliates", probability = 0.5 }}
"Idempotency-Key" = {{ dictionary = "keys", probability = 0.3 }}

{either}
"""
EITHER = """
[[operations]]
include-operation-id = "{operation}"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "4xx"]
"""
PLACES = {"btcex-key": "", "btcex-nonce": "1", "btcex-signature": "replaced"}
UNSAID = (
    "getPrice", "followToBuy", "followToSell", "listOrders", "verifyIdentity", "buy", "sell",
    "declareFundsCz",
)  # fmt: skip
"""Operations with rules no schema can say: one of two, check digits, shown characters."""


class SigningDoor:
    """Sign what comes with the caller's key; schemathesis knows no signatures."""

    def __init__(self, app: Any, signer: Signer) -> None:
        self._app, self._signer = app, signer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the body, put its signature into the headers, and hand both on."""
        headers = dict(scope.get("headers", ()))
        asked = {name: headers.get(name.encode(), b"").decode("latin-1") for name in PLACES}
        if asked != {**PLACES, "btcex-key": self._signer.key}:
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        for name, value in self._sign(body).items():
            headers[name.encode()] = value.encode()
        sent = False

        async def again() -> Any:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": list(headers.items())}, again, send)

    def _sign(self, body: bytes) -> dict[str, str]:
        try:
            return self._signer.headers(body)
        except RefusedError:
            return self._signer.over([])


async def known(stage: Stage) -> str:
    """Name orders in every state, so that operations are reached beyond not found."""
    async with stage.client() as client:
        orders = (await hold(client, "mine")).orders.values()
    return CONFIG.format(
        orders=", ".join(f'"{number}"' for number in orders),
        affiliate=stage.mine.name,
        either="".join(EITHER.format(operation=name) for name in UNSAID),
    )


@asynccontextmanager
async def offered(database_url: str, folder: Path) -> AsyncIterator[Offer]:
    """Offer the broker behind the door that signs."""
    async with open_stage(database_url, folder) as stage, kept_fresh(stage.world):
        mine = stage.mine
        door = SigningDoor(stage.app(), Signer(mine.key, mine.private))
        yield Offer(door, await known(stage), {**PLACES, "btcex-key": mine.key})


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    with serving(lambda: offered(database_url, tmp_path)) as running:
        yield running


def test_schemathesis_finds_nothing(served: Served, tmp_path: Path) -> None:
    document = f"{DIALECT.prefix}/openapi.json"
    run = judge(served, DIALECT.prefix, document, tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No issues found" in run.stdout
