"""Show that schemathesis finds nothing on the real gateway: every check, every phase."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from cambist.dialects.cryptopayments import DIALECT
from tests.dialects.cryptopayments.gateway import BASE
from tests.dialects.cryptopayments.real_house import House, open_house
from tests.dialects.schemathesis_run import PATIENCE_S, Offer, Served, judge, serving
from tests.world import kept_fresh

# A business refusal (422) of well-formed input is part of the contract.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429"]

[dictionaries]
orders = {{ values = ["{order}"] }}
numbers = {{ values = ["{number}"] }}
shops = {{ values = ["{shop}"] }}
keys = {{ values = ["one", "two"] }}

[parameters]
order_id = {{ dictionary = "orders", probability = 0.5 }}
number = {{ dictionary = "numbers", probability = 0.5 }}
integrationId = {{ dictionary = "shops", probability = 0.5 }}
"Idempotency-Key" = {{ dictionary = "keys", probability = 0.3 }}
"""


async def known(house: House) -> str:
    """Name things that exist, so that operations are reached beyond not found."""
    opened = await house.paid()
    shown = await house.show(opened["orderId"])
    number = shown["transactions"][0]["id"]
    return CONFIG.format(order=opened["orderId"], number=number, shop=house.shop)


@asynccontextmanager
async def offered(database_url: str, folder: Path) -> AsyncIterator[Offer]:
    """Offer the gateway to a merchant with a paid order."""
    async with open_house(database_url, folder) as house, kept_fresh(house.world):
        yield Offer(house.app, await known(house), {"X-API-Key": house.secret})


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    with serving(lambda: offered(database_url, tmp_path)) as running:
        yield running


def test_schemathesis_finds_nothing(served: Served, tmp_path: Path) -> None:
    run = judge(served, DIALECT.prefix, f"{BASE}/openapi.json", tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No issues found" in run.stdout
    path = f"{served.address}{BASE}/orders"
    shown = httpx2.get(path, headers=dict(served.offer.headers), timeout=PATIENCE_S)
    assert shown.json()["pagination"]["totalQuantity"] > 1
