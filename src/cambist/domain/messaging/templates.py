"""Decide which messages there are, how each travels and which facts each needs."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

FACT_LENGTH_MAX = 2_000
"""Characters of one fact; a link with its token is the longest."""


class Channel(StrEnum):
    """Name how a message travels."""

    MAIL = "mail"
    SMS = "sms"


class Template(StrEnum):
    """List every message there is; each language has words for each."""

    ORDER_CREATED = "order-created"
    CASE_IDENTITY = "case-identity"
    CASE_AML = "case-aml"
    CASE_PHONE = "case-phone"
    CASE_DEPOSIT = "case-deposit"
    CASE_CHANGE = "case-change"
    CASE_RETURN = "case-return"
    CASE_REJECTED = "case-rejected"
    PAYMENT_RECEIVED = "payment-received"
    CRYPTO_SENT = "crypto-sent"
    PAYOUT_SENT = "payout-sent"
    ORDER_COMPLETED = "order-completed"
    ORDER_CANCELLED = "order-cancelled"
    ORDER_EXPIRED = "order-expired"
    ORDER_RETURNED = "order-returned"
    PAGE_LINK = "page-link"
    PHONE_CODE = "phone-code"
    DEPOSIT_CODE = "deposit-code"


class Fact(StrEnum):
    """Name what a message may be told, each as a text.

    Amounts are exact, with a point and their symbol (`0.50 BTC`), moments ISO 8601: a message
    writes both the way its language does. `FIRST_NAME` may be empty, `REASONS` is what
    `reasons_fact` writes.
    """

    FIRST_NAME = "first_name"
    ORDER = "order"
    LINK = "link"
    AMOUNT = "amount"
    PAYS = "pays"
    GETS = "gets"
    VALID_UNTIL = "valid_until"
    REASONS = "reasons"
    CODE = "code"


class Reason(StrEnum):
    """Name why an answer to a case was not accepted, as far as a mail may say so."""

    DOCUMENT_UNREADABLE = "document-unreadable"
    DOCUMENT_EXPIRED = "document-expired"
    DOCUMENT_INCOMPLETE = "document-incomplete"
    DATA_MISMATCH = "data-mismatch"
    NAME_MISMATCH = "name-mismatch"
    DETAILS_MISSING = "details-missing"
    CODE_WRONG = "code-wrong"
    OTHER = "other"


_EVERY_MAIL = frozenset({Fact.FIRST_NAME, Fact.ORDER, Fact.LINK})
_WITH_AMOUNT = _EVERY_MAIL | {Fact.AMOUNT}

FACTS: Mapping[Template, frozenset[Fact]] = {
    Template.ORDER_CREATED: _EVERY_MAIL | {Fact.PAYS, Fact.GETS, Fact.VALID_UNTIL},
    Template.CASE_IDENTITY: _EVERY_MAIL,
    Template.CASE_AML: _EVERY_MAIL,
    Template.CASE_PHONE: _EVERY_MAIL,
    Template.CASE_DEPOSIT: _EVERY_MAIL,
    Template.CASE_CHANGE: _EVERY_MAIL,
    Template.CASE_RETURN: _WITH_AMOUNT,
    Template.CASE_REJECTED: _EVERY_MAIL | {Fact.REASONS},
    Template.PAYMENT_RECEIVED: _WITH_AMOUNT,
    Template.CRYPTO_SENT: _WITH_AMOUNT,
    Template.PAYOUT_SENT: _WITH_AMOUNT,
    Template.ORDER_COMPLETED: _EVERY_MAIL | {Fact.PAYS, Fact.GETS},
    Template.ORDER_CANCELLED: _EVERY_MAIL,
    Template.ORDER_EXPIRED: _EVERY_MAIL,
    Template.ORDER_RETURNED: _WITH_AMOUNT,
    Template.PAGE_LINK: _EVERY_MAIL,
    Template.PHONE_CODE: frozenset({Fact.CODE}),
    Template.DEPOSIT_CODE: frozenset({Fact.CODE}),
}

_BY_SMS = frozenset({Template.PHONE_CODE, Template.DEPOSIT_CODE})


def channel_of(template: Template) -> Channel:
    """Tell how a message travels."""
    return Channel.SMS if template in _BY_SMS else Channel.MAIL


def check_facts(template: Template, facts: Mapping[str, str]) -> None:
    """Hold facts against what a template needs: exactly those, none longer than FACT_LENGTH_MAX.

    Raises:
        ValueError: a fact is missing, unknown or too long; names it, never shows it.
    """
    wanted = {fact.value for fact in FACTS[template]}
    wrong = sorted(wanted ^ set(facts))
    if wrong:
        raise ValueError(f"{template.value}: facts missing or unknown: {', '.join(wrong)}")
    long = sorted(name for name, value in facts.items() if len(value) > FACT_LENGTH_MAX)
    if long:
        raise ValueError(f"{template.value}: facts too long: {', '.join(long)}")


def reasons_fact(reasons: Iterable[str]) -> str:
    """Write reasons as one fact, in the order of the list; what is not on it counts as OTHER."""
    known = {reason.value for reason in Reason}
    named = {one if one in known else Reason.OTHER.value for one in reasons}
    return " ".join(reason.value for reason in Reason if reason.value in named)


def reasons_of(fact: str) -> tuple[Reason, ...]:
    """Read what `reasons_fact` wrote.

    Raises:
        ValueError: a reason that is not on the list.
    """
    return tuple(Reason(word) for word in fact.split())
