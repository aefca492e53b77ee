"""Decide how a message is put together from its template, its facts and a language's words."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cambist.adapters.messages import cleaning
from cambist.adapters.messages.showing import moment_text, sum_text
from cambist.adapters.messages.texts import TEXTS
from cambist.adapters.messages.texts.words import Texts
from cambist.domain.messaging.messages import Contents
from cambist.domain.messaging.templates import (
    Channel,
    Fact,
    Template,
    channel_of,
    check_facts,
    reasons_of,
)
from cambist.ports.messages import MessageUnwritableError, OutgoingMail, OutgoingSms

GSM_LANGUAGES = frozenset({"en", "sv", "de"})
"""Languages all of whose letters fit into seven bits."""

ROWS: Sequence[Fact] = (Fact.ORDER, Fact.PAYS, Fact.GETS, Fact.AMOUNT, Fact.VALID_UNTIL)
"""The facts shown as a table, in this order."""

SHOWN: Mapping[Fact, Callable[[str, str], str]] = {
    Fact.PAYS: sum_text,
    Fact.GETS: sum_text,
    Fact.AMOUNT: sum_text,
    Fact.VALID_UNTIL: moment_text,
}
"""The facts that each language writes its own way."""


class TemplateWriter:
    """Implement MessageWriter: facts are cleaned, HTML is escaped, nothing is left unsaid."""

    def __init__(self) -> None:
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._html = environment.get_template("layout.html")
        self._text = environment.get_template("layout.txt")

    def mail(
        self, message_id: UUID, template: Template, language: str, contents: Contents
    ) -> OutgoingMail:
        """Write a mail.

        Raises:
            MessageUnwritableError: the facts are not what the template needs.
        """
        texts = _texts(template, language, Channel.MAIL)
        facts, brand = _clean(template, contents), _brand(contents)
        words = texts.mails[template]
        name = facts[Fact.FIRST_NAME]
        subject = words.subject.format(**facts)
        context: dict[str, object] = {
            "language": language,
            "brand": brand,
            "subject": subject,
            "greeting": texts.greeting.format(first_name=name) if name else texts.greeting_nameless,
            "paragraphs": [paragraph.format(**facts) for paragraph in words.paragraphs],
            "reasons": [texts.reasons[one] for one in reasons_of(facts.get(Fact.REASONS, ""))],
            "rows": [
                (texts.labels[fact], _shown(fact, facts[fact], language))
                for fact in ROWS
                if fact in facts
            ],
            "button": words.button,
            "link": facts[Fact.LINK],
            "link_note": texts.link_note,
            "footer": [line.format(brand=brand) for line in texts.footer],
        }
        return OutgoingMail(
            id=message_id,
            to=contents.recipient,
            sender_name=brand,
            subject=subject,
            text=self._text.render(context),
            html=self._html.render(context),
            language=language,
        )

    def sms(
        self, message_id: UUID, template: Template, language: str, contents: Contents
    ) -> OutgoingSms:
        """Write a short message.

        Raises:
            MessageUnwritableError: the facts are not what the template needs.
        """
        texts = _texts(template, language, Channel.SMS)
        facts = _clean(template, contents)
        _brand(contents)
        brand = cleaning.sms_brand(contents.brand, is_gsm_only=language in GSM_LANGUAGES)
        text = texts.sms[template].format(brand=brand, **facts)
        return OutgoingSms(message_id, contents.recipient, " ".join(text.split()))


def _texts(template: Template, language: str, channel: Channel) -> Texts:
    if channel_of(template) is not channel:
        raise MessageUnwritableError(f"{template.value} does not travel by {channel.value}")
    if language not in TEXTS:
        raise MessageUnwritableError("no words in this language")
    return TEXTS[language]


def _clean(template: Template, contents: Contents) -> Mapping[str, str]:
    """Make every fact fit to be shown; the keys are the values of Fact."""
    cleaners = {
        Fact.FIRST_NAME: cleaning.first_name,
        Fact.LINK: cleaning.link,
        Fact.CODE: cleaning.code,
    }
    try:
        check_facts(template, contents.facts)
        facts = {
            name: cleaners.get(Fact(name), cleaning.one_line)(value)
            for name, value in contents.facts.items()
        }
        reasons_of(facts.get(Fact.REASONS, ""))
    except ValueError as error:
        raise MessageUnwritableError(f"{template.value}: {error}") from None
    empty = sorted(name for name, value in facts.items() if not value and name != Fact.FIRST_NAME)
    if empty:
        raise MessageUnwritableError(f"{template.value}: facts are empty: {', '.join(empty)}")
    return facts


def _shown(fact: Fact, value: str, language: str) -> str:
    return SHOWN[fact](value, language) if fact in SHOWN else value


def _brand(contents: Contents) -> str:
    brand = cleaning.one_line(contents.brand)
    if not brand:
        raise MessageUnwritableError("a message bears a name")
    return brand
