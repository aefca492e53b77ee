"""Make messages, contents and codes for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cambist.domain.messaging.codes import LIFETIME_S, OneTimeCode, Purpose, make
from cambist.domain.messaging.messages import Contents, Message, compose
from cambist.domain.messaging.templates import FACTS, Fact, Template
from cambist.kernel.ids import CustomerId, OrderId

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
CUSTOMER = CustomerId(UUID(int=0xC0))
ORDER = OrderId(UUID(int=0x0D))
OTHER_ORDER = OrderId(UUID(int=0x0E))
TARGET = b"t" * 32
SALT = b"s" * 16

VALUES = {
    Fact.FIRST_NAME: "Anna",
    Fact.ORDER: "B-7F3K-2Q",
    Fact.LINK: "https://pay.example/case/one-time-token",
    Fact.AMOUNT: "0.00512 BTC",
    Fact.PAYS: "5000.00 CZK",
    Fact.GETS: "0.00512000 BTC",
    Fact.VALID_UNTIL: "2026-11-21T10:00:00.250000+00:00",
    Fact.REASONS: "document-unreadable name-mismatch",
    Fact.CODE: "012345",
}


def facts_of(template: Template, **changed: str) -> dict[str, str]:
    """Give a template the facts it needs."""
    return {fact.value: VALUES[fact] for fact in FACTS[template]} | changed


def contents_of(
    template: Template, recipient: str = "anna@example.org", **changed: str
) -> Contents:
    """Give a template contents."""
    return Contents(recipient, facts_of(template, **changed), "Northgate")


def a_message(
    number: int = 1, template: Template = Template.ORDER_CREATED, **changed: Any
) -> Message:
    """Make a queued message; what is a code expires as codes do."""
    if template in (Template.PHONE_CODE, Template.DEPOSIT_CODE):
        changed.setdefault("expires_at", NOW + timedelta(seconds=LIFETIME_S))
    sealed = changed.pop("sealed", "sealed")
    language = changed.pop("language", "en")
    now = changed.pop("now", NOW)
    return compose(UUID(int=number), template, language, CUSTOMER, sealed, now, **changed)


def a_code(code: str = "012345", number: int = 1, purpose: Purpose = Purpose.PHONE) -> OneTimeCode:
    """Make a code of ORDER."""
    return make(code, UUID(int=number), ORDER, purpose, TARGET, SALT, NOW)
