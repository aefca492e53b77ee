"""Decide what a language has to say to speak in messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from cambist.domain.messaging.templates import Fact, Reason, Template


@dataclass(frozen=True, slots=True)
class MailText:
    """Hold the words of one mail; `{order}` and other facts stand in braces."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold all words of one language; `{first_name}` and `{brand}` stand in braces.

    `labels` name the facts shown as a table; `sms` texts bear `{brand}` and `{code}`.
    """

    language: str
    greeting: str
    greeting_nameless: str
    labels: Mapping[Fact, str]
    mails: Mapping[Template, MailText]
    reasons: Mapping[Reason, str]
    link_note: str
    footer: tuple[str, ...]
    sms: Mapping[Template, str]
