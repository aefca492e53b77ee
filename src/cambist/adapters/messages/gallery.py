"""Decide which made-up facts show how messages look."""

from collections.abc import Sequence
from uuid import UUID

from cambist.domain.messaging.messages import Contents
from cambist.domain.messaging.templates import FACTS, Channel, Fact, Template, channel_of
from cambist.ports.messages import MessageWriter, Sample

BRAND = "Northgate"
MAIL_TO = "anna@example.org"
SMS_TO = "+420601123456"
SAMPLE_ID = UUID(int=0)

VALUES = {
    Fact.FIRST_NAME: "Anna",
    Fact.ORDER: "B-7F3K-2QHD",
    Fact.LINK: "https://pay.example/case/5tJYxw3nQm2o9cRk",
    Fact.AMOUNT: "0.00512340 BTC",
    Fact.PAYS: "5000.00 CZK",
    Fact.GETS: "0.00512340 BTC",
    Fact.VALID_UNTIL: "2026-11-21T10:00:00+00:00",
    Fact.REASONS: "document-unreadable name-mismatch",
    Fact.CODE: "048151",
}


class SampleGallery:
    """Implement MessageGallery with the writer that writes the real messages."""

    def __init__(self, writer: MessageWriter) -> None:
        self._writer = writer

    def samples(self, language: str) -> Sequence[Sample]:
        """Write every template in one language."""
        return [self._sample(template, language) for template in Template]

    def _sample(self, template: Template, language: str) -> Sample:
        facts = {fact.value: VALUES[fact] for fact in FACTS[template]}
        if channel_of(template) is Channel.MAIL:
            mail = self._writer.mail(SAMPLE_ID, template, language, Contents(MAIL_TO, facts, BRAND))
            return Sample(template, language, mail, None)
        sms = self._writer.sms(SAMPLE_ID, template, language, Contents(SMS_TO, facts, BRAND))
        return Sample(template, language, None, sms)
