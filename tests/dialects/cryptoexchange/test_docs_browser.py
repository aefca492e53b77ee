"""Prove in a real browser that the sandbox's page makes calls with the key it shows."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import chromium, serving
from tests.dialects.cryptoexchange.exchange import BASE, KEY, World
from tests.dialects.cryptoexchange.views import BUY

ANSWER_MS = 120_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    world = World(KEY)
    with serving(world.asgi) as port:
        opened = browser.new_page()
        complaints: list[str] = []
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(f"http://127.0.0.1:{port}{BASE}/docs")
        yield opened
        opened.close()
        assert complaints == []


def answer_of(page: Page, method: str, path: str, **fields: str) -> str:
    """Open an operation, fill its form in, send it, and give what is told."""
    page.locator("summary", has_text=f"{method} {path} ").first.click()
    form = page.locator(f'form[data-method="{method}"][data-path="/cryptoexchange{path}"]')
    for name, value in fields.items():
        form.locator(f'input[name="{name}"]').fill(value)
    form.locator("button").click()
    told = form.locator("output")
    expect(told).not_to_be_empty(timeout=ANSWER_MS)
    return told.inner_text()


def test_each_way_of_asking_reaches_the_exchange(page: Page) -> None:
    assert answer_of(page, "GET", "/v1/configuration").startswith("200\n")
    rates = answer_of(page, "GET", "/v1/rates", fiatAmount="100")
    assert '"estimate":{"fiat":"100.00"' in rates
    order = answer_of(page, "GET", "/v1/orders/{order_id}", order_id=BUY)
    assert f'200\n{{"id":"{BUY}"' in order
    listed = answer_of(
        page, "GET", "/v1/customers/{customer_id}/orders", customer_id="shared customer / 7"
    )
    assert BUY in listed
    made = answer_of(page, "POST", "/v1/orders", **{"Idempotency-Key": "one"})
    assert made.startswith("201\n")
