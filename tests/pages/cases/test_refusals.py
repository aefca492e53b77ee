"""Prove what a form says when the case was answered meanwhile, or the core refuses."""

from collections.abc import Iterator
from html import escape

import pytest

from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.cases.acting import Action
from cambist.pages.cases.shown import Notice
from tests.pages.cases.answers import IDENTITY, TEXTS, in_time, send, show
from tests.pages.cases.scenery import QUOTE, held, scenes
from tests.pages.cases.stage import Stage, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as ready:
        yield ready


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.CANCEL])
def test_case_under_review_takes_no_answer_and_shows_the_state_of_now(
    stage: Stage, action: Action
) -> None:
    token = in_time(stage)
    stage.trades.shown = held(CaseKind.IDENTITY, state=CaseState.SUBMITTED)
    answer = send(stage, action, token)
    assert answer.status_code == 409
    assert TEXTS.notices[Notice.ANSWERED] in answer.text
    assert TEXTS.review.title in answer.text
    assert (stage.bus.commands, stage.uploads.taken) == ([], [])


@pytest.mark.parametrize("action", Action)
def test_order_that_went_on_shows_its_status_instead(stage: Stage, action: Action) -> None:
    token = in_time(stage)
    stage.trades.shown = scenes()["waiting"]
    answer = send(stage, action, token)
    assert answer.status_code == 409
    assert TEXTS.notices[Notice.ANSWERED] in answer.text
    assert 'data-status="waiting"' in answer.text
    assert stage.bus.commands == []


@pytest.mark.parametrize("action", [Action.IDENTITY, Action.PHONE_SMS, Action.CHANGE])
def test_answer_to_another_case_shows_the_one_that_is_open(stage: Stage, action: Action) -> None:
    token = in_time(stage)
    stage.trades.shown = held(CaseKind.AML)
    answer = send(stage, action, token)
    assert answer.status_code == 409
    assert 'data-kind="aml"' in answer.text
    assert stage.bus.commands == []


def test_case_answered_at_the_same_moment_says_so(stage: Stage) -> None:
    show(stage, "identity")
    stage.bus.refusal = DomainError(ErrorCode.CASE_NOT_OPEN, case="identity", open="")
    answer = stage.answer("identity", **IDENTITY)
    assert answer.status_code == 409
    assert TEXTS.notices[Notice.ANSWERED] in answer.text


@pytest.mark.parametrize(
    ("code", "status", "notice"),
    [
        (ErrorCode.LIMIT_EXCEEDED, 429, Notice.TOO_OFTEN),
        (ErrorCode.TOO_MANY_TRIES, 429, Notice.TOO_OFTEN),
        (ErrorCode.FIELD_INVALID, 409, Notice.NO_PHONE),
        (ErrorCode.INVALID_STATE, 409, Notice.NOT_POSSIBLE),
        (ErrorCode.INSUFFICIENT_BALANCE, 409, Notice.BALANCE),
        (ErrorCode.OVERLOADED, 503, Notice.TRY_AGAIN),
        (ErrorCode.UNKNOWN_OUTCOME, 503, Notice.TRY_AGAIN),
    ],
)
def test_refusal_is_said_above_the_form(
    stage: Stage, code: ErrorCode, status: int, notice: Notice
) -> None:
    show(stage, "phone")
    stage.bus.refusal = DomainError(code)
    answer = stage.answer("phone-sms")
    assert answer.status_code == status
    assert escape(TEXTS.notices[notice]) in answer.text


@pytest.mark.parametrize(
    "code", [ErrorCode.LIMIT_EXCEEDED, ErrorCode.AMOUNT_TOO_SMALL, ErrorCode.AMOUNT_TOO_LARGE]
)
def test_new_terms_beyond_the_limits_can_only_be_given_back(stage: Stage, code: ErrorCode) -> None:
    show(stage, "change")
    stage.bus.refusal = DomainError(code)
    answer = stage.answer("change", decision="accept", quote=str(QUOTE))
    assert (answer.status_code, TEXTS.notices[Notice.LIMIT] in answer.text) == (409, True)
