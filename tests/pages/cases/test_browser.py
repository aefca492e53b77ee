"""Prove in a real browser that the pages about orders are whole, calm, alive and harmless."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import expect as expected

from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.http.multipart_body import FILE_BYTES_MAX
from cambist.pages.cases import case_app
from cambist.pages.cases.render import REFRESH_S
from cambist.pages.look.languages import LANGUAGES
from tests.browsing import (
    POLYGLOT,
    chromium,
    complaints_of,
    press,
    serving,
    stop_clock,
    too_wide,
)
from tests.pages.cases.answers import AML, IDENTITY
from tests.pages.cases.scenery import (
    LITECOIN,
    NEW_SESSION,
    PAGE,
    SESSION,
    TOKEN,
    case_scenes,
    held,
    scenes,
    view,
)
from tests.pages.cases.stage import (
    FakeBus,
    FakeTrades,
    FakeUploads,
    FakeVisits,
    services_on,
)

MINE = f"/order/{PAGE}"


@dataclass
class Site:
    """Hold the running pages and what stands behind them."""

    url: str
    trades: FakeTrades
    visits: FakeVisits
    bus: FakeBus
    uploads: FakeUploads

    def calm(self) -> None:
        """Forget what was done."""
        self.bus.commands.clear()
        self.bus.used.clear()
        self.bus.refusal = None
        self.uploads.taken.clear()
        self.visits.sent.clear()


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    """Run the pages on plain http, as on a developer's own machine."""
    trades, visits = FakeTrades(view()), FakeVisits()
    bus, uploads = FakeBus(trades), FakeUploads(visits)
    services = services_on(trades, bus, visits, uploads, base_url="http://127.0.0.1")
    with serving(case_app(services)) as port:
        yield Site(f"http://127.0.0.1:{port}", trades, visits, bus, uploads)


@pytest.fixture
def site(running: Site) -> Site:
    """Give the pages as if nothing had happened yet."""
    running.calm()
    return running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run one browser for all tests of the module."""
    with chromium() as opened:
        yield opened


def seated(browser: Browser, site: Site, **settings: Any) -> BrowserContext:
    """Open a browser that has opened its link."""
    context = browser.new_context(
        reduced_motion="reduce", timezone_id="Europe/Prague", locale="en-GB", **settings
    )
    context.add_cookies([{"name": "cambist-order", "value": SESSION, "url": site.url}])
    return context


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """Open a page that must not complain."""
    context = seated(browser, site)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    # A form that is not taken answers 4xx, which the console notes.
    complaints = complaints_of(tab, "Failed to load")
    yield tab
    context.close()
    assert complaints == []


def shown_places() -> list[tuple[str, Any, str]]:
    """List every page with what it shows."""
    found = [(f"status-{name}", shown, MINE) for name, shown in scenes().items()]
    found += [(f"case-{name}", shown, f"{MINE}/case") for name, shown in case_scenes().items()]
    found += [("opening", view(), f"/order/open/{TOKEN}"), ("nothing", view(), "/order/nothing")]
    return found


def test_every_page_is_whole_on_every_screen(page: Page, site: Site, tmp_path: Path) -> None:
    for name, shown, path in shown_places():
        site.trades.shown = shown
        page.goto(site.url + path)
        assert too_wide(page, name, tmp_path) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_words_fit_the_narrowest_screen(page: Page, site: Site, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for name, shown, path in shown_places():
        site.trades.shown = shown
        page.goto(f"{site.url}{path}?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def test_what_is_needed_to_pay_is_copied_exactly(page: Page, site: Site) -> None:
    wanted = {
        "waiting": {
            "#copy-pay-amount": "1000.00",
            "#copy-pay-account": "19-2000145399/0800",
            "#copy-pay-iban": "CZ6508000000192000145399",
            "#copy-pay-reference": "4815162342",
        },
        "sell-waiting": {"#copy-address": LITECOIN, "#copy-pay-amount": "0.4321"},
    }
    stop_clock(page)
    for name, buttons in wanted.items():
        site.trades.shown = scenes()[name]
        page.goto(f"{site.url}{MINE}?lang=en")
        for button, text in buttons.items():
            page.click(button)
            expected(page.locator(f"{button} .says")).to_have_text("Copied")
            paper = page.context.new_page()
            paper.set_content("<textarea autofocus></textarea>")
            expected(paper.locator("textarea")).to_be_focused()
            paper.keyboard.press("Control+V")
            expected(paper.locator("textarea")).to_have_value(text)
            paper.close()
            page.bring_to_front()


def test_page_follows_the_order_without_reload(page: Page, site: Site) -> None:
    site.trades.shown = scenes()["waiting"]
    page.clock.install()
    page.goto(f"{site.url}{MINE}?lang=en")
    page.evaluate("window.marker = 1")
    page.focus("#copy-pay-account")
    for name in ("price-over", "exchanging", "sent", "completed"):
        site.trades.shown = scenes()[name]
        page.clock.fast_forward(6_000)
        expected(page.locator("main")).to_have_attribute("data-status", name)
        expected(page.locator("#announce")).to_have_text(page.inner_text("#headline"))
        if name == "price-over":
            assert page.evaluate("document.activeElement.id") == "copy-pay-account"
    assert page.title() == "Done · Order 4815162342"
    assert page.evaluate("window.marker") == 1


@pytest.mark.parametrize("is_reading", [False, True])
def test_page_of_what_is_looked_at_moves_on_by_itself_unless_one_is_about_to_cancel(
    page: Page, site: Site, is_reading: bool
) -> None:
    site.trades.shown = held(CaseKind.IDENTITY, state=CaseState.SUBMITTED)
    page.clock.install()
    page.goto(f"{site.url}{MINE}/case")
    if is_reading:
        page.click(".cancel summary")
    site.trades.shown = held(CaseKind.PHONE)
    page.clock.run_for(REFRESH_S * 1000 + 1)
    kind = CaseKind.IDENTITY if is_reading else CaseKind.PHONE
    expected(page.locator("#case")).to_have_attribute("data-kind", kind.value)


def test_link_opens_with_one_button_and_a_cookie_no_script_can_read(
    browser: Browser, site: Site
) -> None:
    site.trades.shown = held(CaseKind.IDENTITY)
    context = browser.new_context(locale="en-GB")
    tab = context.new_page()
    tab.goto(f"{site.url}/order/open/{TOKEN}")
    assert (site.bus.commands, context.cookies()) == ([], [])
    tab.click("#continue")
    expected(tab.locator("main")).to_have_attribute("data-kind", "identity")
    assert tab.url == f"{site.url}{MINE}/case"
    (cookie,) = context.cookies()
    assert (cookie["value"], cookie["httpOnly"], cookie["sameSite"]) == (
        NEW_SESSION,
        True,
        "Strict",
    )
    assert tab.evaluate("document.cookie") == ""
    tab.goto(f"{site.url}/order/open/{TOKEN}")
    tab.context.clear_cookies()
    tab.click("#continue")
    expected(tab.locator("h1")).to_have_text("This link works no more")
    tab.click("#send-link")
    expected(tab.locator("h1")).to_have_text("Look into your mailbox")
    context.close()


def fill(tab: Page, answers: dict[str, str]) -> None:
    """Fill a form in, whatever its fields are."""
    for name, value in answers.items():
        field = tab.locator(f"[name={name}]").first
        kind = field.evaluate("element => element.type")
        if kind == "select-one":
            field.select_option(value)
        elif kind in ("radio", "checkbox"):
            tab.check(f"[name={name}][value={value}]")
        else:
            field.fill(value)


@pytest.mark.parametrize("scripts", [True, False])
def test_every_form_works_with_and_without_scripts(
    browser: Browser, site: Site, scripts: bool
) -> None:
    context = seated(browser, site, java_script_enabled=scripts)
    tab = context.new_page()
    place = f"{site.url}{MINE}/case"
    steps: list[tuple[str, dict[str, str], str, str]] = [
        ("identity", IDENTITY, "#submit", "SubmitIdentity"),
        ("aml", AML, "#submit", "DeclareFunds"),
        ("phone", {}, "#send-code", "SendCode"),
        ("phone-sent", {"code": "123456"}, "#submit", "ConfirmCode"),
        ("deposit", {"code": "123456"}, "#submit", "ConfirmCode"),
        ("change", {}, "#accept", "DecideChange"),
        ("change", {}, "#reject", "DecideChange"),
        ("return", {"address": LITECOIN}, "#submit", "NameReturn"),
    ]
    for name, answers, button, command in steps:
        site.calm()
        site.trades.shown = case_scenes()[name]
        tab.goto(place)
        fill(tab, answers)
        press(tab, button)
        assert tab.url == place
        assert [type(done).__name__ for done in site.bus.commands] == [command], name
    for name, button in (("phone", "#refuse"), ("identity", "#cancel")):
        site.calm()
        site.trades.shown = case_scenes()[name]
        tab.goto(place)
        tab.locator("details", has=tab.locator(button)).locator("summary").click()
        press(tab, button)
        assert len(site.bus.commands) == 1, name
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_document_is_sent_and_one_too_large_is_said(
    browser: Browser, site: Site, scripts: bool, tmp_path: Path
) -> None:
    site.trades.shown = case_scenes()["identity"]
    card, large = tmp_path / "card.png", tmp_path / "large.png"
    card.write_bytes(b"x" * 2_000_000)
    large.write_bytes(bytes(FILE_BYTES_MAX + 1))
    context = seated(browser, site, java_script_enabled=scripts)
    tab = context.new_page()
    tab.goto(f"{site.url}{MINE}/case?lang=en")
    tab.set_input_files("#f-file", card)
    tab.click("#upload")
    expected(tab.locator(".sent")).to_contain_text("Identity card, front")
    assert [len(upload.content) for upload in site.uploads.taken] == [2_000_000]
    tab.set_input_files("#f-file", large)
    tab.click("#upload")
    if scripts:
        tab.wait_for_function("document.querySelector('#f-file').validationMessage")
        told = tab.locator("#f-file").evaluate("element => element.validationMessage")
        assert told == "The file is larger than 10 MB."
    else:
        expected(tab.locator("#e-file")).to_have_text("The file is larger than 10 MB.")
    assert len(site.uploads.taken) == 1
    context.close()


def test_wrong_answers_are_found_and_mended_by_keyboard(page: Page, site: Site) -> None:
    site.trades.shown = case_scenes()["return"]
    page.goto(f"{site.url}{MINE}/case?lang=en")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.focus("#submit")
    page.keyboard.press("Enter")
    expected(page.locator("[role=alert]")).to_contain_text("Please check these answers")
    page.locator("[role=alert] a").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") in ("f-address", "")
    field = page.locator("#f-address")
    assert field.get_attribute("aria-invalid") == "true"
    tied = (field.get_attribute("aria-describedby") or "").split()
    assert [page.locator(f"#{one}").count() for one in tied] == [1, 1]
    field.focus()
    page.keyboard.type(LITECOIN)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert [type(done).__name__ for done in site.bus.commands] == ["NameReturn"]


def test_every_field_has_a_label(page: Page, site: Site) -> None:
    for name, shown in case_scenes().items():
        site.trades.shown = shown
        page.goto(f"{site.url}{MINE}/case")
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(field => !field.labels.length).map(field => field.name)"
        )
        assert unnamed == [], name


def test_hostile_facts_run_nothing(page: Page, site: Site) -> None:
    again = case_scenes()["identity-again"]
    site.trades.shown = replace(again, cases=(replace(again.cases[0], remark=POLYGLOT),))
    page.goto(f"{site.url}{MINE}/case")
    assert page.inner_text(".remark") == POLYGLOT
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    for name in ("first_name", "street", "document_number"):
        page.fill(f"#f-{name}", POLYGLOT[:100])
    page.click("#submit")
    expected(page.locator("#e-first_name")).to_be_visible()
    assert page.input_value("#f-street") == POLYGLOT[:100]
    waiting = scenes()["waiting"]
    assert waiting.pay is not None
    site.trades.shown = replace(
        waiting, pay=replace(waiting.pay, holder=POLYGLOT, reference=POLYGLOT)
    )
    page.goto(f"{site.url}{MINE}")
    assert page.inner_text("#pay-holder") == POLYGLOT
    page.wait_for_timeout(100)
    assert page.evaluate("window.hit") is None
