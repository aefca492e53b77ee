"""Prove what each address of an order's pages answers, with which headers, and to whom."""

import re
from collections.abc import Iterator

import pytest

from cambist.domain.compliance.cases import CaseKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.look.headers import BASE
from cambist.pages.look.languages import LANGUAGES
from tests.pages.cases.scenery import (
    ORDER,
    OTHER_SESSION,
    PAGE,
    SECRETS,
    SESSION,
    TOKEN,
    case_scenes,
    held,
    scenes,
    view,
)
from tests.pages.cases.stage import Stage, cookie, staged

EVERYWHERE = {**BASE, "strict-transport-security": "max-age=31536000"}
STATIC = {**EVERYWHERE, "cache-control": "public, max-age=31536000, immutable"}
HTML, JSON = "text/html; charset=utf-8", "application/json"
MINE = f"/order/{PAGE}"
UNKNOWN = "x" * 32

# method, address, session, status, media type, headers
TABLE: list[tuple[str, str, str | None, int, str, dict[str, str]]] = [
    ("GET", MINE, None, 200, HTML, EVERYWHERE),
    ("HEAD", MINE, None, 200, HTML, EVERYWHERE),
    ("POST", MINE, None, 405, HTML, EVERYWHERE),
    ("GET", f"/order/{UNKNOWN}", None, 404, HTML, EVERYWHERE),
    ("GET", f"{MINE}/live", None, 200, JSON, EVERYWHERE),
    ("HEAD", f"{MINE}/live", None, 200, JSON, EVERYWHERE),
    ("GET", f"/order/{UNKNOWN}/live", None, 404, HTML, EVERYWHERE),
    ("POST", f"{MINE}/link", None, 202, HTML, EVERYWHERE),
    ("GET", f"{MINE}/link", None, 405, HTML, EVERYWHERE),
    ("GET", f"{MINE}/case", SESSION, 200, HTML, EVERYWHERE),
    ("HEAD", f"{MINE}/case", SESSION, 200, HTML, EVERYWHERE),
    ("GET", f"{MINE}/case", None, 403, HTML, EVERYWHERE),
    ("GET", f"{MINE}/case", "wrongWRONGwrongWRONGwrongWRONG12", 403, HTML, EVERYWHERE),
    ("GET", f"{MINE}/case", OTHER_SESSION, 403, HTML, EVERYWHERE),
    ("GET", f"/order/{UNKNOWN}/case", SESSION, 404, HTML, EVERYWHERE),
    ("POST", f"{MINE}/case/identity", None, 403, HTML, EVERYWHERE),
    ("POST", f"{MINE}/case/identity", SESSION, 400, HTML, EVERYWHERE),
    ("GET", f"{MINE}/case/identity", SESSION, 405, HTML, EVERYWHERE),
    ("POST", f"{MINE}/case/nothing", SESSION, 404, HTML, EVERYWHERE),
    ("POST", f"{MINE}/case/document", None, 403, HTML, EVERYWHERE),
    ("POST", f"{MINE}/case/document", SESSION, 400, HTML, EVERYWHERE),
    ("GET", f"/order/open/{TOKEN}", None, 200, HTML, EVERYWHERE),
    ("HEAD", f"/order/open/{TOKEN}", None, 200, HTML, EVERYWHERE),
    ("GET", "/order/open/nothing", None, 404, HTML, EVERYWHERE),
    ("GET", "/order/open", None, 405, HTML, EVERYWHERE),
    ("POST", "/order/open", None, 400, HTML, EVERYWHERE),
    ("GET", "/order/link", None, 405, HTML, EVERYWHERE),
    ("POST", "/order/link", None, 400, HTML, EVERYWHERE),
    ("GET", "/order/static/cases.js", None, 200, "text/javascript; charset=utf-8", STATIC),
    ("HEAD", "/order/static/cases.css", None, 200, "text/css; charset=utf-8", STATIC),
    ("GET", "/order/static/frame.css", None, 200, "text/css; charset=utf-8", STATIC),
    ("GET", "/order/static/look.css", None, 200, "text/css; charset=utf-8", STATIC),
    ("GET", "/order/static/mark.svg", None, 200, "image/svg+xml", STATIC),
    ("GET", "/order/static/app.py", None, 404, HTML, EVERYWHERE),
    ("GET", "/order/static/..%2f..%2fapp.py", None, 404, HTML, EVERYWHERE),
    ("GET", "/order", None, 404, HTML, EVERYWHERE),
    ("GET", "/order/", None, 404, HTML, EVERYWHERE),
    ("OPTIONS", MINE, None, 204, "", EVERYWHERE),
]

NOWHERE = [
    UNKNOWN,
    "x",
    "%00" * 32,
    PAGE + "0",
    PAGE[:-1],
    PAGE[:-1] + "%0a",
    "..%2f" + PAGE,
    PAGE.lower(),
    "é" * 32,
    "' or 1=1 --" + "x" * 21,
    "9" * 5000,
]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(held(CaseKind.IDENTITY)) as ready:
        yield ready


@pytest.mark.parametrize(("method", "address", "session", "status", "media_type", "headers"), TABLE)
def test_each_address_answers_as_the_table_says(
    stage: Stage,
    method: str,
    address: str,
    session: str | None,
    status: int,
    media_type: str,
    headers: dict[str, str],
) -> None:
    answer = stage.client.request(method, address, headers=cookie(session))
    assert answer.status_code == status
    assert answer.headers.get("content-type", "") == media_type
    assert {name: answer.headers.get(name) for name in headers} == headers
    assert "set-cookie" not in answer.headers
    if method == "HEAD":
        assert answer.content == b""


def test_every_route_is_in_the_table(stage: Stage) -> None:
    asked = {(method, address) for method, address, *_ in TABLE}
    for route in stage.client.app.routes:
        path = route.path.replace("{page:str}", PAGE).replace("{token:str}", TOKEN)
        path = path.replace("{name:str}", "cases.js").replace("{action:str}", "identity")
        assert any(address == path for _, address in asked), path


@pytest.mark.parametrize("name", NOWHERE)
@pytest.mark.parametrize("below", ["", "/live", "/case"])
def test_forged_name_looks_like_an_unknown_one(stage: Stage, name: str, below: str) -> None:
    known = stage.client.get(f"/order/{UNKNOWN}", headers=cookie(SESSION))
    answer = stage.client.get(f"/order/{name}{below}", headers=cookie(SESSION))
    assert answer.status_code == known.status_code == 404
    assert answer.content == known.content
    assert dict(answer.headers) == dict(known.headers)


@pytest.mark.parametrize("name", NOWHERE)
def test_forged_name_has_no_forms_either(stage: Stage, name: str) -> None:
    for below in ("/link", "/case/identity", "/case/document"):
        answer = stage.client.post(f"/order/{name}{below}", headers=cookie(SESSION))
        assert answer.status_code == 404
    assert stage.bus.commands == []


@pytest.mark.parametrize("name", scenes())
def test_public_page_tells_nothing_personal(stage: Stage, name: str) -> None:
    stage.trades.shown = scenes()[name]
    for path in ("", "/live"):
        for session in (None, SESSION):
            told = stage.get(path, session).text
            hidden = (*SECRETS, "secret", SECRETS[3][4:], "601 123 456", str(ORDER), "0195a1d2")
            assert [secret for secret in hidden if secret in told] == []


@pytest.mark.parametrize("name", scenes())
def test_pages_run_nothing_inline_and_load_nothing_foreign(stage: Stage, name: str) -> None:
    stage.trades.shown = scenes()[name]
    check_harmless(stage.get("").text)


@pytest.mark.parametrize("name", case_scenes())
def test_forms_run_nothing_inline_and_load_nothing_foreign(stage: Stage, name: str) -> None:
    stage.trades.shown = case_scenes()[name]
    check_harmless(stage.get("/case").text)


def check_harmless(html: str) -> None:
    """Find scripts, styles or handlers inline, and links that lead elsewhere."""
    assert re.findall(r"<script(?![^>]* src=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", html) == []
    links = re.findall(r'(?:href|src|action)="([^"]*)"', html)
    allowed = ("/order/", "#", "litecoin:", "data:image/png;base64,")
    assert [link for link in links if not link.startswith(allowed)] == []


def test_update_is_what_the_page_shows_and_is_sent_once(stage: Stage) -> None:
    page, update = stage.get("").text, stage.get("/live").json()
    assert update["html"].strip() in page
    assert f'data-version="{update["version"]}"' in page
    seen = stage.get("/live", seen=update["version"])
    assert (seen.status_code, seen.content) == (204, b"")
    stage.trades.shown = scenes()["sent"]
    assert stage.get("/live", seen=update["version"]).json()["headline"] != update["headline"]


def test_reading_changes_nothing(stage: Stage) -> None:
    for method, address, session, *_ in TABLE:
        if method in ("GET", "HEAD", "OPTIONS"):
            stage.client.request(method, address, headers=cookie(session))
    assert stage.bus.commands == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_speaks_the_language_asked_for_and_keeps_it(stage: Stage, language: str) -> None:
    assert f'<html lang="{language}">' in stage.get("", lang=language).text
    form = stage.get("/case", lang=language).text
    assert f'<html lang="{language}">' in form
    assert f'action="{MINE}/case/identity?lang={language}"' in form
    assert f'href="{MINE}?lang={language}"' in form


def test_page_speaks_the_customers_language_when_nobody_says_another(stage: Stage) -> None:
    assert '<html lang="cs">' in stage.get("").text
    assert '<html lang="cs">' in stage.get("", lang="xx").text
    accepting = stage.client.get(MINE, headers={"accept-language": "sv-SE,en;q=0.5"})
    assert '<html lang="sv">' in accepting.text


@pytest.mark.parametrize("name", ["cancelled", "waiting"])
def test_page_without_scripts_reloads_itself(stage: Stage, name: str) -> None:
    stage.trades.shown = scenes()[name]
    noscript = re.search(r"<noscript>(.*?)</noscript>", stage.get("", lang="de").text)
    assert noscript is not None
    assert f'http-equiv="refresh" content="30;url={MINE}?lang=de"' in noscript[1]


@pytest.mark.parametrize("name", [n for n, v in scenes().items() if v.held_by is None])
def test_case_page_of_an_order_nothing_holds_leads_to_its_status(stage: Stage, name: str) -> None:
    stage.trades.shown = scenes()[name]
    answer = stage.get("/case", lang="sv")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{MINE}?lang=sv")


def test_fault_behind_a_page_is_no_500_and_tells_nothing(stage: Stage) -> None:
    stage.trades.fault = ConnectionError("host=10.0.0.1 password=x")
    for path in ("", "/live"):
        answer = stage.get(path, None, lang="en")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert "Nothing is lost" in answer.text
        assert "password" not in answer.text


def test_erased_customer_is_not_found(stage: Stage) -> None:
    stage.bus.refusal = DomainError(ErrorCode.NOT_FOUND)
    assert stage.answer("cancel").status_code == 404


def test_sandbox_says_so_and_a_live_house_does_not() -> None:
    with staged(view(), is_sandbox=True) as stage:
        assert "Test mode" in stage.get("", lang="en").text
    with staged(view()) as stage:
        assert "Test mode" not in stage.get("", lang="en").text
