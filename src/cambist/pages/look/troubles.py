"""Decide how a page that only says what is the matter looks, speaks and leads on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response

from cambist.pages.look.files import LOOK_TEMPLATES
from cambist.pages.look.headers import BASE
from cambist.pages.look.languages import LANGUAGES, language_of
from cambist.pages.look.words import WORDS, Trouble
from cambist.ports.store import StoreUnavailableError

RETRY_AFTER_S = 5
REFRESH_S = 30
"""How often a browser without scripts, whose page reloaded by itself, looks whether it is back."""

READING = frozenset({"GET", "HEAD"})

AnyRequest = Request[Any, Any, Any]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Name an address that can be asked for with GET; an empty path is the one asked for now.

    A relative reference keeps whatever path was asked for, below whatever it is served, and
    cannot lead to another host, which a path that begins with two slashes would.
    """

    path: str = ""
    fields: Sequence[tuple[str, str]] = ()

    def address(self, language: str | None) -> str:
        """Write the address with the language chosen in it, if one is."""
        chosen = [] if language is None else [("lang", language)]
        return f"{self.path}?{urlencode([*self.fields, *chosen])}"


@dataclass(frozen=True, slots=True)
class Asker:
    """Hold who is told: the language asked for, those accepted, and where to go on.

    `place` is None where nothing that GET answers is known; `is_reading` tells that GET (or HEAD)
    was asked, so that the browser may ask the same again.
    """

    asked: str | None
    accept: str
    place: Place | None
    is_reading: bool

    @property
    def chosen(self) -> str | None:
        """Give the language chosen in the address."""
        return self.asked if self.asked in LANGUAGES else None

    @property
    def language(self) -> str:
        """Pick the language to speak."""
        return language_of(self.asked, self.accept)


def asker_of(
    request: AnyRequest, sent_from: Place | None = None, sent_language: str | None = None
) -> Asker:
    """Read who asks; a form's sender goes on where it was `sent_from`, in the form's language."""
    is_reading = request.method in READING
    named = request.query_params.getall("lang", [])
    asked = named[0] if len(named) == 1 else sent_language
    accept = request.headers.get("accept-language", "")
    return Asker(asked, accept, Place() if is_reading else sent_from, is_reading)


class TroublePages:
    """Answer with pages that say what is the matter; `static` are the addresses of files."""

    def __init__(self, static: Mapping[str, str]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(LOOK_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        languages = [(code, WORDS[code].language) for code in LANGUAGES]
        self._environment.globals.update(static=static, languages=languages, refresh_s=REFRESH_S)

    def answer(self, trouble: Trouble, status: int, asker: Asker) -> Response[str]:
        """Say what is the matter; whoever sent a form is led back to where it was."""
        words = WORDS[asker.language]
        back = None if asker.is_reading else words.back
        return _response(self._render(trouble, asker, onward=back), status)

    def unavailable(self, request: AnyRequest, asker: Asker, error: Exception) -> Response[str]:
        """Say that the fault is ours and nothing is lost, and when to come back.

        Whatever was asked is asked again as it was, its other fields included. Only the template
        of the path is logged: names of pages and tokens of links are secrets.
        """
        # Every page asks again and again during an outage; where it asked from explains nothing.
        is_outage = isinstance(error, StoreUnavailableError)
        _log.error(
            "page_unavailable",
            path=request.scope.get("path_template"),
            error=type(error).__name__,
            exc_info=None if is_outage else error,
        )
        words = WORDS[asker.language]
        if asker.is_reading:
            asker = Asker(asker.asked, asker.accept, Place(fields=_fields_of(request)), True)
        if_sent = "" if asker.is_reading else words.if_sent
        html = self._render(words.unavailable, asker, onward=words.again, more=if_sent)
        response = _response(html, 503)
        response.set_header("retry-after", str(RETRY_AFTER_S))
        return response

    def _render(self, trouble: Trouble, asker: Asker, *, onward: str | None, more: str = "") -> str:
        return self._environment.get_template("trouble.html").render(
            t=WORDS[asker.language],
            language=asker.language,
            trouble=trouble,
            more=more,
            place=asker.place,
            chosen=asker.chosen,
            onward=onward,
            refreshes=onward is not None and asker.is_reading,
        )


def _fields_of(request: AnyRequest) -> list[tuple[str, str]]:
    query = request.scope["query_string"].decode("latin-1")
    return [(name, value) for name, value in parse_qsl(query) if name != "lang"]


def _response(html: str, status: int) -> Response[str]:
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=dict(BASE))
