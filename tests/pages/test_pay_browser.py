"""Prove in a real browser that the pay page is whole, calm, alive and harmless."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from litestar import Litestar, get
from playwright.sync_api import Browser, Page, expect

from cambist.pages.look.languages import LANGUAGES
from cambist.pages.pay import pay_app
from cambist.pages.pay.watching import Watches
from tests.browsing import (
    POLYGLOT,
    chromium,
    complaints_of,
    press,
    serving,
    stop_clock,
    too_wide,
)
from tests.pages.stage import (
    ASKED,
    IDS,
    TRON,
    FakeBus,
    FakeQueries,
    FakeSimulator,
    integration,
    order,
    payment,
    scenes,
    view,
)

ADDRESS_BY_HAND = """() => {
    const range = document.createRange();
    range.selectNodeContents(document.getElementById("address"));
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return selection.toString();
}"""


@dataclass
class Site:
    """Hold a running pay page and what stands behind it."""

    url: str
    queries: FakeQueries
    simulator: FakeSimulator

    def address(self, path: str = "/payment-page", **extra: str) -> str:
        """Write the address of the order's page."""
        return f"{self.url}{path}?{urlencode({**IDS, **extra})}"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run the pay page."""
    queries, simulator = FakeQueries(), FakeSimulator()
    watches = Watches(queries, poll_s=0.05)
    app = pay_app(queries, FakeBus(queries).as_bus, simulator, "http://127.0.0.1", watches)
    with serving(app) as port:
        yield Site(f"http://127.0.0.1:{port}", queries, simulator)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one browser for all tests of the module."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that must not complain."""
    context = browser.new_context(reduced_motion="reduce", timezone_id="Europe/Prague")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    complaints = complaints_of(tab)
    yield tab
    context.close()
    assert complaints == []


def test_every_state_is_whole_on_every_screen(page: Page, site: Site, tmp_path: Path) -> None:
    for name, shown in scenes().items():
        site.queries.shown = shown
        page.goto(site.address())
        assert too_wide(page, name, tmp_path) == [], name
        address = shown.view.order.address
        if page.locator("#address").count():
            assert page.evaluate(ADDRESS_BY_HAND) == address
            assert page.locator("#copy-address").get_attribute("data-copy") == address
        elif address:
            assert page.locator(".paid-to").inner_text() == address


def test_long_words_fit_the_narrowest_screen(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    site.queries.shown = replace(scenes()["waiting-ether"], integration=integration(name="W" * 80))
    for language in LANGUAGES:
        page.goto(site.address("/iframe", lang=language))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, language


def test_address_and_amount_are_copied_exactly(page: Page, site: Site) -> None:
    site.queries.shown = view()
    stop_clock(page)
    page.goto(site.address())
    for button, text in (("#copy-address", TRON), ("#copy-amount", "12.50")):
        page.click(button)
        expect(page.locator(f"{button} .says")).to_have_text("Copied")
        paper = page.context.new_page()
        paper.set_content("<textarea></textarea>")
        paper.bring_to_front()
        paper.press("textarea", "Control+V")
        expect(paper.locator("textarea")).to_have_value(text)
        paper.close()


def test_page_follows_the_order_without_reload(page: Page, site: Site) -> None:
    site.queries.shown = view()
    page.goto(site.address())
    page.evaluate("window.marker = 1")
    page.focus("#copy-address")
    for name in ("partly-paid", "confirming", "paid", "reorged"):
        site.queries.shown = scenes()[name]
        expect(page.locator("main")).to_have_attribute("data-status", name)
        expect(page.locator("#announce")).to_have_text(page.inner_text("#headline"))
        if name == "partly-paid":
            assert page.evaluate("document.activeElement.id") == "copy-address"
    assert page.title() == "Your payment is being checked again · Kaffe & Korn"
    assert page.evaluate("window.marker") == 1


def test_countdown_runs_by_the_clock_of_the_server(page: Page, site: Site) -> None:
    site.queries.shown = view()
    stop_clock(page)
    page.goto(site.address())
    expect(page.locator(".left")).to_have_text("15:00")
    page.clock.run_for(5_000)
    expect(page.locator(".left")).to_have_text("14:55")
    page.clock.fast_forward(60_000)
    expect(page.locator(".left")).to_have_text("13:55")


def test_hostile_shop_runs_nothing(page: Page, site: Site) -> None:
    hostile = integration(name=POLYGLOT, url="javascript:window.hit=1")
    for path in ("/payment-page", "/iframe"):
        for shown in (view(shop=hostile), replace(scenes()["paid"], integration=hostile)):
            site.queries.shown = shown
            page.goto(site.address(path))
            assert page.inner_text("header bdi") == POLYGLOT[:80].rstrip()
            assert page.locator("a[href^='javascript' i]").count() == 0
            assert page.evaluate("window.hit") is None
    site.queries.shown = view(shop=hostile)
    expect(page.locator("main")).to_have_attribute("data-status", "waiting")
    assert page.evaluate("window.hit") is None


def test_without_scripts_a_payer_chooses_pays_and_sees(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    site.queries.shown = scenes()["choose"]
    tab.goto(site.address(lang="cs"))
    press(tab, "button[value=TRX]")
    assert "lang=cs" in tab.url
    assert "".join(tab.locator("#address span").all_inner_texts()) == TRON
    assert not tab.is_visible("#copy-address")
    site.simulator.played.clear()
    press(tab, "button[value=less]")
    assert site.simulator.played == [("pay", 500_000)]
    site.queries.shown = view(order(received=ASKED, asset="TRX"), [payment(asset="TRX")])
    assert tab.locator("noscript").count()
    tab.reload()
    assert tab.get_attribute("main", "data-status") == "confirming"
    context.close()


def test_only_a_listed_shop_frames_the_widget(browser: Browser, site: Site) -> None:
    @get("/", media_type="text/html", sync_to_thread=False)
    def shop() -> str:
        return f'<iframe src="{escape(site.address("/iframe"))}"></iframe>'

    context = browser.new_context()
    tab = context.new_page()
    with serving(Litestar([shop], openapi_config=None, logging_config=None)) as port:
        listed = integration(embed_origins=(f"http://localhost:{port}",))
        site.queries.shown = view(shop=listed)
        tab.goto(f"http://localhost:{port}/")
        expect(tab.frame_locator("iframe").locator("#headline")).to_be_visible()
        tab.goto(f"http://127.0.0.1:{port}/")
        expect(tab.frame_locator("iframe").locator("#headline")).to_have_count(0)
        tab.frames[1].wait_for_url(re.compile("^chrome-error:"), wait_until="commit")
    context.close()
