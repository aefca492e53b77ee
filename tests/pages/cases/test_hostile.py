"""Prove that hostile texts stay texts, in whatever place they are shown (T78)."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import pytest

from cambist.domain.compliance.cases import CaseKind
from cambist.kernel.errors import DomainError, ErrorCode
from tests.pages.cases.answers import AML, IDENTITY, show
from tests.pages.cases.scenery import held, scenes
from tests.pages.cases.stage import Stage, staged

POLYGLOTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea></title><svg/onload=alert(1)>",
    "{{7*7}}{%raw%}${7*7}",
    "--><!--<script>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//",
    "\u202egnp.exe\u0000\ud7ff{count}{0.__class__}",
]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as ready:
        yield ready


@pytest.mark.parametrize("hostile", POLYGLOTS)
def test_hostile_answers_come_back_as_text_only(stage: Stage, hostile: str) -> None:
    stage.bus.refusal = DomainError(ErrorCode.ADDRESS_INVALID)
    for name, action, fields in (
        ("identity", "identity", IDENTITY),
        ("aml", "aml", {**AML, "funds_origin_detail": ""}),
        ("return", "return", {"address": ""}),
        ("phone-sent", "phone", {"code": ""}),
    ):
        show(stage, name)
        faulty = stage.answer(action, **dict.fromkeys(fields, "\x07"))
        known = {*tags(stage.get("/case").text), *tags(faulty.text)}
        text = stage.answer(action, **dict.fromkeys(fields, hostile)).text
        assert set(tags(text)) <= known, name
        assert "{{7*7}}" not in hostile or "{{7*7}}" in text or action == "phone"


@pytest.mark.parametrize("hostile", POLYGLOTS)
def test_hostile_facts_are_only_text(stage: Stage, hostile: str) -> None:
    again = held(CaseKind.IDENTITY, reasons=("document-unreadable",), remark="calm")
    show_it = replace(again, cases=(replace(again.cases[0], remark=hostile, reasons=(hostile,)),))
    stage.trades.shown = replace(again, cases=(replace(again.cases[0], reasons=("nothing",)),))
    calm = tags(stage.get("/case").text)
    stage.trades.shown = show_it
    assert tags(stage.get("/case").text) == calm
    for name in ("waiting", "sent", "sell-waiting"):
        scene = scenes()[name]
        stage.trades.shown = scene
        calm = tags(stage.get("").text)
        pay = scene.pay and replace(
            scene.pay, holder=hostile, reference=hostile, bic=hostile, message=hostile
        )
        payments = tuple(
            replace(item, payment=replace(item.payment, txid=hostile)) for item in scene.payments
        )
        stage.trades.shown = replace(scene, pay=pay, payments=payments, email=hostile)
        assert tags(stage.get("").text) == calm, name


class Lister(HTMLParser):
    """Write down what a page is built of; long words are cut into spans."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("wbr", "span"):
            self.found.append((tag, tuple(name for name, _ in attrs)))


def tags(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """List the elements of a page with the names of their attributes."""
    lister = Lister()
    lister.feed(html)
    return lister.found


def test_page_that_trusts_what_it_is_told_would_be_caught() -> None:
    careful, careless = escape(POLYGLOTS[1]), POLYGLOTS[1]
    assert tags(f'<input value="{careful}">') == tags('<input value="x">')
    assert tags(f'<input value="{careless}">') != tags('<input value="x">')
