"""Prove what a message is made of and what attempts make of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.domain.messaging.messages import (
    EXPIRED,
    LANGUAGES,
    WIPED,
    Contents,
    Message,
    after_attempt,
    expire,
    give_up,
    is_expired,
    pack,
    requeue,
    unpack,
)
from cambist.domain.messaging.schedule import (
    ATTEMPTS_MAX,
    DELAYS_S,
    JITTER_LIMIT,
    URGENT_DELAYS_S,
    Outcome,
    Verdict,
    delay_s,
)
from cambist.domain.messaging.states import MessageState
from cambist.domain.messaging.templates import (
    FACT_LENGTH_MAX,
    FACTS,
    Channel,
    Reason,
    Template,
    check_facts,
    reasons_fact,
    reasons_of,
)
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.look import languages
from tests.messages.made import NOW, a_message, contents_of, facts_of

DOWN = Outcome(Verdict.UNAVAILABLE, "timeout")
GONE = Outcome(Verdict.REFUSED, "smtp-550")
SENT = Outcome(Verdict.SENT)
DAY_S = 86_400
BACKLOG_S_MAX = 1_800


def fail_until_the_end(message: Message, jitter: int) -> tuple[Message, int]:
    """Fail at every attempt; return what is left and how many seconds were tried."""
    now = message.due_at
    while message.state is MessageState.QUEUED:
        now = message.due_at
        message = after_attempt(message, DOWN, now, jitter)
    return message, int((now - NOW).total_seconds())


def test_a_sent_message_keeps_nothing_of_what_it_said() -> None:
    sent = after_attempt(a_message(), SENT, NOW, 0)
    assert (sent.state, sent.sealed, sent.attempts) == (MessageState.SENT, WIPED, 1)


def test_a_refused_message_is_dead_and_says_why_in_a_word() -> None:
    dead = after_attempt(a_message(), GONE, NOW, 0)
    assert (dead.state, dead.error, dead.sealed) == (MessageState.DEAD, "smtp-550", "sealed")


@pytest.mark.parametrize("jitter", [0, JITTER_LIMIT - 1])
def test_a_mail_outlives_an_outage_of_eight_hours_and_ends_after_a_day(jitter: int) -> None:
    dead, tried_s = fail_until_the_end(a_message(), jitter)
    assert (dead.state, dead.attempts, dead.error) == (MessageState.DEAD, ATTEMPTS_MAX, "timeout")
    assert DAY_S * 3 // 4 < tried_s < 2 * DAY_S


@pytest.mark.parametrize("jitter", [0, JITTER_LIMIT - 1])
def test_a_code_is_tried_while_it_is_of_use_and_never_after(jitter: int) -> None:
    dead, tried_s = fail_until_the_end(a_message(template=Template.PHONE_CODE), jitter)
    assert (dead.state, dead.error, dead.sealed) == (MessageState.DEAD, EXPIRED, WIPED)
    assert 500 < tried_s < 600


@given(st.integers(1, ATTEMPTS_MAX), st.integers(0, JITTER_LIMIT - 1), st.booleans())
def test_no_wait_is_so_long_that_a_backlog_lingers(
    attempts: int, jitter: int, is_urgent: bool
) -> None:
    assert 0 < delay_s(attempts, jitter, is_urgent=is_urgent) <= BACKLOG_S_MAX


def test_waits_grow_and_jitter_spreads_them() -> None:
    assert list(DELAYS_S) == sorted(DELAYS_S)
    assert list(URGENT_DELAYS_S) == sorted(URGENT_DELAYS_S)
    spread = [delay_s(4, jitter, is_urgent=False) for jitter in (0, JITTER_LIMIT - 1)]
    assert spread == [1_080, 1_320]
    with pytest.raises(ValueError, match="jitter"):
        delay_s(1, JITTER_LIMIT, is_urgent=False)


def test_only_a_queued_message_is_attempted_expired_or_given_up() -> None:
    sent = after_attempt(a_message(), SENT, NOW, 0)
    acts: list[Callable[[], object]] = [
        lambda: after_attempt(sent, SENT, NOW, 0),
        lambda: expire(sent, NOW),
        lambda: give_up(sent, "unreadable", NOW),
        lambda: requeue(sent, NOW),
    ]
    for act in acts:
        with pytest.raises(DomainError) as refusal:
            act()
        assert refusal.value.code is ErrorCode.INVALID_STATE


def test_a_dead_letter_may_be_tried_afresh_unless_it_expired() -> None:
    again = requeue(after_attempt(a_message(), GONE, NOW, 0), NOW)
    assert (again.state, again.attempts, again.error) == (MessageState.QUEUED, 0, None)
    code = a_message(template=Template.PHONE_CODE)
    for dead in (expire(code, NOW), after_attempt(code, GONE, NOW, 0)):
        with pytest.raises(DomainError):
            requeue(dead, NOW)


def test_a_message_expires_at_its_moment() -> None:
    code = a_message(template=Template.DEPOSIT_CODE)
    assert code.expires_at is not None
    assert is_expired(code, code.expires_at)
    assert not is_expired(code, code.expires_at - timedelta(microseconds=1))
    assert not is_expired(a_message(), NOW + timedelta(days=9_999))


def test_every_template_has_its_channel_and_its_facts() -> None:
    assert set(FACTS) == set(Template)
    by_sms = {one for one in Template if a_message(template=one).channel is Channel.SMS}
    assert by_sms == {Template.PHONE_CODE, Template.DEPOSIT_CODE}


def test_a_language_without_words_becomes_english() -> None:
    assert a_message(language="fi").language == "en"
    assert a_message(language="cs").language == "cs"
    assert LANGUAGES == languages.LANGUAGES


@pytest.mark.parametrize("template", Template)
def test_contents_survive_packing(template: Template) -> None:
    contents = contents_of(template, recipient="Příklad <ž@example.org>")
    assert unpack(pack(template, contents)) == contents


@pytest.mark.parametrize("template", Template)
def test_a_missing_fact_is_an_error_where_it_is_queued(template: Template) -> None:
    for missing in facts_of(template):
        facts = {name: value for name, value in facts_of(template).items() if name != missing}
        with pytest.raises(ValueError, match=missing):
            pack(template, Contents("anna@example.org", facts, "Northgate"))


@pytest.mark.parametrize(
    ("recipient", "facts", "brand"),
    [
        ("", {}, "Northgate"),
        ("x" * 321, {}, "Northgate"),
        ("+420601123456", {}, ""),
        ("+420601123456", {}, "x" * 81),
        ("+420601123456", {"extra": "1"}, "Northgate"),
        ("+420601123456", {"code": "1" * (FACT_LENGTH_MAX + 1)}, "Northgate"),
    ],
)
def test_what_could_not_be_sent_is_not_queued(
    recipient: str, facts: dict[str, str], brand: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 -- the text must not show the values
        pack(Template.PHONE_CODE, Contents(recipient, {"code": "012345", **facts}, brand))
    assert "012345" not in str(error.value)
    assert "+420601123456" not in str(error.value)


@pytest.mark.parametrize(
    "packed", [b"{}", b"[]", b"nonsense", b'{"to":1,"facts":{},"brand":""}',
               b'{"to":"a","facts":{"code":1},"brand":"b"}']
)  # fmt: skip
def test_what_something_else_wrote_is_not_read(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"contents|JSON|Expecting"):
        unpack(packed)


def test_reasons_nobody_has_words_for_count_as_other() -> None:
    fact = reasons_fact(["no-such", "name-mismatch", "document-unreadable", "name-mismatch"])
    assert fact == "document-unreadable name-mismatch other"
    assert reasons_of(fact) == (Reason.DOCUMENT_UNREADABLE, Reason.NAME_MISMATCH, Reason.OTHER)
    assert reasons_of(reasons_fact([])) == ()


def test_facts_of_all_templates_are_what_they_need() -> None:
    for template in Template:
        check_facts(template, facts_of(template))
