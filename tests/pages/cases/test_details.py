"""Prove small things of the pages that whoever pays or answers relies on."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Outcome
from cambist.pages.cases.shown import Wrong
from cambist.pages.cases.texts import FORM_TEXTS, TEXTS
from cambist.pages.look.languages import LANGUAGES
from tests.pages.cases.scenery import INSTRUCTIONS, NOW, code, held, view
from tests.pages.cases.stage import staged

DD = re.compile(r'<dd id="pay-(\w+)"[^>]*>(.*?)</dd>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def parts(html: str) -> dict[str, list[str]]:
    """Read how the details of a payment are cut."""
    return {name: TAG.sub(" ", inner).split() for name, inner in DD.findall(html)}


def test_long_numbers_stand_in_fours_and_what_has_its_own_form_is_left_alone() -> None:
    reference = "RF701801178469082495"
    with staged(view(pay=replace(INSTRUCTIONS, reference=reference))) as stage:
        cut = parts(stage.get("").text)
    assert cut["reference"] == ["RF70", "1801", "1784", "6908", "2495"]
    assert cut["account"] == ["19-2000145399/0800"]
    assert cut["iban"] == ["CZ65", "0800", "0000", "1920", "0014", "5399"]
    assert cut["bic"] == ["GIBACZPX"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("gone", [{"tries": 5}, {"expires_at": NOW}])
def test_a_page_says_why_a_code_that_was_sent_cannot_be_typed_in(
    language: str, gone: dict[str, Any]
) -> None:
    with staged(held(CaseKind.PHONE, codes=[code(**gone)])) as stage:
        text = stage.get("/case", lang=language).text
    assert 'name="code"' not in text
    assert FORM_TEXTS[language].wrong[Wrong.CODE_OVER] in text


def test_nothing_is_said_of_a_code_that_was_never_sent() -> None:
    with staged(held(CaseKind.PHONE)) as stage:
        assert FORM_TEXTS["en"].wrong[Wrong.CODE_OVER] not in stage.get("/case", lang="en").text


def test_the_last_wrong_code_asks_for_a_new_one_instead_of_counting_to_none() -> None:
    with staged(held(CaseKind.PHONE, codes=[code()])) as stage:
        stage.bus.outcome, stage.bus.tries_left = Outcome.WRONG, 0
        text = stage.answer("phone", code="000000").text
    assert FORM_TEXTS["cs"].wrong[Wrong.CODE_SPENT] in text
    assert FORM_TEXTS["cs"].wrong[Wrong.CODE_WRONG].format(count=0) not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_mailbox_no_mail_is_promised(language: str) -> None:
    told, texts = held(CaseKind.IDENTITY), TEXTS[language]
    for shown, promise in ((told, True), (replace(told, email=""), False)):
        with staged(shown) as stage:
            text = unescape(stage.get("", lang=language).text)
        assert ('id="send-link"' in text, texts.link_intro in text) == (promise, promise)
        assert (texts.link_elsewhere in text) is not promise


def test_faults_are_listed_in_the_order_of_the_form() -> None:
    with staged(held(CaseKind.IDENTITY)) as stage:
        text = stage.answer("identity").text
    listed = re.findall(r'<a href="#f-(\w+)">', text)
    placed = [name for name in re.findall(r'id="f-(\w+)"', text) if name in listed]
    assert len(listed) > 10
    assert listed == placed
