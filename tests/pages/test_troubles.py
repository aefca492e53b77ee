"""Prove what pages say when something is the matter: in whose language, and how one goes on."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from httpx import Response

from cambist.domain.compliance.cases import CaseKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.look.languages import LANGUAGES
from cambist.pages.look.troubles import REFRESH_S, Asker, Place
from cambist.pages.look.words import WORDS
from cambist.ports.store import StoreUnavailableError
from tests.pages import stage as pay
from tests.pages.cases import stage as cases
from tests.pages.cases.scenery import PAGE, SESSION, TOKEN, held
from tests.pages.stage import IDS, ORDER, SHOP
from tests.pages.texts import leaves

MINE = f"/order/{PAGE}"
UNKNOWN = "x" * 32
OWN_FORM = {"sec-fetch-site": "same-origin"}
FOREIGN_FORM = {"sec-fetch-site": "cross-site"}
QUERY = f"integrationId={SHOP}&orderId={ORDER}"
PAY_READS = ["/payment-page", "/iframe", "/pay/live", "/pay/events"]
CASE_READS = ["", "/live", "/case"]
CASE_FORMS = ["/link", "/case/identity", "/case/document", "/case/cancel"]


@pytest.fixture
def shop() -> Iterator[pay.Stage]:
    with pay.staged() as ready:
        yield ready


@pytest.fixture
def house() -> Iterator[cases.Stage]:
    with cases.staged(held(CaseKind.IDENTITY)) as ready:
        yield ready


def tongues(answer: Response) -> dict[str, str]:
    """Read where the language links lead."""
    found = re.findall(r'<a href="([^"]*)" lang="([a-z]{2})"', answer.text)
    return {language: unescape(address) for address, language in found}


def onward(answer: Response) -> str | None:
    """Read where the button leads."""
    found = re.search(r'id="onward" href="([^"]*)"', answer.text)
    return None if found is None else unescape(found[1])


def check_outage(answer: Response, language: str) -> None:
    """Find the one page that says the fault is ours, whole and in a language."""
    words = WORDS[language]
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert f'<html lang="{language}">' in answer.text
    assert words.unavailable.title in answer.text
    assert words.unavailable.text in answer.text


def test_words_are_said_in_every_language_and_differ() -> None:
    assert tuple(WORDS) == LANGUAGES
    english = dict(leaves(WORDS["en"]))
    for language in LANGUAGES:
        own = dict(leaves(WORDS[language]))
        assert own.keys() == english.keys()
        assert all(text.strip() for text in own.values())
        same = {path for path in own if own[path] == english[path]}
        assert language == "en" or same == set()


@pytest.mark.parametrize("path", PAY_READS)
def test_pay_page_without_database_says_so_in_the_visitors_language(
    shop: pay.Stage, path: str
) -> None:
    shop.queries.fault = StoreUnavailableError()
    for language in LANGUAGES:
        check_outage(shop.get(path, lang=language), language)
        accepted = shop.client.get(path, params=IDS, headers={"accept-language": language})
        check_outage(accepted, language)


@pytest.mark.parametrize("path", CASE_READS)
def test_orders_page_without_database_says_so_in_the_visitors_language(
    house: cases.Stage, path: str
) -> None:
    house.trades.fault = StoreUnavailableError()
    for language in LANGUAGES:
        check_outage(house.get(path, None, lang=language), language)


def test_page_that_is_away_can_be_asked_for_again_as_it_was(shop: pay.Stage) -> None:
    shop.queries.fault = StoreUnavailableError()
    answer = shop.get(lang="sv")
    assert onward(answer) == f"?{QUERY}&lang=sv"
    assert tongues(answer) == {code: f"?{QUERY}&lang={code}" for code in LANGUAGES}
    assert f'<noscript><meta http-equiv="refresh" content="{REFRESH_S}"></noscript>' in answer.text
    assert onward(shop.get()) == f"?{QUERY}"
    shop.queries.fault = None
    again = shop.client.get(f"/payment-page{onward(answer)}")
    assert (again.status_code, '<html lang="sv">' in again.text) == (200, True)


@pytest.mark.parametrize("path", ["/pay/asset", "/pay/simulate"])
def test_payers_form_without_database_changes_nothing_and_leads_back(
    shop: pay.Stage, path: str
) -> None:
    shop.queries.fault = StoreUnavailableError()
    answer = shop.post(path, asset="TRX", action="exact", surface="iframe", lang="ro")
    check_outage(answer, "ro")
    assert WORDS["ro"].if_sent in answer.text
    assert "refresh" not in answer.text
    assert onward(answer) == f"/iframe?{QUERY}&lang=ro"
    assert tongues(answer)["de"] == f"/iframe?{QUERY}&lang=de"
    assert (shop.bus.commands, shop.simulator.played) == ([], [])


@pytest.mark.parametrize("path", CASE_FORMS)
def test_customers_form_without_database_changes_nothing_and_leads_back(
    house: cases.Stage, path: str
) -> None:
    house.trades.fault = StoreUnavailableError()
    answer = house.post(f"{path}?lang=de", session=None)
    check_outage(answer, "de")
    assert WORDS["de"].if_sent in answer.text
    back = MINE if path == "/link" else f"{MINE}/case"
    assert onward(answer) == f"{back}?lang=de"
    assert tongues(answer) == {code: f"{back}?lang={code}" for code in LANGUAGES}
    assert (house.bus.commands, house.uploads.taken) == ([], [])


def test_link_that_cannot_be_used_now_can_be_pressed_again(house: cases.Stage) -> None:
    house.bus.refusal = DomainError(ErrorCode.OVERLOADED)
    sent = {"token": TOKEN}
    answer = house.client.post("/order/open?lang=cs", data=sent, headers=OWN_FORM)
    check_outage(answer, "cs")
    assert onward(answer) == f"/order/open/{TOKEN}?lang=cs"
    assert "set-cookie" not in answer.headers
    house.bus.refusal = None
    assert house.client.get(f"/order/open/{TOKEN}").status_code == 200
    used = house.client.post("/order/open", data=sent, headers=OWN_FORM, follow_redirects=False)
    assert used.status_code == 303


def test_form_whose_answer_is_not_known_says_when_to_come_back(house: cases.Stage) -> None:
    token = house.token()
    house.bus.refusal = DomainError(ErrorCode.OVERLOADED)
    answer = house.post("/case/cancel", {"form": token})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert 'data-kind="identity"' in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/payment-page",
        f"/payment-page?integrationId={SHOP}&orderId={SHOP}",
        "/pay/asset",
        "/nothing/here",
        "//evil.example/x",
        '/"><script>alert(1)</script>',
    ],
)
def test_language_links_of_the_pay_page_keep_the_path_and_no_more(
    shop: pay.Stage, path: str
) -> None:
    shown = shop.client.build_request("GET", "http://testserver" + path)
    answer = shop.client.send(shown)
    assert answer.status_code in (404, 405)
    assert tongues(answer) == {code: f"?lang={code}" for code in LANGUAGES}
    assert str(SHOP) not in answer.text
    assert "<script>" not in answer.text
    for language, address in tongues(answer).items():
        again = shop.client.get(urlsplit(path).path.replace("//", "/") + address)
        assert again.status_code == answer.status_code
        assert f'<html lang="{language}">' in again.text
        assert re.findall(r'lang="([a-z]+)"[^>]* aria-current', again.text) == [language]


@pytest.mark.parametrize(
    "path", [f"/order/{UNKNOWN}", f"{MINE}/link", "/order/open/nothing", "/order", f"{MINE}/case"]
)
def test_language_links_of_orders_pages_lead_to_the_same_answer(
    house: cases.Stage, path: str
) -> None:
    answer = house.client.get(path)
    assert answer.status_code in (403, 404, 405)
    assert tuple(tongues(answer)) == LANGUAGES
    for language, address in tongues(answer).items():
        query = dict(parse_qsl(urlsplit(address).query))
        assert query == {"lang": language}
        assert urlsplit(address).path in ("", path)
        again = house.client.get(path, params=query)
        assert again.status_code == answer.status_code
        assert f'<html lang="{language}">' in again.text


@pytest.mark.parametrize(
    ("path", "fields", "headers", "session", "status", "back"),
    [
        ("/case/identity", {}, FOREIGN_FORM, SESSION, 403, f"{MINE}/case"),
        ("/case/identity", {}, OWN_FORM, None, 403, f"{MINE}/case"),
        ("/case/document", {}, OWN_FORM, SESSION, 400, f"{MINE}/case"),
        ("/case/identity", {"x": "y" * 70_000}, OWN_FORM, SESSION, 413, f"{MINE}/case"),
        ("/case/nothing", {}, OWN_FORM, SESSION, 404, f"{MINE}/case"),
        ("/link", {}, FOREIGN_FORM, None, 403, MINE),
    ],
)
def test_languages_of_an_answer_to_a_form_lead_to_the_page_it_came_from(
    house: cases.Stage,
    path: str,
    fields: dict[str, str],
    headers: dict[str, str],
    session: str | None,
    status: int,
    back: str,
) -> None:
    answer = house.post(f"{path}?lang=sv", fields, session, headers)
    assert answer.status_code == status
    assert '<html lang="sv">' in answer.text
    assert tongues(answer) == {code: f"{back}?lang={code}" for code in LANGUAGES}
    assert house.client.get(back, headers=cases.cookie(SESSION)).status_code == 200


def test_too_many_forms_lead_back_to_the_page(house: cases.Stage) -> None:
    with cases.staged(held(CaseKind.IDENTITY), monotonic_ns=lambda: 0) as busy:
        for _ in range(40):
            busy.post("/link", session=None)
        answer = busy.post("/link?lang=cs", session=None)
    assert answer.status_code == 429
    assert (tongues(answer)["en"], onward(answer)) == (f"{MINE}?lang=en", f"{MINE}?lang=cs")


def test_languages_of_a_link_that_is_gone_lead_to_where_it_led(house: cases.Stage) -> None:
    gone = house.client.post("/order/open?lang=de", data={"token": UNKNOWN}, headers=OWN_FORM)
    assert gone.status_code == 410
    assert tongues(gone) == {code: f"/order/open/{UNKNOWN}?lang={code}" for code in LANGUAGES}
    for address in tongues(gone).values():
        assert house.client.get(address).status_code == 200


@pytest.mark.parametrize("path", ["/order/open", "/order/link"])
@pytest.mark.parametrize("token", ["", "no token", "//evil.example"])
def test_form_that_names_no_page_has_no_links(house: cases.Stage, path: str, token: str) -> None:
    answer = house.client.post(f"{path}?lang=ro", data={"token": token}, headers=OWN_FORM)
    assert answer.status_code == 404
    assert '<html lang="ro">' in answer.text
    assert (tongues(answer), onward(answer)) == ({}, None)


def test_form_sent_where_none_is_taken_has_no_links(house: cases.Stage, shop: pay.Stage) -> None:
    for answer in (house.post("?lang=sv"), shop.client.post("/payment-page?lang=sv", data=IDS)):
        assert answer.status_code == 405
        assert '<html lang="sv">' in answer.text
        assert (tongues(answer), onward(answer)) == ({}, None)


def test_refused_payers_form_speaks_its_own_language_and_leads_back(shop: pay.Stage) -> None:
    foreign = shop.post("/pay/asset", FOREIGN_FORM, asset="TRX", lang="cs")
    assert foreign.status_code == 403
    assert '<html lang="cs">' in foreign.text
    assert onward(foreign) == f"/payment-page?{QUERY}&lang=cs"
    broken = shop.client.post("/pay/asset", data={"orderId": "x", "lang": "ro"}, headers=OWN_FORM)
    assert broken.status_code == 404
    assert '<html lang="ro">' in broken.text
    assert (tongues(broken), onward(broken)) == ({}, None)


def test_platform_below_a_path_leads_back_below_it() -> None:
    with cases.staged(held(CaseKind.IDENTITY), base_url="https://h.example/below") as house:
        answer = house.post("/link", session=None, headers=FOREIGN_FORM)
        assert onward(answer) == f"/below{MINE}?"
        assert 'href="/below/order/static/frame.css?v=' in answer.text


def test_language_nobody_knows_is_not_chosen() -> None:
    asker = Asker("xx", "de", Place("/a", (("b", "c&d"),)), is_reading=True)
    assert (asker.language, asker.chosen) == ("de", None)
    assert asker.place is not None
    assert asker.place.address(asker.chosen) == "/a?b=c%26d"
