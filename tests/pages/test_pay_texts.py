"""Prove that every language says everything, with the same facts, in the reader's choice."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest

from cambist.pages.look.languages import LANGUAGES, language_of, moment_text
from cambist.pages.pay.model import page_model
from cambist.pages.pay.shown import Advice, FigureKind, Notice, PageStatus, RowKind
from cambist.pages.pay.texts import TEXTS
from cambist.pages.pay.wording import say
from tests.pages.stage import scenes
from tests.pages.texts import leaves

PLACEHOLDER = re.compile(r"\{(\w*)\}")
MAPPED: dict[str, type[StrEnum]] = {
    "headlines": PageStatus,
    "explained": PageStatus,
    "advice": Advice,
    "notices": Notice,
    "figures": FigureKind,
    "rows": RowKind,
}


def test_each_language_has_texts() -> None:
    assert tuple(TEXTS) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_unsaid(language: str) -> None:
    for name, words in MAPPED.items():
        assert set(getattr(TEXTS[language], name)) == set(words), name
    empty = [path for path, text in leaves(TEXTS[language]) if not text.strip()]
    assert empty == [".advice.none"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_the_same_as_in_english(language: str) -> None:
    english = dict(leaves(TEXTS["en"]))
    own = dict(leaves(TEXTS[language]))
    assert own.keys() == english.keys()
    for path, text in own.items():
        assert sorted(set(PLACEHOLDER.findall(text))) == sorted(
            set(PLACEHOLDER.findall(english[path]))
        ), path


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_texts_are_translated(language: str) -> None:
    english = dict(leaves(TEXTS["en"]))
    same = [path for path, text in leaves(TEXTS[language]) if text and text == english[path]]
    assert same == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", scenes())
def test_every_scene_is_said_without_gaps(name: str, language: str) -> None:
    said = say(page_model(scenes()[name]), language)
    texts = [getattr(said, field.name) for field in fields(said)]
    joined = " ".join(t if isinstance(t, str) else " ".join(t) for t in texts)
    assert "{" not in joined
    assert "  " not in " ".join([said.headline, said.explained])


def test_advice_on_a_surplus_stands_beside_it_while_confirming() -> None:
    said = say(page_model(scenes()["confirming-over"]), "en")
    assert said.advice == ""
    assert said.notices == (
        "2.50\u00a0USDT more than asked for was sent. Please ask Kaffe & Korn what happens with it "
        "and give the order number below.",
    )


def test_braces_in_a_name_are_only_braces() -> None:
    scene = scenes()["underpaid"]
    model = page_model(scene)
    hostile = type(model.shop)("{asked.__class__}{0}", None, None)
    said = say(type(model)(**{**_values(model), "shop": hostile}), "en")
    assert "{asked.__class__}{0}" in said.advice


def _values(model: Any) -> dict[str, Any]:
    return {field.name: getattr(model, field.name) for field in fields(model)}


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        (None, "", "en"),
        ("cs", "de", "cs"),
        ("xx", "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, "fr,ro;q=0.5,sv;q=0.7", "sv"),
        (None, "cs;q=0,sv;q=0.1", "sv"),
        (None, "RO-md", "ro"),
        (None, "fr-FR, *;q=0.1", "en"),
        (None, "\x00;;q=,,cs", "cs"),
        (None, "de;q=9", "en"),
        (None, "a" * 10_000 + ",cs", "en"),
        ("../../etc", "", "en"),
    ],
)
def test_language_is_the_one_asked_for_or_the_best_accepted(
    asked: str | None, accept: str, language: str
) -> None:
    assert language_of(asked, accept) == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "21 Nov 2025, 14:05 UTC"),
        ("cs", "21. 11. 2025, 14:05 UTC"),
        ("sv", "21 nov. 2025, 14:05 UTC"),
        ("de", "21.11.2025, 14:05 UTC"),
        ("ro", "21 nov. 2025, 14:05 UTC"),
    ],
)
def test_moments_are_written_as_the_language_does(language: str, text: str) -> None:
    assert moment_text(datetime(2025, 11, 21, 14, 5, 9, tzinfo=UTC), language) == text
