"""Show that schemathesis finds nothing on the real exchange: every check, every phase."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from cambist.dialects.cryptoexchange import DIALECT
from tests.dialects.cryptoexchange.exchange import BASE
from tests.dialects.cryptoexchange.live import CUSTOMER, Stage, buy, open_stage
from tests.dialects.schemathesis_run import PATIENCE_S, Offer, Served, judge, serving
from tests.world import kept_fresh

# A business refusal (422) of well-formed input is part of the contract.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429"]

[dictionaries]
orders = {{ values = ["{order}"] }}
addresses = {{ values = ["{address}"] }}
customers = {{ values = ["mine"] }}
quotes = {{ values = ["{quote}"] }}
keys = {{ values = ["one", "two"] }}

[parameters]
order_id = {{ dictionary = "orders", probability = 0.5 }}
address = {{ dictionary = "addresses", probability = 0.5 }}
customer_id = {{ dictionary = "customers", probability = 0.5 }}
quoteId = {{ dictionary = "quotes", probability = 0.2 }}
"Idempotency-Key" = {{ dictionary = "keys", probability = 0.3 }}
"""


async def known(stage: Stage) -> str:
    """Name things that exist, so that operations are reached beyond not found."""
    async with stage.client() as client:
        asked = {"crypto": "LTC", "fiat": "EUR", "fiatAmount": "100"}
        offered = (await client.post("/quotes", json=asked)).json()
        made = await client.post("/orders", json=buy())
        assert made.status_code == 201
    mine = stage.mine
    return CONFIG.format(order=mine.order, address=mine.address, quote=offered["id"])


@asynccontextmanager
async def offered(database_url: str, folder: Path) -> AsyncIterator[Offer]:
    """Offer the exchange to a client with an order."""
    async with open_stage(database_url, folder) as stage, kept_fresh(stage.world):
        yield Offer(stage.app(), await known(stage), {"X-API-Key": stage.mine.key})


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    with serving(lambda: offered(database_url, tmp_path)) as running:
        yield running


def test_schemathesis_finds_nothing(served: Served, tmp_path: Path) -> None:
    run = judge(served, DIALECT.prefix, f"{BASE}/openapi.json", tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No issues found" in run.stdout
    path = f"{served.address}{BASE}/customers/{quote(CUSTOMER, safe='')}/orders"
    shown = httpx2.get(path, headers=dict(served.offer.headers), timeout=PATIENCE_S)
    assert len(shown.json()["items"]) == 1
