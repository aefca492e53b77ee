"""Decide how orders, prices and open cases are shown in the vendor's words; pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from cambist.dialects.btcex import answers, wire
from cambist.dialects.btcex.mapping import asked_fields, moment, phone_hint
from cambist.dialects.btcex.tables import (
    CASE_KIND,
    CRYPTO,
    FIAT,
    OPEN_CASE,
    ORDER_STATUS,
    PURPOSES,
    TYPES,
    CaseName,
)
from cambist.domain.compliance.cases import Case, CaseState
from cambist.domain.market.assets import ASSETS, CHAINS, chain_of
from cambist.domain.messaging.budgets import ORDER_PER_HOUR
from cambist.domain.messaging.codes import OneTimeCode, tries_left
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Payout
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction, PaymentState
from cambist.domain.pricing.deals import Deal
from cambist.http.paging import cursor_of
from cambist.kernel.money import format_units
from cambist.kernel.rates import RATE_SCALE
from cambist.ports.rails import Instructions
from cambist.ports.trades import Slice, TradeView

PAYABLE = frozenset({OrderState.AWAITING_PAYMENT, OrderState.PAYMENT_SEEN})
GOING_BACK = frozenset({OrderState.RETURNING, OrderState.RETURNED})
PICTURES = list(get_args(wire.PictureKind))
DIFFERS, EXPIRED = "amount-differs", "rate-expired"


def rate_text(mantissa: int) -> str:
    """Write CZK for one BTC, without zeros at the end."""
    return format_units(mantissa, RATE_SCALE).rstrip("0").rstrip(".")


def price_out(deal: Deal, affiliate: str | None, until: datetime) -> answers.Price:
    """Show a price."""
    return answers.Price(
        affiliate=affiliate,
        type=deal.side.value,
        satoshi=deal.crypto_units,
        pennies=deal.fiat_units,
        rate=rate_text(deal.rate),
        valid_until=moment(until),
    )


def open_case_of(view: TradeView) -> CaseName | None:
    """Name the case the customer is to answer, None while nothing is asked of him."""
    held = view.held_by
    if held is None or held.state is not CaseState.OPEN:
        return None
    return OPEN_CASE[held.kind]


def order_out(view: TradeView, public_url: str) -> answers.Order:
    """Show an order."""
    return answers.Order(**_order(view, public_url))


def changed_out(view: TradeView, public_url: str, *, restated: bool) -> answers.ChangedOrder:
    """Show an order after an answer to its change case, with the terms as they were restated."""
    held = view.held_by
    facts = json.loads(held.facts) if restated and held is not None else {}
    return answers.ChangedOrder(
        **_order(view, public_url),
        restated=restated,
        old=_terms(facts["old"]) if facts else None,
        new=_terms(facts["new"]) if facts else None,
    )


def _order(view: TradeView, public_url: str) -> dict[str, Any]:
    order, trade = view.order, view.trade
    buying = order.kind is OrderKind.BUY
    case = open_case_of(view)
    kept = trade.payout is Payout.KEEP or trade.method == Method.BALANCE
    return {
        "id": trade.number,
        "type": TYPES[order.kind],
        "status": ORDER_STATUS[order.state].value,
        "open_case": None if case is None else case.value,
        "satoshi": trade.crypto_units,
        "pennies": trade.fiat_units,
        "rate": rate_text(trade.rate),
        "valid_until": moment(trade.valid_until),
        "email": view.email or None,
        "btc_address": order.address if buying else None,
        "deposit_phone": (view.phone or None) if buying and kept else None,
        "bank_account": None if buying else view.bank_account or None,
        "payment": _payment(view),
        "transaction": _transaction(view),
        "created_at": moment(order.created_at),
        "updated_at": moment(order.updated_at),
        "url": page_of(view, public_url),
    }


def page_of(view: TradeView, public_url: str) -> str:
    """Tell where an order's own page is."""
    return f"{public_url}/order/{view.trade.page}"


def orders_out(found: Slice[TradeView], public_url: str) -> answers.Orders:
    """Show a page of orders."""
    after = None if found.next is None else cursor_of(found.next)
    return answers.Orders([order_out(view, public_url) for view in found.items], after)


def _payment(view: TradeView) -> answers.BankPayment | answers.ChainPayment | None:
    """Tell how to pay, as long as the order waits for it."""
    if view.order.state not in PAYABLE:
        return None
    if view.order.kind is OrderKind.BUY:
        return None if view.pay is None else _by_bank(view.pay)
    address, units = view.order.address, view.trade.crypto_units - view.order.received
    if address is None or units <= 0:
        return None
    asset = ASSETS[CRYPTO]
    amount = format_units(units, asset.scale)
    uri = f"{chain_of(asset).uri_scheme}:{address}?amount={amount}"
    return answers.ChainPayment(address, units, uri)


def _by_bank(pay: Instructions) -> answers.BankPayment | None:
    if pay.iban is None:
        return None
    return answers.BankPayment(
        account=pay.account,
        iban=pay.iban,
        bic=pay.bic,
        variable_symbol=pay.reference,
        pennies=pay.units,
        currency=FIAT,
        message=pay.message,
        qr=pay.qr_payload,
    )


def _transaction(view: TradeView) -> answers.Transaction | None:
    """Show the newest transfer that pays a buy out, pays a sell in, or goes back."""
    leaving = view.order.kind is OrderKind.BUY or view.order.state in GOING_BACK
    way = Direction.OUT if leaving else Direction.IN
    shown = [
        one
        for one in view.payments
        if one.payment.direction is way and one.payment.state is not PaymentState.DROPPED
    ]
    if not shown or shown[-1].payment.txid is None:
        return None
    payment = shown[-1].payment
    required = CHAINS[payment.chain].confirmations
    reached = shown[-1].reached(required)
    return answers.Transaction(payment.txid or "", payment.units, reached, required)


def identity_out(view: TradeView, case: Case) -> answers.QuestionCase:
    """Show what is asked for about a person."""
    return _question(CaseName.VERIFY_IDENTITY, case, asked_fields(wire.VerifyIdentity), PICTURES)


def funds_out(view: TradeView, case: Case) -> answers.QuestionCase:
    """Show what is asked for about the money."""
    return _question(CaseName.AML_CZ, case, asked_fields(wire.AmlCz), [])


def _question(
    name: CaseName, case: Case, fields: list[answers.AskedField], documents: list[str]
) -> answers.QuestionCase:
    return answers.QuestionCase(
        case=name.value,
        fields=fields,
        documents=documents,
        reasons=list(case.reasons),
        remark=case.remark,
        expires_at=moment(case.expires_at),
    )


def code_out(view: TradeView, case: Case, name: CaseName, now: datetime) -> answers.CodeCase:
    """Show what is known of the code a case asks for."""
    live = _live_code(view, name, now)
    return answers.CodeCase(
        case=name.value,
        phone=phone_hint(view.code_phone) if view.code_phone else None,
        sms_sent=live is not None,
        attempts_left=0 if live is None else tries_left(live, now),
        may_refuse=True,
        reasons=list(case.reasons),
        expires_at=moment(case.expires_at),
    )


def sms_out(view: TradeView, name: CaseName, now: datetime) -> answers.SmsCase:
    """Show whether a code is on its way, and how many more may be sent this hour."""
    live = _live_code(view, name, now)
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    sent = sum(code.created_at >= hour for code in view.codes)
    return answers.SmsCase(
        case=name.value,
        sms_sent=live is not None,
        sent_at=None if live is None else moment(live.created_at),
        sends_left=max(0, ORDER_PER_HOUR - sent),
    )


def _live_code(view: TradeView, name: CaseName, now: datetime) -> OneTimeCode | None:
    """Find the code that counts, None when none was sent or it is over."""
    purpose = PURPOSES[CASE_KIND[name]]
    newest = next((code for code in view.codes if code.purpose is purpose), None)
    is_live = newest is not None and newest.used_at is None and now < newest.expires_at
    return newest if is_live else None


def change_out(view: TradeView, case: Case) -> answers.ChangeCase:
    """Show old and new terms side by side, and why they differ."""
    facts = json.loads(case.facts)
    old, new = _terms(facts["old"]), _terms(facts["new"])
    buying = view.order.kind is OrderKind.BUY
    differs = old.pennies != new.pennies if buying else old.satoshi != new.satoshi
    reasons = [
        *case.reasons,
        *([DIFFERS] if differs else []),
        *([EXPIRED] if facts["late"] else []),
    ]
    return answers.ChangeCase(
        case=CaseName.CHANGE.value,
        old=old,
        new=new,
        reasons=reasons,
        expires_at=moment(case.expires_at),
    )


def _terms(told: Mapping[str, str]) -> answers.Terms:
    return answers.Terms(
        satoshi=int(told["crypto_units"]),
        pennies=int(told["fiat_units"]),
        rate=rate_text(int(told["rate"])),
        valid_until=moment(datetime.fromisoformat(told["valid_until"])),
    )


def return_out(view: TradeView, case: Case) -> answers.ReturnCase:
    """Show how much goes back."""
    return answers.ReturnCase(
        case=CaseName.RETURN.value,
        satoshi=view.order.confirmed,
        reasons=list(case.reasons),
        expires_at=moment(case.expires_at),
    )
