"""Decide which words and amounts tell a model in one language."""

from dataclasses import dataclass

from cambist.domain.messaging.figures import figure
from cambist.pages.pay.shown import Amount, PageStatus, PayModel
from cambist.pages.pay.texts import TEXTS
from cambist.pages.pay.texts.words import Texts

NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Said:
    """Hold the sentences of a page; `advice` may be empty."""

    headline: str
    explained: str
    advice: str
    notices: tuple[str, ...]
    only_this: str
    pay_address: str
    about: str
    title: str


def say(model: PayModel, language: str) -> Said:
    """Put a model into words."""
    texts = TEXTS[language]
    facts = _facts(model, language)
    explained = texts.explained[model.status]
    if model.status is PageStatus.WAITING and model.asked is None:
        explained = texts.waiting_any
    headline = texts.headlines[model.status]
    advice = texts.advice[model.advice].format(**facts)
    notices = [texts.notices[notice].format(**facts) for notice in model.notices]
    if advice and model.status is PageStatus.CONFIRMING:
        # What becomes of a surplus is said beside the surplus, the order itself needs nothing.
        notices, advice = [f"{notices[0]} {advice}", *notices[1:]], ""
    return Said(
        headline=headline,
        explained=explained.format(**facts),
        advice=advice,
        notices=tuple(notices),
        only_this=texts.only_this.format(**facts),
        pay_address=texts.address.format(**facts),
        about=texts.about.format(fiat=_worth(model.figure.fiat, language))
        if model.figure.fiat
        else "",
        title=f"{headline} · {model.shop.name}",
    )


def texts_of(language: str) -> Texts:
    """Find the texts of a language."""
    return TEXTS[language]


def _worth(fiat: str, language: str) -> str:
    amount, _, code = fiat.partition(NO_BREAK)
    return f"{figure(amount, language)}{NO_BREAK}{code}"


def _facts(model: PayModel, language: str) -> dict[str, str]:
    symbol = model.asset.symbol if model.asset else ""

    def written(amount: Amount | None) -> str:
        return f"{figure(amount.text, language)}{NO_BREAK}{symbol}" if amount else ""

    return {
        "shop": model.shop.name,
        "asset": symbol,
        "network": model.asset.network if model.asset else "",
        "asked": written(model.asked),
        "due": written(model.due),
        "received": written(model.received),
        "surplus": written(model.surplus),
        "refunded": written(model.refunded),
    }
