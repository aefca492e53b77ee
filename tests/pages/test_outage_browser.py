"""Prove in a real browser that pages outlast an outage, and how what is said of it looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.http.dispatch import Dispatcher, Mount
from cambist.pages.cases import PREFIX, case_app
from cambist.pages.cases.render import REFRESH_S
from cambist.pages.cases.visits import COOKIE
from cambist.pages.look.languages import LANGUAGES
from cambist.pages.look.words import WORDS
from cambist.pages.pay import pay_app
from cambist.pages.pay.watching import Watches
from cambist.ports.store import StoreUnavailableError
from cambist.ports.trades import TradeView
from tests.browsing import chromium, complaints_of, serving, too_wide
from tests.pages import stage as pay
from tests.pages.cases import stage as cases
from tests.pages.cases.scenery import PAGE, SESSION, TOKEN, held
from tests.pages.cases.scenery import scenes as order_scenes

MINE = f"/order/{PAGE}"
ASKED_AGAIN_MS = 41_000
"""Longer than any page waits before it asks again."""
LOOK_EVERY_MS = 50
LOOKS_MAX = 400


class Trades(cases.FakeTrades):
    """Find nobody's session either while the database is away."""

    async def trade_of_session(self, session: str) -> TradeView | None:
        """Find the order of a session."""
        if self.fault is not None:
            raise self.fault
        return await super().trade_of_session(session)


@dataclass
class Site:
    """Hold running pages on a database that can go away."""

    url: str
    queries: pay.FakeQueries
    trades: cases.FakeTrades

    def lose(self) -> None:
        """Take the database away."""
        self.queries.fault = self.trades.fault = StoreUnavailableError()

    def find(self) -> None:
        """Bring it back."""
        self.queries.fault = self.trades.fault = None

    def pay_page(self, **extra: str) -> str:
        """Write the address of the payer's page."""
        return f"{self.url}/payment-page?{urlencode({**pay.IDS, **extra})}"


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    """Run the pages."""
    queries, trades, visits = pay.FakeQueries(), Trades(), cases.FakeVisits()
    bus = cases.FakeBus(trades)
    services = cases.services_on(
        trades, bus, visits, cases.FakeUploads(visits), base_url="http://127.0.0.1"
    )
    watches = Watches(queries, poll_s=0.05)
    payers = pay_app(queries, pay.FakeBus(queries).as_bus, None, "http://127.0.0.1", watches)
    app = Dispatcher([Mount(PREFIX, case_app(services), whole=True)], payers)
    with serving(app) as port:
        yield Site(f"http://127.0.0.1:{port}", queries, trades)


@pytest.fixture
def site(running: Site) -> Site:
    """Begin with a database that answers."""
    running.find()
    running.queries.shown, running.trades.shown = pay.view(), order_scenes()["waiting"]
    return running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one browser for all tests of the module."""
    with chromium() as running:
        yield running


@contextmanager
def opened(browser: Browser, site: Site, *, scripts: bool = True) -> Iterator[Page]:
    """Open a tab that has the session and complains of nothing but what is away."""
    context = browser.new_context(reduced_motion="reduce", java_script_enabled=scripts)
    context.add_cookies([{"name": COOKIE, "value": SESSION, "url": site.url}])
    tab = context.new_page()
    complaints = complaints_of(tab, "Failed to load")
    yield tab
    context.close()
    assert complaints == []


def wait_until(tab: Page, holds: Callable[[], bool], leap_ms: int = 0) -> None:
    """Wait until something holds, and let the tab's clock leap meanwhile if asked to."""
    for _ in range(LOOKS_MAX):
        if holds():
            return
        if leap_ms:
            tab.clock.fast_forward(leap_ms)
        tab.wait_for_timeout(LOOK_EVERY_MS)
    raise AssertionError("it never came to hold")


def pass_time(tab: Page, holds: Callable[[], bool]) -> None:
    """Let the tab's clock leap until something holds."""
    wait_until(tab, holds, ASKED_AGAIN_MS)


@pytest.mark.parametrize("which", ["pay", "order"])
def test_page_keeps_what_it_shows_and_goes_on_after_an_outage(
    browser: Browser, site: Site, which: str
) -> None:
    address = site.pay_page(lang="en") if which == "pay" else f"{site.url}{MINE}?lang=en"
    with opened(browser, site) as tab:
        tab.clock.install()
        tab.goto(address)
        tab.evaluate("window.marker = 1")
        heard: list[int] = []
        tab.on("response", lambda answer: heard.append(answer.status))
        site.lose()
        pass_time(tab, lambda: heard.count(503) >= 3)
        assert tab.url == address
        expect(tab.locator("main")).to_have_attribute("data-status", "waiting")
        site.queries.shown = pay.scenes()["paid"]
        site.trades.shown = order_scenes()["completed"]
        site.find()
        pass_time(tab, lambda: tab.get_attribute("main", "data-status") in ("paid", "completed"))
        assert tab.evaluate("window.marker") == 1


@pytest.mark.parametrize("which", ["pay", "order"])
def test_page_asks_less_and_less_often_during_an_outage(
    browser: Browser, site: Site, which: str
) -> None:
    address = site.pay_page() if which == "pay" else f"{site.url}{MINE}"
    with opened(browser, site) as tab:
        tab.add_init_script(
            "window.waits = []; const later = window.setTimeout;"
            "window.setTimeout = (what, ms) => {"
            " if (ms >= 5000) window.waits.push(ms);"
            " return later(what, ms >= 5000 ? 20 : ms); };"
        )
        tab.goto(address)
        site.lose()
        wait_until(tab, lambda: tab.evaluate("window.waits").count(40_000) >= 2)
        waits = tab.evaluate("window.waits")
        grown = waits[waits.index(10_000) :]
        assert grown[:4] == [10_000, 20_000, 40_000, 40_000]
        assert set(waits[: waits.index(10_000)]) == {5_000}
        site.find()
        if which == "order":
            wait_until(tab, lambda: tab.evaluate("window.waits.at(-1)") == 5_000)


def test_page_of_a_review_is_not_replaced_by_one_that_says_nothing(
    browser: Browser, site: Site
) -> None:
    site.trades.shown = held(CaseKind.IDENTITY, state=CaseState.SUBMITTED)
    with opened(browser, site) as tab:
        tab.add_init_script(
            "const every = window.setInterval;"
            f"window.setInterval = (what, ms) => ms !== {REFRESH_S * 1000} ? every(what, ms)"
            " : every(() => window.isTime && what(), 50);"
        )
        tab.goto(f"{site.url}{MINE}/case?lang=en")
        site.lose()
        tab.evaluate("window.isTime = true")
        site.trades.shown = held(CaseKind.PHONE)
        heard: list[int] = []
        tab.on("response", lambda answer: heard.append(answer.status))
        wait_until(tab, lambda: heard.count(503) >= 2)
        expect(tab.locator("#case")).to_have_attribute("data-kind", "identity")
        site.find()
        expect(tab.locator("#case")).to_have_attribute("data-kind", "phone")


def test_payer_who_chose_in_vain_tries_again_without_scripts(browser: Browser, site: Site) -> None:
    site.queries.shown = pay.scenes()["choose"]
    with opened(browser, site, scripts=False) as tab:
        tab.goto(site.pay_page(lang="cs"))
        site.lose()
        tab.click("button[value=TRX]")
        expect(tab.locator("h1")).to_have_text(WORDS["cs"].unavailable.title)
        tab.click(".tongues a[lang=de]")
        expect(tab.locator("h1")).to_have_text(WORDS["de"].unavailable.title)
        site.find()
        tab.click("#onward")
        assert tab.url == site.pay_page(lang="de")
        assert tab.get_attribute("main", "data-status") == "choose"


def test_what_is_said_of_trouble_is_whole_on_every_screen(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    places = {
        "pay-404": "/payment-page",
        "pay-405": "/pay/asset",
        "order-404": f"/order/{'x' * 32}",
        "order-405": f"{MINE}/link",
        "opening": f"/order/open/{TOKEN}",
        "pay-503": f"/payment-page?{urlencode(pay.IDS)}",
        "order-503": MINE,
    }
    with opened(browser, site) as tab:
        for name, path in places.items():
            if name.endswith("503"):
                site.lose()
            for language in LANGUAGES:
                tab.goto(f"{site.url}{path}{'&' if '?' in path else '?'}lang={language}")
                if language == "de":
                    assert too_wide(tab, name, tmp_path) == [], name
                tab.set_viewport_size({"width": 320, "height": 640})
                assert tab.evaluate("document.documentElement.scrollWidth") <= 320, name
                assert tab.locator(".tongues a[aria-current]").get_attribute("lang") == language
                assert tab.locator("h1").count() == 1
