"""Decide what the page of a case asks, and of what it reminds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cambist.domain.compliance.cases import Case, CaseKind
from cambist.domain.compliance.declarations import declaration_for
from cambist.domain.identity.documents import Document
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.messaging.codes import Purpose, tries_left
from cambist.pages.cases.model import is_customers, rate_text, side_of, sum_of, sums_of
from cambist.pages.cases.shown import (
    CaseModel,
    ChangeAsk,
    CodeAsk,
    ReturnAsk,
    TermsShown,
    Why,
)
from cambist.ports.trades import TradeView

PURPOSES = {CaseKind.PHONE: Purpose.PHONE, CaseKind.DEPOSIT: Purpose.DEPOSIT}
CANCELLABLE = frozenset(
    {CaseKind.IDENTITY, CaseKind.AML, CaseKind.PHONE, CaseKind.DEPOSIT, CaseKind.EDD}
)
"""In the others, saying no to what is asked gives the money back."""


@dataclass(frozen=True, slots=True)
class Known:
    """Hold what a view does not: documents of the order, the last digits codes go to."""

    documents: Sequence[Document] = ()
    phone_end: str = ""


def case_model(
    view: TradeView, case: Case, known: Known, country: str | None, now: datetime
) -> CaseModel:
    """Work out what whoever opened the link is asked; `country` chooses the declaration."""
    is_reviewed = not is_customers(case)
    kind = None if is_reviewed else case.kind
    return CaseModel(
        page=view.trade.page,
        number=view.trade.number,
        kind=case.kind,
        is_reviewed=is_reviewed,
        why=() if is_reviewed else tuple(why for why in Why if why.value in case.reasons),
        remark="" if is_reviewed else case.remark,
        can_cancel=can_cancel(view, case),
        documents=tuple(document.kind for document in known.documents),
        declaration=declaration_for(country) if kind is CaseKind.AML else None,
        code=_code(view, kind, known.phone_end, now) if kind in PURPOSES else None,
        change=_change(view, case) if kind is CaseKind.CHANGE else None,
        back=_back(view) if kind is CaseKind.RETURN else None,
    )


def can_cancel(view: TradeView, case: Case) -> bool:
    """Tell whether the customer may still give the order up; the core has the last word."""
    has_money = bool(view.order.received or view.trade.fiat_received)
    is_looked_at = has_money and case.kind is CaseKind.EDD
    return case.kind in CANCELLABLE and not view.trade.filled and not is_looked_at


def _code(view: TradeView, kind: CaseKind | None, phone_end: str, now: datetime) -> CodeAsk:
    purpose = PURPOSES[kind] if kind is not None else None
    live = next((code for code in view.codes if code.purpose is purpose), None)
    if live is None:
        return CodeAsk(phone_end, None, None, 0)
    return CodeAsk(phone_end, live.created_at, live.expires_at, tries_left(live, now))


def _change(view: TradeView, case: Case) -> ChangeAsk:
    facts: dict[str, Any] = json.loads(case.facts)
    return ChangeAsk(
        quote=facts["quote"],
        is_late=bool(facts.get("late")),
        fiat=asset_of(view.trade.fiat).symbol,
        old=_terms(view, facts["old"]),
        new=_terms(view, facts["new"]),
    )


def _terms(view: TradeView, told: dict[str, str]) -> TermsShown:
    crypto, fiat = asset_of(view.trade.crypto), asset_of(view.trade.fiat)
    units = int(told["crypto_units"]), int(told["fiat_units"])
    pays, gets = sums_of(side_of(view), *units, crypto, fiat)
    return TermsShown(
        pays=pays,
        gets=gets,
        rate=rate_text(int(told["rate"]), crypto, fiat),
        valid_until=datetime.fromisoformat(told["valid_until"]),
    )


def _back(view: TradeView) -> ReturnAsk:
    crypto = asset_of(view.trade.crypto)
    stated = None if view.held_by is None else view.held_by.units
    units = view.order.confirmed if stated is None else stated
    return ReturnAsk(sum_of(units, crypto), chain_of(crypto).name)
