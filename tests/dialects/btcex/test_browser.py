"""Show who may make an order by following a link, and that what looks at links may not."""

import pytest

from cambist.dialects.btcex.browser import CODE, LOOKERS, effect_allowed

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
VISITS = {
    "a person who follows a link": {
        "user-agent": CHROME,
        "accept": "text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-user": "?1",
        "sec-fetch-dest": "document",
    },
    "a page's script": {
        "user-agent": CHROME,
        "accept": "application/json",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "cors",
        "sec-fetch-dest": "empty",
    },
    "a script of the old API": {},
    "curl": {"user-agent": "curl/8.5.0", "accept": "*/*"},
    "a phone called Cubot": {
        "user-agent": "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20 Build/RP1A) Chrome/120 Mobile"
    },
    "a browser steered by a test": {
        "user-agent": CHROME.replace("Chrome", "HeadlessChrome"),
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    },
}
PERSON = VISITS["a person who follows a link"]


@pytest.mark.parametrize("headers", VISITS.values(), ids=list(VISITS))
def test_people_and_their_scripts_may(headers: dict[str, str]) -> None:
    assert effect_allowed("GET", headers) is None


@pytest.mark.parametrize("headers", VISITS.values(), ids=list(VISITS))
def test_head_never_has_an_effect(headers: dict[str, str]) -> None:
    assert effect_allowed("HEAD", headers) is not None


@pytest.mark.parametrize(
    "told",
    [
        {"purpose": "prefetch"},
        {"purpose": "preview"},
        {"x-purpose": "preview"},
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"sec-purpose": "Prefetch;anonymous-client-ip"},
        {"x-moz": "prefetch"},
        {"sec-fetch-dest": "image"},
        {"sec-fetch-dest": "iframe"},
        {"sec-fetch-dest": "script"},
        {"sec-fetch-dest": "style"},
        {"sec-fetch-dest": "embed"},
        {"sec-fetch-dest": "IMAGE"},
        {"sec-fetch-mode": "no-cors"},
        {"sec-fetch-mode": "websocket"},
        {"accept": "image/avif,image/webp,*/*;q=0.8"},
        {"accept": " IMAGE/png"},
        {"accept": "video/webm"},
        {"accept": "text/css,*/*;q=0.1"},
        {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"user-agent": "facebookexternalhit/1.1"},
        {"user-agent": "WhatsApp/2.23.20.0 A"},
        {"user-agent": "TelegramBot (like TwitterBot)"},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"},
        {"user-agent": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)"},
        {"user-agent": "Mozilla/5.0 (Windows NT 10.0) BingPreview/1.0b"},
        {"user-agent": "Mimecast Targeted Threat Protection"},
        {"user-agent": "Some unheard-of Examplebot/0.1"},
        {"user-agent": "exampleBot (scan; +https://example.com)"},
    ],
)
def test_what_looks_at_links_is_turned_away_without_effect(told: dict[str, str]) -> None:
    refusal = effect_allowed("GET", {**PERSON, **told})
    assert refusal is not None
    assert (refusal.status, refusal.code) == (403, CODE)


def test_looking_up_agents_is_by_lower_case_words() -> None:
    assert all(word == word.lower() and len(word) > 4 for word in LOOKERS)
    assert len(set(LOOKERS)) == len(LOOKERS)


def test_a_huge_agent_is_looked_at_in_part() -> None:
    assert effect_allowed("GET", {"user-agent": "x" * 1_000_000 + "bot/"}) is None
