"""Decide how a pay page is put together from templates, texts and a model."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cambist.domain.messaging.figures import figure
from cambist.pages.look.codes import qr_image
from cambist.pages.look.files import LOOK_TEMPLATES, StaticFile
from cambist.pages.look.languages import LANGUAGES, LOCALES, moment_text
from cambist.pages.look.words import WORDS
from cambist.pages.pay.shown import AssetName, PayModel
from cambist.pages.pay.simulating import SimulatedAction
from cambist.pages.pay.visits import Visit
from cambist.pages.pay.wording import say, texts_of

REFRESH_S = 10
"""How often a browser without scripts loads the page anew."""

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Update:
    """Hold what a browser replaces when an order changed."""

    version: str
    title: str
    headline: str
    html: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold what one page is made of, beside who looks at it."""

    model: PayModel
    choices: Sequence[AssetName]
    now: datetime


def version_of(model: PayModel) -> str:
    """Name a model by its content, the same in every process."""
    return hashlib.sha256(msgspec.json.encode(model)).hexdigest()[:16]


class Renderer:
    """Render pages below `base`, the path the platform lives under (empty for the root)."""

    def __init__(self, base: str, files: Mapping[str, StaticFile], *, is_sandbox: bool) -> None:
        self.static = {n: f"{base}/pay/static/{n}?v={f.version}" for n, f in files.items()}
        self._environment = Environment(
            loader=FileSystemLoader([_TEMPLATES, LOOK_TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            base=base,
            static=self.static,
            is_sandbox=is_sandbox,
            languages=[(code, WORDS[code].language) for code in LANGUAGES],
            qr=qr_image,
        )

    def page(self, visit: Visit, scene: Scene, *, failed: bool) -> str:
        """Render a whole page; `failed` says that what the visitor tried did not work."""
        context = self._context(visit, scene)
        return self._render("page.html", failed=failed, actions=SimulatedAction, **context)

    def update(self, visit: Visit, scene: Scene) -> Update:
        """Render what changes on a page."""
        context = self._context(visit, scene)
        said = context["said"]
        html = self._render("live.html", **context)
        return Update(context["version"], said.title, said.headline, html)

    def _context(self, visit: Visit, scene: Scene) -> dict[str, Any]:
        model, now = scene.model, scene.now
        return {
            "visit": visit,
            "language": visit.language,
            "locale": LOCALES[visit.language].replace("_", "-"),
            "t": texts_of(visit.language),
            "words": WORDS[visit.language],
            "model": model,
            "said": say(model, visit.language),
            "choices": scene.choices,
            "version": version_of(model),
            "clock": _clock(model, now),
            "refresh_s": _refresh_s(model, now),
            "figure": lambda amount: figure(amount, visit.language),
            "moment": lambda moment: moment_text(moment, visit.language),
            "iso": lambda moment: moment.astimezone(UTC).isoformat(timespec="seconds"),
        }

    def _render(self, template: str, **context: Any) -> str:
        return self._environment.get_template(template).render(context)


def _clock(model: PayModel, now: datetime) -> dict[str, int | str] | None:
    if not model.is_counting or model.expires_at is None:
        return None
    left = max(0, int((model.expires_at - now).total_seconds()))
    return {
        "left": left,
        "text": f"{left // 60}:{left % 60:02d}",
        "lifetime": max(1, int((model.expires_at - model.opened_at).total_seconds())),
        "now_ms": int(now.timestamp() * 1000),
        "end_ms": int(model.expires_at.timestamp() * 1000),
    }


def _refresh_s(model: PayModel, now: datetime) -> int:
    """Let a form stay until time is up; reload everything else often."""
    if model.asset is None and model.expires_at is not None and model.is_counting:
        return max(0, int((model.expires_at - now).total_seconds())) + 2
    return REFRESH_S
