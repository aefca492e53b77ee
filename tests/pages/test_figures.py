"""Prove that pages write amounts the way their language does, and machines read a point."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest

from cambist.domain.messaging.figures import DECIMAL_SIGNS, figure
from cambist.pages.look.languages import LANGUAGES
from tests.pages.cases.scenery import case_scenes
from tests.pages.cases.scenery import scenes as order_scenes
from tests.pages.cases.stage import staged as orders_staged
from tests.pages.stage import scenes as pay_scenes
from tests.pages.stage import staged as pay_staged

AMOUNT = re.compile(r"[0-9]([.,])[0-9]+[\s\u00a0]*(?:CZK|EUR|LTC|BTC|USDT|TRX)")


class Words(HTMLParser):
    """Collect what a reader sees, and what is copied for him."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen = ""
        self.copied: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a button copies."""
        given = dict(attrs)
        if "data-copy" in given:
            self.copied[given["id"] or ""] = given["data-copy"] or ""

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.seen += data


def signs(html: str) -> set[str]:
    return set(AMOUNT.findall(Words(html).seen))


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        ("5000.00", {"en": "5000.00", "cs": "5000,00"}),
        ("0.00512340", {"en": "0.0051234", "sv": "0,0051234"}),
        ("1.00000000", {"de": "1,00"}),
        ("12345678.90", {"ro": "12345678,90"}),
        ("7", {"cs": "7", "en": "7"}),
        ("0.5", {"cs": "0,5"}),
    ],
)
def test_an_amount_has_its_language_s_sign_and_no_needless_zeros(
    exact: str, shown: Mapping[str, str]
) -> None:
    assert {language: figure(exact, language) for language in shown} == shown


def test_every_language_has_a_sign() -> None:
    assert tuple(DECIMAL_SIGNS) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_amounts_of_an_order_s_pages_have_the_sign_of_the_language(language: str) -> None:
    with orders_staged() as stage:
        for name, shown in order_scenes().items():
            stage.trades.shown = shown
            assert signs(stage.get("", lang=language).text) == {DECIMAL_SIGNS[language]}, name
        for name in ("change", "return"):
            stage.trades.shown = case_scenes()[name]
            assert signs(stage.get("/case", lang=language).text) == {DECIMAL_SIGNS[language]}, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_amounts_of_a_pay_page_have_the_sign_of_the_language(language: str) -> None:
    found: set[str] = set()
    with pay_staged() as stage:
        for shown in pay_scenes().values():
            stage.queries.shown = shown
            found |= signs(stage.get(lang=language).text)
    assert found == {DECIMAL_SIGNS[language]}


def test_a_bank_is_told_an_amount_as_written_and_a_wallet_with_a_point() -> None:
    with orders_staged() as stage:
        for name, copied in (("waiting", "1000,00"), ("sell-waiting", "0.4321")):
            stage.trades.shown = order_scenes()[name]
            assert Words(stage.get("", lang="cs").text).copied["copy-pay-amount"] == copied
    with pay_staged() as pay:
        pay.queries.shown = pay_scenes()["waiting"]
        assert Words(pay.get(lang="cs").text).copied["copy-amount"] == "12.50"
