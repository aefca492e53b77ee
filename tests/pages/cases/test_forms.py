"""Prove what each form of a case does, and what it says when it is not taken."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from cambist.app.cases.confirm_code import ConfirmCode
from cambist.app.cases.decide_change import ChangeOutcome, DecideChange
from cambist.app.cases.declare_funds import DeclareFunds
from cambist.app.cases.name_return import NameReturn
from cambist.app.cases.send_code import SendCode
from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Outcome
from cambist.domain.orders.states import OrderKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.cases.shown import Notice, Wrong
from tests.pages.cases.answers import AML, IDENTITY, TEXTS, said, show
from tests.pages.cases.scenery import (
    CHANGED,
    LITECOIN,
    ORDER,
    PAGE,
    QUOTE,
    SAME_ORIGIN,
    SECRETS,
    held,
)
from tests.pages.cases.stage import Stage, cookie, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as ready:
        yield ready


def test_identity_is_handed_in_as_the_api_would(stage: Stage) -> None:
    show(stage, "identity")
    answer = stage.answer("identity", **IDENTITY)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/order/{PAGE}/case")
    (command,) = stage.bus.commands
    assert isinstance(command, SubmitIdentity)
    assert (command.order_id, command.partner_id, command.country) == (ORDER, None, "CZ")
    assert dict(command.fields) == {
        "first_name": "Jana Marie",
        "last_name": "Nováková",
        "birth_date": "1971-03-19",
        "nationality": "CZ",
        "street": "Dlouhá 1",
        "city": "Praha",
        "postal_code": "110 00",
        "country": "CZ",
        "document_kind": "id-card",
        "document_number": "123456789",
        "document_valid_until": "2099-12-31",
        "document_issuer": "MěÚ Praha",
        "phone": "+420601123456",
    }


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("first_name", "", Wrong.REQUIRED),
        ("first_name", "4711", Wrong.NAME),
        ("last_name", "x" * 101, Wrong.TOO_LONG),
        ("birth_date", "yesterday", Wrong.DATE),
        ("birth_date", "2026-11-21", Wrong.BIRTH_FUTURE),
        ("birth_date", "2020-01-01", Wrong.AGE_LOW),
        ("birth_date", "1850-01-01", Wrong.AGE_HIGH),
        ("birth_number", "123", Wrong.BIRTH_NUMBER),
        ("birth_number", "710319/2745", None),
        ("birth_number", "815319/0010", Wrong.BIRTH_NUMBER),
        ("birth_number", "900101/0007", Wrong.BIRTH_MISMATCH),
        ("nationality", "XX", Wrong.COUNTRY),
        ("street", "a\u202eb", Wrong.TEXT),
        ("city", "x" * 201, Wrong.TOO_LONG),
        ("postal_code", "110_00", Wrong.POSTAL_CODE),
        ("country", "cz", Wrong.COUNTRY),
        ("document_kind", "library-card", Wrong.CHOICE),
        ("document_number", "12", Wrong.FORM),
        ("document_valid_until", "2026-11-19", Wrong.DOCUMENT_OVER),
        ("document_valid_until", "2026-11-20", None),
        ("document_issuer", "   ", Wrong.REQUIRED),
        ("phone", "601123456", Wrong.PHONE),
        ("consent", "", Wrong.CONSENT),
        ("consent", "maybe", Wrong.CONSENT),
    ],
)
def test_wrong_field_is_said_beside_it_and_everything_else_kept(
    stage: Stage, field: str, value: str, wrong: Wrong | None
) -> None:
    show(stage, "identity")
    answer = stage.answer("identity", **{**IDENTITY, field: value})
    if wrong is None:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert stage.bus.commands == []
    text = unescape(answer.text)
    assert f'<p class="fault" id="e-{field}">{TEXTS.wrong[wrong]}</p>' in text
    assert text.count('class="fault"') == 1
    assert f'href="#f-{field}"' in text
    assert 'aria-invalid="true"' in text
    for name, kept in IDENTITY.items():
        if name not in (field, "consent") and kept and "option" not in kept:
            assert f'value="{kept}"' in text


def test_every_wrong_field_is_said_at_once(stage: Stage) -> None:
    show(stage, "identity")
    text = stage.answer("identity").text
    required = set(IDENTITY) - {"birth_number"}
    assert all(f'id="e-{name}"' in text for name in required)
    assert 'id="e-birth_number"' not in text


@pytest.mark.parametrize("extra", [{"level": "9"}, {"partner_id": "1"}, {"__proto__": "x"}])
def test_field_no_form_has_is_refused(stage: Stage, extra: dict[str, str]) -> None:
    show(stage, "identity")
    assert stage.answer("identity", **{**IDENTITY, **extra}).status_code == 400
    show(stage, "aml")
    assert stage.answer("aml", **{**AML, **extra}).status_code == 400
    assert stage.bus.commands == []


def test_field_given_twice_is_refused(stage: Stage) -> None:
    show(stage, "identity")
    twice = {"form": stage.token(), **IDENTITY, "country": ["CZ", "SK"]}
    answer = stage.client.post(
        f"/order/{PAGE}/case/identity",
        data=twice,
        headers={**SAME_ORIGIN, **cookie("sessionSESSIONsessionSESSION1234")},
    )
    assert answer.status_code == 400


def test_declaration_is_handed_in_under_the_countrys_name(stage: Stage) -> None:
    show(stage, "aml")
    assert stage.answer("aml", **AML).status_code == 303
    (command,) = stage.bus.commands
    assert command == DeclareFunds(ORDER, None, "CZ", tuple(command.fields))
    assert dict(command.fields) == AML


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("funds_origin", "lottery", Wrong.CHOICE),
        ("funds_origin", "", Wrong.REQUIRED),
        ("funds_origin_detail", "x" * 2_001, Wrong.TOO_LONG),
        ("purpose", "fun", Wrong.CHOICE),
        ("occupation", "x" * 201, Wrong.TOO_LONG),
        ("occupation", "a\u200bb", Wrong.TEXT),
        ("pep", "", Wrong.REQUIRED),
        ("pep", "perhaps", Wrong.CHOICE),
        ("tax_country", "Czechia", Wrong.TOO_LONG),
        ("tax_country", "QQ", Wrong.COUNTRY),
        ("declaration", "", Wrong.CONSENT),
        ("declaration", "false", Wrong.CONSENT),
    ],
)
def test_wrong_answer_of_the_declaration_is_said_beside_it(
    stage: Stage, field: str, value: str, wrong: Wrong
) -> None:
    show(stage, "aml")
    answer = stage.answer("aml", **{**AML, field: value})
    assert answer.status_code == 422
    assert f'id="e-{field}">{said(wrong)}<' in answer.text
    assert stage.bus.commands == []


def test_other_origin_must_be_told(stage: Stage) -> None:
    show(stage, "aml")
    other = {**AML, "funds_origin": "other"}
    assert 'id="e-funds_origin_detail"' in stage.answer("aml", **other).text
    told = {**other, "funds_origin_detail": "I found\r\na treasure."}
    assert stage.answer("aml", **told).status_code == 303
    assert dict(stage.bus.commands[0].fields)["funds_origin_detail"] == "I found\na treasure."


@pytest.mark.parametrize(("kind", "name"), [("phone", "phone"), ("deposit", "deposit")])
def test_code_is_sent_and_confirmed(stage: Stage, kind: str, name: str) -> None:
    show(stage, "phone-sent" if kind == "phone" else "deposit")
    assert stage.answer(f"{kind}-sms").status_code == 303
    assert stage.answer(kind, code=" 123 456").status_code == 303
    assert stage.answer(kind, refused="true").status_code == 303
    assert stage.bus.commands == [
        SendCode(ORDER, None, CaseKind(kind), "testclient"),
        ConfirmCode(ORDER, None, CaseKind(kind), "123456", "testclient"),
        ConfirmCode(ORDER, None, CaseKind(kind), None, "testclient"),
    ]


@pytest.mark.parametrize(
    ("outcome", "left", "wrong"),
    [
        (Outcome.WRONG, 3, Wrong.CODE_WRONG),
        (Outcome.WRONG, 0, Wrong.CODE_SPENT),
        (Outcome.SPENT, 0, Wrong.CODE_SPENT),
        (Outcome.EXPIRED, 0, Wrong.CODE_OVER),
        (Outcome.OTHER, 0, Wrong.CODE_OVER),
    ],
)
def test_wrong_code_says_what_is_left(
    stage: Stage, outcome: Outcome, left: int, wrong: Wrong
) -> None:
    show(stage, "phone-sent")
    stage.bus.outcome, stage.bus.tries_left = outcome, left
    answer = stage.answer("phone", code="000000")
    assert answer.status_code == 422
    assert said(wrong, left) in answer.text
    assert "000000" not in answer.text


@pytest.mark.parametrize(
    ("code", "wrong"),
    [("", Wrong.REQUIRED), ("12345", Wrong.CODE_FORM), ("१२३४५६", Wrong.CODE_FORM)],
)
def test_what_is_no_code_is_not_compared(stage: Stage, code: str, wrong: Wrong) -> None:
    show(stage, "phone-sent")
    answer = stage.answer("phone", code=code)
    assert (answer.status_code, said(wrong) in answer.text) == (422, True)
    assert stage.bus.commands == []


def test_number_is_shown_by_its_end_only(stage: Stage) -> None:
    show(stage, "phone-sent")
    text = stage.get("/case").text
    assert re.search(r"\b456\b", text)
    for number in (SECRETS[3], SECRETS[3][4:], "+420 601 123 456", "601 123 456"):
        assert number not in text


def test_spent_code_leaves_only_a_new_one_to_ask_for(stage: Stage) -> None:
    show(stage, "phone-spent")
    text = stage.get("/case").text
    assert 'name="code"' not in text
    assert TEXTS.send_again in text


@pytest.mark.parametrize(("decision", "accept"), [("accept", True), ("reject", False)])
def test_changed_terms_are_decided(stage: Stage, decision: str, accept: bool) -> None:
    show(stage, "change")
    answer = stage.answer("change", decision=decision, quote=str(QUOTE))
    assert answer.status_code == 303
    assert stage.bus.commands == [DecideChange(ORDER, None, accept, QUOTE)]


def test_terms_that_do_not_stand_are_shown_anew(stage: Stage) -> None:
    show(stage, "change")
    stage.bus.change = ChangeOutcome.RESTATED
    answer = stage.answer("change", decision="accept", quote=str(QUOTE))
    assert (answer.status_code, TEXTS.notices[Notice.RESTATED] in answer.text) == (409, True)


def test_old_and_new_terms_stand_side_by_side(stage: Stage) -> None:
    show(stage, "change")
    text = stage.get("/case").text
    assert "<td>1000,00 CZK</td><td>980,00 CZK</td>" in text
    assert "<td>0,4321 LTC</td><td>0,41 LTC</td>" in text


@pytest.mark.parametrize("fields", [{}, {"decision": "maybe"}, {"quote": "x" * 50}])
def test_change_without_a_decision_is_not_taken(stage: Stage, fields: dict[str, str]) -> None:
    show(stage, "change")
    answer = stage.answer("change", **fields)
    assert (answer.status_code, stage.bus.commands) == (400, [])


def test_return_address_is_named_or_said_to_be_wrong(stage: Stage) -> None:
    show(stage, "return")
    assert stage.answer("return", address=f" {LITECOIN}\n").status_code == 303
    assert stage.bus.commands == [NameReturn(ORDER, None, LITECOIN)]
    stage.bus.refusal = DomainError(ErrorCode.ADDRESS_INVALID, field="btc_address")
    answer = stage.answer("return", address="ltc1qwrong")
    assert answer.status_code == 422
    assert said(Wrong.ADDRESS) in answer.text
    assert 'value="ltc1qwrong"' in answer.text


@pytest.mark.parametrize("name", ["identity", "aml", "phone", "deposit", "review", "looked-at"])
def test_order_is_given_up(stage: Stage, name: str) -> None:
    show(stage, name)
    assert stage.answer_cancel().status_code == 303
    assert stage.bus.commands == [CancelTrade(ORDER, None)]


@pytest.mark.parametrize(
    "shown",
    [
        held(CaseKind.CHANGE, facts=CHANGED),
        held(CaseKind.RETURN, OrderKind.SELL),
        held(CaseKind.EDD, of_trade={"filled": True}),
        held(CaseKind.EDD, of_trade={"fiat_received": 1}),
    ],
)
def test_order_that_cannot_be_given_up_offers_no_button(stage: Stage, shown: Any) -> None:
    stage.trades.shown = shown
    assert 'id="cancel"' not in stage.get("/case").text
    answer = stage.answer_cancel()
    assert (answer.status_code, stage.bus.commands) == (409, [])
