"""Plain cases pass by themselves; a judge that lets others pass is caught."""

import pytest

from cambist.app.cases.decide_case import Decision
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.ports.trades import Review
from cambist.workers.reviewing import judge
from tests.review.judging import Judge, check_judge


def accepts_flagged(review: Review) -> tuple[Decision, str] | None:
    if review.customer.is_flagged and review.case.state is CaseState.SUBMITTED:
        return Decision.ACCEPT, ""
    return judge(review)


def accepts_once_one_hit_is_cleared(review: Review) -> tuple[Decision, str] | None:
    return (Decision.ACCEPT, "") if review.customer.cleared else judge(review)


def accepts_the_unscreened(review: Review) -> tuple[Decision, str] | None:
    return judge(review) if review.customer.screened_with else (Decision.ACCEPT, "")


def decides_what_is_for_people(review: Review) -> tuple[Decision, str] | None:
    return (Decision.ACCEPT, "") if review.case.kind is CaseKind.EDD else judge(review)


def decides_what_nobody_submitted(review: Review) -> tuple[Decision, str] | None:
    return (Decision.ACCEPT, "") if review.case.state is CaseState.OPEN else judge(review)


def does_not_wait(review: Review) -> tuple[Decision, str] | None:
    return judge(review) or (Decision.ACCEPT, "")


def test_only_plain_cases_pass_without_a_person() -> None:
    check_judge(judge)


@pytest.mark.parametrize(
    "planted",
    [
        accepts_flagged,
        accepts_once_one_hit_is_cleared,
        accepts_the_unscreened,
        decides_what_is_for_people,
        decides_what_nobody_submitted,
        does_not_wait,
        lambda review: None,
    ],
)
def test_a_judge_that_is_wrong_is_caught(planted: Judge) -> None:
    with pytest.raises(AssertionError):
        check_judge(planted)
