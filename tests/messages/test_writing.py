"""Prove that every message can be written in every language, and says nothing it must not."""

import html
import string
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest

from cambist.adapters.messages.cleaning import SMS_BRAND_LENGTH_MAX, first_name, is_gsm, one_line
from cambist.adapters.messages.gallery import SampleGallery
from cambist.adapters.messages.texts import TEXTS
from cambist.adapters.messages.writer import GSM_LANGUAGES, ROWS, TemplateWriter
from cambist.domain.market.assets import asset_of
from cambist.domain.messaging.messages import LANGUAGES, Contents
from cambist.domain.messaging.templates import (
    FACTS,
    Channel,
    Fact,
    Reason,
    Template,
    channel_of,
)
from cambist.pages.cases.model import sum_of
from cambist.pages.cases.render import sum_text
from cambist.pages.look import languages
from cambist.pages.sandbox.mails import links_of
from cambist.ports.messages import MessageUnwritableError, OutgoingMail, OutgoingSms
from tests.messages.made import VALUES, contents_of, facts_of

GOLDEN = Path(__file__).parent / "golden"
ID = UUID(int=1)
WRITER = TemplateWriter()
MAILS = [one for one in Template if channel_of(one) is Channel.MAIL]
SMSES = [one for one in Template if channel_of(one) is Channel.SMS]
GSM_MAX = 160
UCS2_TWO_PARTS_MAX = 134
NAMING = set(LANGUAGES) - {"cs"}
"""Czech calls people in a case of its own, which cannot be told from a name alone."""
SUBJECT_MAX = 90


def read_as(sign: str, until: str) -> dict[Fact, str]:
    return {
        Fact.PAYS: f"5000{sign}00 CZK",
        Fact.GETS: f"0{sign}00512 BTC",
        Fact.AMOUNT: f"0{sign}00512 BTC",
        Fact.VALID_UNTIL: f"{until}, 10:00 UTC",
    }


READ = {
    "en": read_as(".", "21 Nov 2026"),
    "cs": read_as(",", "21. 11. 2026"),
    "sv": read_as(",", "21 nov. 2026"),
    "de": read_as(",", "21.11.2026"),
    "ro": read_as(",", "21 nov. 2026"),
}
"""How each language writes what it is told with a point and as ISO 8601."""


class Reader(HTMLParser):
    """Collect what a reader of HTML sees and what a mail must not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def mail_of(template: Template, language: str = "en", **changed: str) -> OutgoingMail:
    return WRITER.mail(ID, template, language, contents_of(template, **changed))


def sms_of(template: Template, language: str = "en", **changed: str) -> OutgoingSms:
    return WRITER.sms(ID, template, language, contents_of(template, "+420601123456", **changed))


def read(mail: OutgoingMail) -> Reader:
    reader = Reader()
    reader.feed(mail.html)
    return reader


def test_there_are_words_for_everything_in_every_language() -> None:
    assert tuple(TEXTS) == LANGUAGES
    for texts in TEXTS.values():
        assert set(texts.mails) == set(MAILS)
        assert set(texts.sms) == set(SMSES)
        assert set(texts.reasons) == set(Reason)
        assert set(texts.labels) == set(ROWS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MAILS)
def test_every_mail_is_whole(template: Template, language: str) -> None:
    mail = mail_of(template, language)
    texts = TEXTS[language]
    shown = html.unescape(mail.html)
    assert VALUES[Fact.ORDER] in mail.subject
    assert len(mail.subject) <= SUBJECT_MAX
    untold = {Fact.REASONS} if language in NAMING else {Fact.REASONS, Fact.FIRST_NAME}
    for fact in FACTS[template] - untold:
        for body in (mail.text, shown):
            assert READ[language].get(fact, VALUES[fact]) in body
    assert (texts.reasons[Reason.NAME_MISMATCH] in mail.text) == (Fact.REASONS in FACTS[template])
    assert not {"{", "}"} & set(mail.subject + mail.text)
    assert texts.mails[template].button in mail.text
    assert mail.html.startswith(f'<!doctype html>\n<html lang="{language}">')
    assert max(map(len, mail.text.splitlines())) < 998


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_writes_amounts_and_moments_as_the_order_s_page_does(language: str) -> None:
    text = mail_of(Template.ORDER_CREATED, language).text
    until = datetime.fromisoformat(VALUES[Fact.VALID_UNTIL])
    on_page = (
        sum_text(sum_of(500_000, asset_of("CZK")), language),
        sum_text(sum_of(512_000, asset_of("BTC")), language),
        languages.moment_text(until, language),
    )
    for shown in on_page:
        assert shown.replace("\u00a0", " ") in text


def test_no_two_mails_say_the_same() -> None:
    for texts in TEXTS.values():
        assert len({words.subject for words in texts.mails.values()}) == len(MAILS)
        assert len({words.paragraphs for words in texts.mails.values()}) == len(MAILS)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_every_language_speaks_for_itself(language: str) -> None:
    for template in MAILS:
        own, english = TEXTS[language].mails[template], TEXTS["en"].mails[template]
        assert own.subject != english.subject
        assert not set(own.paragraphs) & set(english.paragraphs)
        assert own.button != english.button


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", SMSES)
@pytest.mark.parametrize("brand", ["Northgate", "W" * 40, "Směnárna Žižkov \u00b7 Brno"])
def test_every_short_message_fits(template: Template, language: str, brand: str) -> None:
    contents = Contents("+420601123456", facts_of(template), brand)
    sms = WRITER.sms(ID, template, language, contents)
    assert VALUES[Fact.CODE] in sms.text
    assert "  " not in sms.text
    if language in GSM_LANGUAGES:
        assert is_gsm(sms.text)
        assert len(sms.text) <= GSM_MAX
    else:
        assert len(sms.text.encode("utf-16-le")) // 2 <= UCS2_TWO_PARTS_MAX


def test_a_brand_no_seven_bits_can_hold_is_written_all_the_same() -> None:
    contents = Contents("+420601123456", facts_of(Template.PHONE_CODE), "Обмен" * 10)
    sms = WRITER.sms(ID, Template.PHONE_CODE, "en", contents)
    assert ("Обмен" * 10)[:SMS_BRAND_LENGTH_MAX] in sms.text


@pytest.mark.parametrize("template", MAILS)
def test_a_mail_loads_nothing_and_runs_nothing(template: Template) -> None:
    reader = read(mail_of(template))
    assert not {"script", "img", "link", "iframe", "form", "object", "embed"} & set(reader.tags)
    assert not [name for name in reader.attributes if name.startswith("on")]
    assert set(reader.links) == {VALUES[Fact.LINK]}
    assert "url(" not in mail_of(template).html


def test_a_mail_is_exactly_this() -> None:
    mail = mail_of(Template.ORDER_CREATED)
    assert mail.subject == "Order B-7F3K-2Q: we have it"
    assert mail.text == (GOLDEN / "order-created.txt").read_text(encoding="utf-8")
    assert mail.html == (GOLDEN / "order-created.html").read_text(encoding="utf-8")


def test_markup_in_a_fact_is_shown_as_it_was_written() -> None:
    mail = mail_of(Template.CRYPTO_SENT, amount="<b>1</b> & \"2\" 'x'", order="A<script>1")
    assert "<b>1" not in mail.html
    assert "<script" not in mail.html
    assert "<b>1</b> & \"2\" 'x'" in html.unescape(mail.html)
    assert "<b>1</b> & \"2\" 'x'" in mail.text


@pytest.mark.parametrize("braces", ["{order}", "{0}", "{order.__class__}", "{{ 7 * 7 }}", "%s"])
def test_a_fact_is_no_template(braces: str) -> None:
    mail = mail_of(Template.CRYPTO_SENT, amount=braces)
    assert braces in mail.text
    assert "49" not in mail.text


@pytest.mark.parametrize("bad", ["\r\nBcc: x@y.z", "a\nb", "a\u2028b", "a\x00b", "a\x85b"])
def test_a_fact_stays_on_its_line(bad: str) -> None:
    mail = mail_of(Template.CRYPTO_SENT, order=f"B-1{bad}", amount=f"1{bad}")
    assert len(mail.subject.splitlines()) == 1
    assert "\r" not in mail.text
    assert len(mail.text.splitlines()) == len(mail_of(Template.CRYPTO_SENT).text.splitlines())


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Anna", "Anna"),
        ("  Jan  Petr ", "Jan Petr"),
        ("Žaneta", "Žaneta"),
        ("O'Neil", "O'Neil"),
        ("Anne-Marie", "Anne-Marie"),
        ("J. R.", "J. R."),
        ("Ана", "Ана"),
        ("", ""),
        ("Click https://evil.example now", ""),
        ("evil.example/login", ""),
        ("you won 100", ""),
        ("A" * 41, ""),
        ("<b>Anna</b>", ""),
        ("Anna\u202egnp", "Annagnp"),
        ("{brand}", ""),
        ("-", ""),
    ],
)
def test_only_what_looks_like_a_first_name_is_greeted(given: str, shown: str) -> None:
    assert first_name(given) == shown
    mail = mail_of(Template.ORDER_CREATED, first_name=given)
    assert mail.text.startswith(f"Hello {shown},\n" if shown else "Hello,\n")


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        'https://a.example/" onclick="x',
        "https://a.example/<x>",
        "https://a.example/a b",
        "https://a.example/\nx",
        "https://user:pass@a.example/",
        "https://a.example\\@b.example/",
        "https://a.example/" + "a" * 1_000,
        "",
    ],
)
def test_what_is_no_link_is_never_sent_as_one(bad: str) -> None:
    with pytest.raises(MessageUnwritableError) as error:
        mail_of(Template.PAGE_LINK, link=bad)
    assert not bad or bad not in str(error.value)


@pytest.mark.parametrize("link", ["http://127.0.0.1:8000/case/a-b_c?x=1&y=2#z", "https://[::1]/a"])
def test_links_of_a_sandbox_are_links(link: str) -> None:
    assert link in mail_of(Template.PAGE_LINK, link=link).text
    assert set(read(mail_of(Template.PAGE_LINK, link=link)).links) == {link}


@pytest.mark.parametrize("template", Template)
def test_a_missing_or_unknown_fact_is_an_error(template: Template) -> None:
    write = WRITER.mail if channel_of(template) is Channel.MAIL else WRITER.sms
    whole = facts_of(template)
    for name in whole:
        facts = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(MessageUnwritableError, match=name):
            write(ID, template, "en", Contents("a@b.example", facts, "Northgate"))
    with pytest.raises(MessageUnwritableError, match="surname"):
        write(ID, template, "en", Contents("a@b.example", whole | {"surname": "N"}, "Northgate"))


@pytest.mark.parametrize(
    ("template", "language", "facts", "brand"),
    [
        (Template.PHONE_CODE, "en", facts_of(Template.PHONE_CODE), "Northgate"),
        (Template.CRYPTO_SENT, "fi", facts_of(Template.CRYPTO_SENT), "Northgate"),
        (Template.CRYPTO_SENT, "en", facts_of(Template.CRYPTO_SENT, amount=" \u200b "), "N"),
        (Template.CRYPTO_SENT, "en", facts_of(Template.CRYPTO_SENT), "\u200b\n"),
        (Template.CASE_REJECTED, "en", facts_of(Template.CASE_REJECTED, reasons="x"), "N"),
    ],
)
def test_what_cannot_be_written_is_an_error(
    template: Template, language: str, facts: dict[str, str], brand: str
) -> None:
    with pytest.raises(MessageUnwritableError):
        WRITER.mail(ID, template, language, Contents("a@b.example", facts, brand))


def test_a_code_is_digits_and_nothing_else() -> None:
    with pytest.raises(MessageUnwritableError):
        sms_of(Template.PHONE_CODE, code="012345 evil.example")
    with pytest.raises(MessageUnwritableError):
        WRITER.sms(ID, Template.CRYPTO_SENT, "en", contents_of(Template.CRYPTO_SENT))


def test_the_gallery_shows_every_template_in_every_language() -> None:
    gallery = SampleGallery(WRITER)
    for language in LANGUAGES:
        samples = gallery.samples(language)
        assert [one.template for one in samples] == list(Template)
        assert all((one.mail is None) != (one.sms is None) for one in samples)


def test_words_hold_only_what_their_template_is_told() -> None:
    allowed = {fact.value for fact in Fact}
    for texts in TEXTS.values():
        for template, words in texts.mails.items():
            told = {fact.value for fact in FACTS[template]}
            for text in (words.subject, *words.paragraphs, words.button):
                fields = {name for _, name, _, _ in string.Formatter().parse(text) if name}
                assert fields <= told & allowed


def test_whoever_is_greeted_by_name_is_greeted_in_the_right_case() -> None:
    named = {language for language, texts in TEXTS.items() if "{first_name}" in texts.greeting}
    assert named == NAMING


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert one_line(" a\u200bb\u00ad\u202ec\td\r\n e\ue000\ud800 ") == "abc d e"


def test_links_are_listed_once_in_their_order() -> None:
    text = "see https://b.example/x?y=1 and\nhttps://a.example/ or https://b.example/x?y=1"
    assert links_of(text) == ["https://b.example/x?y=1", "https://a.example/"]
