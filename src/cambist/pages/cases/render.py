"""Decide how the pages about orders are put together from templates, texts and models."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pycountry
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cambist.domain.compliance.declarations.questions import Question, QuestionName
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.messaging.figures import figure
from cambist.http.multipart_body import FILE_BYTES_MAX
from cambist.pages.cases.acting import Problem
from cambist.pages.cases.shown import CaseModel, OrderModel, Side, Sum
from cambist.pages.cases.texts import FORM_TEXTS, TEXTS
from cambist.pages.cases.texts.words import FormTexts, Texts
from cambist.pages.cases.visits import TOKEN_FIELD, Visitor, form_token
from cambist.pages.look.codes import qr_image
from cambist.pages.look.files import LOOK_TEMPLATES, StaticFile
from cambist.pages.look.languages import LANGUAGES, LOCALES, moment_text
from cambist.pages.look.payload import groups_of
from cambist.pages.look.words import WORDS

REFRESH_S = 30
"""How often a browser without scripts loads a status page anew."""

PAGES = "/order"
NO_BREAK = "\u00a0"

_TEMPLATES = Path(__file__).parent / "templates"


class TroubleKind(StrEnum):
    """Name the pages that say why there is nothing to see or do."""

    NOT_FOUND = "not_found"
    REFUSED = "refused"
    TOO_OFTEN = "too_often"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Update:
    """Hold what a browser replaces when an order changed."""

    version: str
    title: str
    headline: str
    html: str


@dataclass(frozen=True, slots=True)
class Said:
    """Hold the sentences of a status page."""

    title: str
    headline: str
    explained: str


def version_of(model: OrderModel) -> str:
    """Name a model by its content, the same in every process."""
    return hashlib.sha256(msgspec.json.encode(model)).hexdigest()[:16]


def say(model: OrderModel, language: str) -> Said:
    """Put an order's status into words."""
    texts = TEXTS[language]
    explained = texts.explained[model.status]
    if model.side is Side.SELL:
        explained = texts.explained_selling.get(model.status, explained)
    facts = {
        "pays": sum_text(model.pays, language),
        "gets": sum_text(model.gets, language),
        "network": model.network,
    }
    headline = texts.headlines[model.status]
    title = f"{headline} · {texts.order} {model.number}"
    return Said(title, headline, explained.format(**facts))


def sum_text(amount: Sum, language: str) -> str:
    """Write an amount with its symbol, the way the language does."""
    return f"{figure(amount.text, language)}{NO_BREAK}{amount.symbol}"


class Renderer:
    """Render pages below `base`, the path the platform lives under (empty for the root)."""

    def __init__(self, base: str, files: Mapping[str, StaticFile], *, is_sandbox: bool) -> None:
        self.root = f"{base}{PAGES}"
        self.static = {n: f"{self.root}/static/{n}?v={f.version}" for n, f in files.items()}
        self._countries = {language: countries_of(language) for language in LANGUAGES}
        self._environment = Environment(
            loader=FileSystemLoader([_TEMPLATES, LOOK_TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            root=self.root,
            static=self.static,
            is_sandbox=is_sandbox,
            languages=[(code, WORDS[code].language) for code in LANGUAGES],
            qr=qr_image,
            token_field=TOKEN_FIELD,
            file_bytes_max=FILE_BYTES_MAX,
            document_kinds=tuple(DocumentKind),
            refresh_s=REFRESH_S,
            choices_of=choices_of,
            groups_of=groups_of,
        )

    def status(
        self, visitor: Visitor, language: str, model: OrderModel, now: datetime, problem: Problem
    ) -> str:
        """Render the public page; `problem` says what the visitor tried in vain."""
        context = self._order_context(visitor, language, model, now)
        return self._render("status.html", **context, problem=problem)

    def update(self, visitor: Visitor, language: str, model: OrderModel, now: datetime) -> Update:
        """Render what changes on a public page."""
        context = self._order_context(visitor, language, model, now)
        said: Said = context["said"]
        return Update(
            context["version"], said.title, said.headline, self._render("live.html", **context)
        )

    def case(self, visitor: Visitor, language: str, model: CaseModel, problem: Problem) -> str:
        """Render the page of a case for whoever has the session."""
        texts = FORM_TEXTS[language]
        context = self._common(visitor, language, f"{self.root}/{model.page}/case")
        return self._render(
            "case.html",
            **context,
            f=texts,
            label_of=lambda name: label_of(name, texts),
            model=model,
            problem=problem,
            form_token=form_token(visitor.session or ""),
            countries=self._countries[language],
        )

    def opening(self, visitor: Visitor, token: str) -> str:
        """Render the page a link leads to: one button, no effect."""
        context = self._common(visitor, visitor.language(), f"{self.root}/open/{token}")
        told = context["t"].opening
        return self._render("opening.html", **context, told=told, token=token)

    def locked(self, visitor: Visitor, language: str, page: str) -> str:
        """Render what is seen of a case without its session."""
        context = self._common(visitor, language, f"{self.root}/{page}/case")
        return self._render("message.html", **context, told=context["t"].locked, page=page)

    def gone(self, visitor: Visitor, token: str) -> str:
        """Render what is seen of a link that works no more, in other languages where it led."""
        context = self._common(visitor, visitor.language(), f"{self.root}/open/{token}")
        return self._render("message.html", **context, told=context["t"].gone, token=token)

    def linked(self, visitor: Visitor, language: str, page: str | None) -> str:
        """Render what is said to whoever asked for a link, whatever became of it."""
        context = self._common(visitor, language)
        return self._render("message.html", **context, told=context["t"].linked, back=page)

    def _order_context(
        self, visitor: Visitor, language: str, model: OrderModel, now: datetime
    ) -> dict[str, Any]:
        return {
            **self._common(visitor, language, f"{self.root}/{model.page}"),
            "f": FORM_TEXTS[language],
            "model": model,
            "said": say(model, language),
            "version": version_of(model),
            "clock": _clock(model, now),
        }

    def _common(self, visitor: Visitor, language: str, here: str = "") -> dict[str, Any]:
        """Give what every page needs; `here` is its path, where it can be asked for again."""
        texts: Texts = TEXTS[language]
        return {
            "here": here,
            "query": visitor.query,
            "language": language,
            "locale": LOCALES[language].replace("_", "-"),
            "t": texts,
            "words": WORDS[language],
            "figure": lambda amount: figure(amount, language),
            "sum_text": lambda amount: sum_text(amount, language),
            "moment": lambda moment: moment_text(moment, language),
            "iso": lambda moment: moment.astimezone(UTC).isoformat(timespec="seconds"),
        }

    def _render(self, template: str, **context: Any) -> str:
        return self._environment.get_template(template).render(context)


def choices_of(question: Question, texts: FormTexts) -> list[tuple[str, str]]:
    """List the choices of a question as (value, words)."""
    words: Mapping[QuestionName, Mapping[Any, str]] = {
        QuestionName.FUNDS_ORIGIN: texts.origins,
        QuestionName.PURPOSE: texts.purposes,
    }
    return [(choice, words[question.name][choice]) for choice in question.choices]


def label_of(name: str, texts: FormTexts) -> str:
    """Name a field of any form."""
    others = {
        "address": texts.return_address,
        "code": texts.code,
        "consent": texts.consent,
        "file": texts.document_file,
    }
    asked = {question.value: words for question, words in texts.questions.items()}
    return {**others, **asked, **texts.fields}[name]


def countries_of(language: str) -> list[tuple[str, str]]:
    """List the countries of ISO 3166-1 as (code, name), sorted by name."""
    names = Locale.parse(LOCALES[language]).territories
    listed = [(c.alpha_2, str(names.get(c.alpha_2, c.name))) for c in pycountry.countries]
    return sorted(listed, key=lambda pair: _sortable(pair[1]))


def _sortable(name: str) -> str:
    """Sort letters with marks among those without."""
    return "".join(c for c in unicodedata.normalize("NFD", name.lower()) if c.isalnum())


def _clock(model: OrderModel, now: datetime) -> dict[str, int | str] | None:
    if not model.is_counting:
        return None
    left = max(0, int((model.price_until - now).total_seconds()))
    whole = int((model.price_until - model.created_at).total_seconds())
    return {
        "left": left,
        "text": f"{left // 60}:{left % 60:02d}",
        "lifetime": max(1, left, whole),
        "now_ms": int(now.timestamp() * 1000),
        "end_ms": int(model.price_until.timestamp() * 1000),
    }
