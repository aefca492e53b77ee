"""Decide how what was sent to people is shown: listed, one by one, and as every template."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jinja2 import Environment
from litestar import MediaType, Response, get
from litestar.params import FromPath

from cambist.domain.messaging.messages import LANGUAGES
from cambist.domain.messaging.templates import Channel
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.look.headers import BASE
from cambist.pages.sandbox.door import ControlRequest
from cambist.pages.sandbox.services import SandboxServices
from cambist.pages.sandbox.shown import Shown
from cambist.ports.messages import Sample
from cambist.ports.sandbox import KeptMessage

LISTED_MAX = 100
RECIPIENT_MAX = 320
LINE_MAX = 120

# A frame's own document obeys the policy of the page around it, and mails style themselves.
PREVIEW: Mapping[str, str] = {
    **BASE,
    "content-security-policy": (
        "default-src 'none'; script-src 'none'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}

_LINK = re.compile(r"https?://[^\s<>\"]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class MailLine:
    """Show a message in a line; `said` is the subject, or how a short message begins."""

    id: str
    at: str
    channel: str
    recipient: str
    said: str


class MailPages:
    """Render what was sent; mails are shown in frames that may do nothing."""

    def __init__(self, services: SandboxServices, environment: Environment) -> None:
        self._services, self._environment = services, environment

    async def listed(self, recipient: str | None) -> str:
        """Render the latest messages, to one recipient if asked."""
        kept = await self._services.mailbox.kept(LISTED_MAX, recipient=recipient)
        return self._render("mail.html", lines=[_line(one) for one in kept], to=recipient or "")

    async def one(self, message_id: UUID) -> str:
        """Render one message.

        Raises:
            DomainError: NOT_FOUND.
        """
        kept = await self._services.mailbox.find(message_id)
        if kept is None:
            raise DomainError(ErrorCode.NOT_FOUND)
        at = kept.sent_at.isoformat(timespec="seconds")
        return self._render("mail_one.html", kept=kept, at=at, links=links_of(kept.text))

    def gallery(self, language: str) -> str:
        """Render every template in one language.

        Raises:
            DomainError: NOT_FOUND for a language without words.
        """
        if language not in LANGUAGES:
            raise DomainError(ErrorCode.NOT_FOUND)
        samples: Sequence[Sample] = self._services.gallery.samples(language)
        return self._render(
            "mail_gallery.html", samples=samples, chosen=language, languages=LANGUAGES
        )

    def _render(self, template: str, **context: Any) -> str:
        return self._environment.get_template(template).render(context)


@get("/mail")
async def mailbox(request: ControlRequest) -> Response[str]:
    """Answer the list of what was sent."""
    return _page(await _pages(request).listed(_recipient(request)), BASE)


@get("/mail/templates", sync_to_thread=False)
def gallery(request: ControlRequest) -> Response[str]:
    """Answer every template in the language asked for."""
    language = request.query_params.get("language", LANGUAGES[0])
    return _page(_pages(request).gallery(language), PREVIEW)


@get("/mail/{message_id:uuid}")
async def preview(request: ControlRequest, message_id: FromPath[UUID]) -> Response[str]:
    """Answer one message."""
    return _page(await _pages(request).one(message_id), PREVIEW)


@get("/mail")
async def mail(request: ControlRequest) -> Shown:
    """List the mails sent, newest first, to one recipient if asked."""
    return await _items(request, Channel.MAIL)


@get("/sms")
async def sms(request: ControlRequest) -> Shown:
    """List the short messages sent, newest first, to one recipient if asked."""
    return await _items(request, Channel.SMS)


def links_of(text: str) -> list[str]:
    """List the links of a text, each once, in their order."""
    return list(dict.fromkeys(_LINK.findall(text)))


def kept_shown(kept: KeptMessage) -> Shown:
    """Show a message; `subject` and `html` are empty for a short one."""
    return {
        "id": kept.id,
        "to": kept.recipient,
        "subject": kept.subject,
        "text": kept.text,
        "html": kept.html,
        "links": links_of(kept.text),
        "sent_at": kept.sent_at,
        "copies": kept.copies,
    }


async def _items(request: ControlRequest, channel: Channel) -> Shown:
    found = await request.services.mailbox.kept(LISTED_MAX, channel, _recipient(request))
    return {"items": [kept_shown(one) for one in found]}


def _recipient(request: ControlRequest) -> str | None:
    """Read whose messages are asked for; a number's plus, sent as it is, has become a blank."""
    asked: str = request.query_params.get("to", "")[:RECIPIENT_MAX]
    number = f"+{asked.strip()}" if asked.startswith(" ") else asked.strip()
    return number or None


def _line(kept: KeptMessage) -> MailLine:
    at = kept.sent_at.isoformat(timespec="seconds")
    said = (kept.subject or kept.text)[:LINE_MAX]
    return MailLine(str(kept.id), at, kept.channel.value, kept.recipient, said)


def _pages(request: ControlRequest) -> MailPages:
    pages: MailPages = request.app.state.mails
    return pages


def _page(content: str, headers: Mapping[str, str]) -> Response[str]:
    return Response(content, media_type=MediaType.HTML, headers=dict(headers))
