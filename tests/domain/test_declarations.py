"""Prove what declarations of funds ask, country by country."""

import pytest

from cambist.domain.compliance.declarations import DECLARATIONS, FALLBACK, declaration_for
from cambist.domain.compliance.declarations.questions import (
    AnswerKind,
    Declaration,
    FundsOrigin,
    QuestionName,
)


@pytest.mark.parametrize("declaration", DECLARATIONS.values(), ids=DECLARATIONS)
def test_declaration_is_whole(declaration: Declaration) -> None:
    names = [question.name for question in declaration.questions]
    assert len(set(names)) == len(names)
    assert declaration.questions[-1].answer is AnswerKind.CONSENT
    for question in declaration.questions:
        assert bool(question.choices) is (question.answer is AnswerKind.CHOICE)
        is_free = question.answer in (AnswerKind.LINE, AnswerKind.TEXT)
        assert (question.length_max > 0) is is_free
        if question.needed_with is not None:
            other, value = question.needed_with
            asked = next(q for q in declaration.questions if q.name is other)
            assert value in asked.choices


def test_country_without_a_declaration_of_its_own_has_the_first_ones() -> None:
    assert declaration_for("CZ").country == "CZ"
    for country in (None, "", "SE", "xx"):
        assert declaration_for(country) is DECLARATIONS[FALLBACK]


def test_czech_declaration_asks_what_the_contract_lists() -> None:
    asked = [question.name for question in declaration_for("CZ").questions]
    assert asked == list(QuestionName)


def test_another_origin_needs_words() -> None:
    detail = next(
        q for q in declaration_for("CZ").questions if q.name is QuestionName.FUNDS_ORIGIN_DETAIL
    )
    assert detail.is_needed({"funds_origin": FundsOrigin.OTHER.value})
    assert not detail.is_needed({"funds_origin": FundsOrigin.GIFT.value})
    assert not detail.is_needed({})
