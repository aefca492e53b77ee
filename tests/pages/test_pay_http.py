"""Prove what each address of the pay page answers, and with which headers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from litestar.testing import TestClient

from cambist.domain.orders.states import OrderKind, OrderState
from cambist.pages.look.headers import frame_ancestors
from cambist.pages.look.languages import LANGUAGES
from cambist.pages.pay import pay_app
from tests.pages.stage import (
    IDS,
    ORDER,
    SHOP,
    TRON,
    FakeBus,
    FakeQueries,
    Stage,
    integration,
    order,
    scenes,
    staged,
    view,
)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types cambist-live; frame-ancestors "
)
EVERYWHERE = {
    "content-security-policy": POLICY + "'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
    "strict-transport-security": "max-age=31536000",
}
FRAMED = {
    **EVERYWHERE,
    "content-security-policy": POLICY + "https://kaffe-korn.example",
    "x-frame-options": None,
    "cross-origin-resource-policy": "cross-origin",
}
STATIC = {**EVERYWHERE, "cache-control": "public, max-age=31536000, immutable"}
QUERY = f"?integrationId={SHOP}&orderId={ORDER}"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
HTML, JSON = "text/html; charset=utf-8", "application/json"

# method, address, status, media type, headers
TABLE: list[tuple[str, str, int, str, dict[str, Any]]] = [
    ("GET", f"/payment-page{QUERY}", 200, HTML, EVERYWHERE),
    ("HEAD", f"/payment-page{QUERY}", 200, HTML, EVERYWHERE),
    ("GET", "/payment-page", 404, HTML, EVERYWHERE),
    ("POST", f"/payment-page{QUERY}", 405, HTML, EVERYWHERE),
    ("GET", f"/iframe{QUERY}", 200, HTML, FRAMED),
    ("HEAD", f"/iframe{QUERY}", 200, HTML, FRAMED),
    ("GET", "/iframe", 404, HTML, EVERYWHERE),
    ("GET", f"/pay/live{QUERY}", 200, JSON, EVERYWHERE),
    ("HEAD", f"/pay/live{QUERY}", 200, JSON, EVERYWHERE),
    ("GET", "/pay/live", 404, HTML, EVERYWHERE),
    ("HEAD", f"/pay/events{QUERY}", 200, "text/event-stream; charset=utf-8", EVERYWHERE),
    ("GET", "/pay/events", 404, HTML, EVERYWHERE),
    ("GET", "/pay/static/pay.js", 200, "text/javascript; charset=utf-8", STATIC),
    ("HEAD", "/pay/static/pay.css", 200, "text/css; charset=utf-8", STATIC),
    ("GET", "/pay/static/look.css", 200, "text/css; charset=utf-8", STATIC),
    ("GET", "/pay/static/mark.svg", 200, "image/svg+xml", STATIC),
    ("GET", "/pay/static/nothing.js", 404, HTML, EVERYWHERE),
    ("GET", "/pay/static/..%2f..%2fapp.py", 404, HTML, EVERYWHERE),
    ("GET", "/pay/asset", 405, HTML, EVERYWHERE),
    ("POST", "/pay/asset", 404, HTML, EVERYWHERE),
    ("POST", "/pay/simulate", 404, HTML, EVERYWHERE),
    ("GET", "/pay", 404, HTML, EVERYWHERE),
    ("GET", "/", 404, HTML, EVERYWHERE),
    ("OPTIONS", f"/payment-page{QUERY}", 204, "", EVERYWHERE),
]
NOWHERE = [
    "",
    f"?integrationId={SHOP}",
    f"?orderId={ORDER}",
    f"?integrationId={ORDER}&orderId={ORDER}",
    f"?integrationId={SHOP}&orderId={SHOP}",
    f"?integrationId={SHOP}&orderId={ORDER}&orderId={ORDER}",
    f"?integrationId={SHOP}&orderId={{{ORDER}}}",
    f"?integrationId={SHOP}&orderId={ORDER.hex}",
    f"?integrationId={SHOP}&orderId={ORDER}%00",
    f"?integrationId={SHOP}&orderId={ORDER}%0a",
    f"?integrationId={SHOP}&orderId=%ff%fe",
    f"?integrationId={SHOP}&orderId=" + "9" * 5000,
    f"?integrationId[]={SHOP}&orderId[]={ORDER}",
]
POLYGLOTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><svg/onload=alert(1)>",
    "{{7*7}}{%raw%}${7*7}",
    "--><!--<script>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//",
]


OWN_LINKS = ("/", "https://shop.example/", "data:image/png;base64,")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as ready:
        yield ready


@pytest.mark.parametrize(("method", "address", "status", "media_type", "headers"), TABLE)
def test_each_address_answers_as_the_table_says(
    stage: Stage,
    method: str,
    address: str,
    status: int,
    media_type: str,
    headers: dict[str, str | None],
) -> None:
    answer = stage.client.request(method, address)
    assert answer.status_code == status
    assert answer.headers.get("content-type", "") == media_type
    assert {name: answer.headers.get(name) for name in headers} == headers
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "set-cookie" not in answer.headers
    if method == "HEAD":
        assert answer.content == b""


def test_every_route_is_in_the_table(stage: Stage) -> None:
    asked = {(method, address.partition("?")[0]) for method, address, *_ in TABLE}
    for route in stage.client.app.routes:
        path = route.path.replace("{name:str}", "pay.js")
        assert any(address == path for _, address in asked), path


@pytest.mark.parametrize("query", NOWHERE)
@pytest.mark.parametrize("path", ["/payment-page", "/iframe", "/pay/live", "/pay/events"])
def test_whatever_is_wrong_with_the_ids_looks_the_same(stage: Stage, path: str, query: str) -> None:
    known = stage.client.get("/payment-page")
    answer = stage.client.get(path + query)
    assert answer.status_code == 404
    assert answer.content == known.content
    assert answer.headers == known.headers


def test_order_that_pays_out_is_not_found(stage: Stage) -> None:
    stage.queries.shown = view(order(kind=OrderKind.WITHDRAWAL, state=OrderState.SENT))
    for path in ("/payment-page", "/iframe", "/pay/live", "/pay/events"):
        assert stage.get(path).status_code == 404
    for path in ("/pay/asset", "/pay/simulate"):
        assert stage.post(path, asset="TRX", action="exact").status_code == 404


@pytest.mark.parametrize(
    ("origins", "ancestors"),
    [
        ((), "'none'"),
        (("https://a.example", "http://localhost:8080"), "https://a.example http://localhost:8080"),
        (("https://a.example; script-src *",), "'none'"),
        (("*", "https:", "data:", "https://*.example", "'self'"), "'none'"),
        (
            ("https://a.example/path", "https://a.example\r\nx: y", "https://b.example"),
            "https://b.example",
        ),
    ],
)
def test_widget_may_be_framed_by_registered_origins_only(
    stage: Stage, origins: tuple[str, ...], ancestors: str
) -> None:
    assert frame_ancestors(origins) == ancestors
    stage.queries.shown = view(shop=integration(embed_origins=origins))
    framed, alone = stage.get("/iframe"), stage.get("/payment-page")
    assert framed.headers["content-security-policy"] == POLICY + ancestors
    assert ("x-frame-options" in framed.headers) == (ancestors == "'none'")
    assert alone.headers["content-security-policy"] == POLICY + "'none'"


@pytest.mark.parametrize("name", scenes())
def test_pages_run_nothing_inline_and_load_nothing_foreign(stage: Stage, name: str) -> None:
    shop = integration(url="https://shop.example/")
    stage.queries.shown = replace(scenes()[name], integration=shop)
    foreign = Intrusions(stage.get().text).found
    assert [link for link in foreign if not link.startswith(("bitcoin:", "ethereum:"))] == []


@pytest.mark.parametrize("name", scenes())
def test_pages_never_tell_who_pays_or_the_merchants_own_number(stage: Stage, name: str) -> None:
    stage.queries.shown = scenes()[name]
    told = "".join(stage.get(path).text for path in ("/payment-page", "/iframe", "/pay/live"))
    for secret in ("merchant-secret-7", "payer-secret-8", "TSenderSecret9", "0000-7000-8000"):
        assert secret not in told


class Intrusions(HTMLParser):
    """Collect what a page should never hold: scripts and handlers inline, links elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "script" and "src" not in given:
            self.found.append(tag)
        links = [given[name] for name in ("href", "src", "action") if name in given]
        self.found += [link for link in links if not link.startswith(OWN_LINKS)]


def intrusions(html: str, hostile: str) -> list[str]:
    """Find what a hostile text became beyond text."""
    evaluated = "{{7*7}}" in hostile and "{{7*7}}" not in html
    return Intrusions(html).found + (["evaluated"] if evaluated else [])


@pytest.mark.parametrize("hostile", POLYGLOTS)
def test_hostile_names_are_only_text(stage: Stage, hostile: str) -> None:
    for url in (hostile, f"https://shop.example/{hostile}", "javascript:alert(1)"):
        for name in ("waiting", "paid", "underpaid"):
            shop = integration(name=hostile, url=url)
            stage.queries.shown = replace(scenes()[name], integration=shop)
            for path in ("/payment-page", "/iframe"):
                assert intrusions(stage.get(path).text, hostile) == []


def test_page_that_trusts_its_shop_would_be_caught() -> None:
    careless = [
        f"<bdi>{POLYGLOTS[0]}</bdi>",
        "<bdi>49${7*7}</bdi>",
        "<a href='javascript:alert(1)'>back</a>",
    ]
    for page, hostile in zip(careless, (POLYGLOTS[0], POLYGLOTS[4], "x"), strict=True):
        assert intrusions(page, hostile) != []


def test_order_id_is_shown_and_leads_back_to_the_shop(stage: Stage) -> None:
    stage.queries.shown = scenes()["paid"]
    page, widget = stage.get("/payment-page").text, stage.get("/iframe").text
    assert str(ORDER) in page
    link = r'<a class="button main" href="https://kaffe-korn.example/orders/1" rel="noopener'
    assert link in page
    assert 'target="_blank"' in widget
    assert 'target="_blank"' not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_speaks_the_language_asked_for_and_keeps_it(stage: Stage, language: str) -> None:
    html = stage.get(lang=language).text
    assert f'<html lang="{language}">' in html
    assert f'data-events="/pay/events{QUERY.replace("&", "&amp;")}&amp;lang={language}' in html
    accepted = stage.client.get(f"/payment-page{QUERY}", headers={"accept-language": language})
    assert f'<html lang="{language}">' in accepted.text


def test_page_without_scripts_reloads_itself_and_shows_all(stage: Stage) -> None:
    html = stage.get().text
    noscript = re.search(r"<noscript>(.*?)</noscript>", html)
    assert noscript is not None
    assert 'http-equiv="refresh" content="10;url=/payment-page?' in noscript[1]
    assert re.search(r'id="copy-address"[^>]* hidden>', html)
    address = re.search(r'id="address"[^>]*>(.*?)</p>', html)
    assert address is not None
    assert re.sub(r"<[^>]*>", "", address[1]) == TRON


def test_choosing_is_not_disturbed_by_a_reload_before_time_is_up(stage: Stage) -> None:
    stage.queries.shown = scenes()["choose"]
    assert 'http-equiv="refresh" content="902;' in stage.get().text


def test_reading_changes_nothing(stage: Stage) -> None:
    stage.queries.shown = scenes()["choose"]
    for method, address, *_ in TABLE:
        if method in ("GET", "HEAD"):
            stage.client.request(method, address)
    assert (stage.bus.commands, stage.simulator.played) == ([], [])


def test_live_platform_has_no_panel_and_says_nothing_of_tests() -> None:
    queries = FakeQueries(view())
    app = pay_app(queries, FakeBus(queries).as_bus, None, "http://pay.example/shop/")
    with TestClient(app) as client:
        html = client.get("/payment-page", params=IDS)
        assert "simulate" not in html.text.lower()
        assert "Test mode" not in html.text
        assert "strict-transport-security" not in html.headers
        assert 'src="/shop/pay/static/pay.js?v=' in html.text
        answer = client.post("/pay/simulate", data={**IDS, "action": "exact"})
        assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/payment-page", "/iframe", "/pay/live", "/pay/events"])
def test_fault_behind_the_page_is_no_500(stage: Stage, path: str) -> None:
    stage.queries.fault = ConnectionError("host=10.0.0.1 password=x")
    answer = stage.get(path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "Nothing is lost" in answer.text
    assert "password" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY + "'none'"


def test_update_is_what_the_page_shows(stage: Stage) -> None:
    page, update = stage.get().text, stage.get("/pay/live").json()
    assert update["html"].strip() in page
    assert f'data-version="{update["version"]}"' in page
    assert update["headline"] == "Waiting for your payment"
