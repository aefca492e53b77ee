"""Prove that every language says everything, with the same facts."""

import re
from enum import StrEnum

import pytest

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.compliance.declarations import DECLARATIONS
from cambist.domain.compliance.declarations.questions import (
    AnswerKind,
    FundsOrigin,
    QuestionName,
    TradePurpose,
)
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.payments.rails import Method
from cambist.pages.cases.forms import IdentityForm
from cambist.pages.cases.render import choices_of, countries_of, label_of
from cambist.pages.cases.shown import (
    IdKind,
    Notice,
    PageStatus,
    Side,
    StepKind,
    StepState,
    Why,
    Wrong,
)
from cambist.pages.cases.texts import FORM_TEXTS, TEXTS
from cambist.pages.look.languages import LANGUAGES
from tests.pages.texts import leaves

PLACEHOLDER = re.compile(r"\{(\w*)\}")
MAPPED: dict[str, type[StrEnum]] = {
    "sides": Side,
    "headlines": PageStatus,
    "explained": PageStatus,
    "references": Method,
    "steps": StepKind,
    "step_states": StepState,
    "cases": CaseKind,
    "titles": CaseKind,
    "intros": CaseKind,
    "why": Why,
    "id_kinds": IdKind,
    "document_kinds": DocumentKind,
    "questions": QuestionName,
    "origins": FundsOrigin,
    "purposes": TradePurpose,
    "wrong": Wrong,
    "notices": Notice,
}
ALIKE = {".why.first-order", ".origins.pension", ".price"}
"""What two languages may say with the same words."""


def said_in(language: str) -> dict[str, str]:
    return {**dict(leaves(TEXTS[language])), **dict(leaves(FORM_TEXTS[language]))}


def test_each_language_has_texts() -> None:
    assert tuple(TEXTS) == tuple(FORM_TEXTS) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_unsaid(language: str) -> None:
    for name, words in MAPPED.items():
        texts = TEXTS if hasattr(TEXTS[language], name) else FORM_TEXTS
        assert set(getattr(texts[language], name)) == set(words), name
    assert [path for path, text in said_in(language).items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_the_same_as_in_english(language: str) -> None:
    english, own = said_in("en"), said_in(language)
    assert own.keys() == english.keys()
    for path, text in own.items():
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(english[path])), path


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_texts_are_translated(language: str) -> None:
    english = said_in("en")
    same = {path for path, text in said_in(language).items() if text == english[path]}
    assert same <= ALIKE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_form_has_a_name(language: str) -> None:
    texts = FORM_TEXTS[language]
    asked = [q.name.value for d in DECLARATIONS.values() for q in d.questions]
    for name in (*IdentityForm.model_fields, *asked, "code", "address", "file"):
        assert label_of(name, texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_every_declaration_has_words(language: str) -> None:
    for declaration in DECLARATIONS.values():
        for question in declaration.questions:
            if question.answer is AnswerKind.CHOICE:
                assert len(choices_of(question, FORM_TEXTS[language])) == len(question.choices)


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Czechia"), ("cs", "Česko"), ("sv", "Tjeckien"), ("de", "Tschechien"), ("ro", "Cehia")],
)
def test_countries_are_named_and_sorted_in_the_language(language: str, name: str) -> None:
    countries = countries_of(language)
    assert dict(countries)["CZ"] == name
    assert len(countries) == len({code for code, _ in countries}) > 240
