"""Decide what orders to buy and sell look like to tests of their pages: every state and case."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cambist.domain.compliance.cases import Case, CaseKind, CaseState, open_case
from cambist.domain.messaging.codes import OneTimeCode, Purpose, make
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction
from cambist.kernel.ids import CaseId, CustomerId, IntegrationId, OrderId, PartnerId, QuoteId
from cambist.kernel.rates import RATE_SCALE
from cambist.ports.queries import PaymentView
from cambist.ports.rails import Instructions
from cambist.ports.trades import TradeView
from tests.orders_made import make_order, make_payment, make_trade, show_trade

START = datetime(2026, 11, 20, 9, 26, tzinfo=UTC)
NOW = START + timedelta(minutes=5)
PRICE_UNTIL = START + timedelta(minutes=15)
PAY_BY = START + timedelta(days=1)
PAGE = "Abcd-efghIJKLmnop_qrst0123456789"
OTHER_PAGE = "Zbcd-efghIJKLmnop_qrst0123456789"
TOKEN = "tokenTOKENtokenTOKENtokenTOKEN12"
SESSION = "sessionSESSIONsessionSESSION1234"
OTHER_SESSION = "othersOTHERSothersOTHERSothers12"
NEW_SESSION = "freshFRESHfreshFRESHfreshFRESH12"
ORDER = OrderId(UUID("0195a1d2-7777-7abc-9def-0123456789ab"))
OTHER_ORDER = OrderId(UUID("0195a1d2-8888-7abc-9def-0123456789ab"))
PARTNER = PartnerId(UUID("0195a1d2-0000-7000-8000-000000000001"))
CUSTOMER = CustomerId(UUID("0195a1d2-0000-7000-8000-000000000002"))
QUOTE = QuoteId(UUID("0195a1d2-0000-7000-8000-000000000003"))
LITECOIN = "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"
BASE_URL = "https://cambist.example"
COOKIE = "__Host-cambist-order"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
CRYPTO, FIAT = 43_210_000, 100_000
SECRETS = ("jana.secret@example.com", "Jana-Secret", "CZ5508000000001234567899", "+420601123456")
"""What a view opens and no public page may tell."""


def order(**changes: Any) -> Order:
    """Build an order to buy litecoin that waits for its payment."""
    waiting = {
        "id": ORDER,
        "kind": OrderKind.BUY,
        "partner_id": PARTNER,
        "integration_id": IntegrationId(PARTNER),
        "asset": "LTC",
        "amount": CRYPTO,
        "fiat": "CZK",
        "rate": 2_204_100_000_000 * 10 ** (RATE_SCALE - 9),
        "address": LITECOIN,
        "required_confirmations": 6,
        "customer": "customer-secret-8",
        "expires_at": PAY_BY,
        "created_at": START,
        "updated_at": START,
        "customer_id": CUSTOMER,
    }
    return make_order(**{**waiting, **changes})


def trade(**changes: Any) -> Trade:
    """Build what goes with it: 1000 CZK for 0.4321 LTC."""
    made = {
        "number": 4_815_162_342,
        "dialect": "btcex",
        "method": Method.CZ_BANK.value,
        "quote_id": QUOTE,
        "fiat_units": FIAT,
        "principal": 95_000,
        "commission": 5_000,
        "valid_until": PRICE_UNTIL,
        "reference": "4815162342",
        "page": PAGE,
        "sealed": "sealed-secret",
    }
    return make_trade(order(), **{**made, **changes})


INSTRUCTIONS = Instructions(
    method=Method.CZ_BANK,
    currency="CZK",
    units=FIAT,
    account="19-2000145399/0800",
    iban="CZ6508000000192000145399",
    bic="GIBACZPX",
    holder="Cambist Sandbox",
    reference="4815162342",
    message="VS4815162342",
    qr_payload="SPD*1.0*ACC:CZ6508000000192000145399+GIBACZPX*AM:1000.00*CC:CZK*X-VS:4815162342",
    qr_kind="SPD",
)


def view(
    of: Order | None = None,
    with_trade: Trade | None = None,
    cases: Sequence[Case] = (),
    payments: Sequence[PaymentView] = (),
    codes: Sequence[OneTimeCode] = (),
    pay: Instructions | None = INSTRUCTIONS,
) -> TradeView:
    """Put a view together, personal data and all."""
    shown = of or order()
    return show_trade(
        shown,
        with_trade or trade(),
        external_customer="customer-secret-8",
        email=SECRETS[0],
        phone=SECRETS[3],
        first_name=SECRETS[1],
        bank_account=SECRETS[2],
        cases=tuple(cases),
        payments=tuple(payments),
        codes=tuple(codes),
        pay=pay if shown.kind is OrderKind.BUY else None,
    )


def case(kind: CaseKind, **changes: Any) -> Case:
    """Open a case on the order."""
    facts = changes.pop("facts", None)
    opened = open_case(CaseId(UUID(int=7)), ORDER, CUSTOMER, kind, START)
    return replace(opened, facts=json.dumps(facts or {}), **changes)


def held(kind: CaseKind, side: OrderKind = OrderKind.BUY, **changes: Any) -> TradeView:
    """Build a view of an order a case holds."""
    codes = changes.pop("codes", ())
    required = {CaseKind.CHANGE: (), CaseKind.RETURN: ()}.get(kind, (kind.value,))
    with_trade = trade(required=required, **changes.pop("of_trade", {}))
    on_case = order(kind=side, state=OrderState.ON_CASE, **changes.pop("of_order", {}))
    return view(on_case, with_trade, [case(kind, **changes)], codes=codes)


def code(purpose: Purpose = Purpose.PHONE, **changes: Any) -> OneTimeCode:
    """Send a code a minute ago."""
    at = NOW - timedelta(minutes=1)
    sent = make("123456", UUID(int=9), ORDER, purpose, b"target", bytes(16), at)
    return replace(sent, **changes)


def terms(crypto: int, fiat: int, minutes: int) -> dict[str, str]:
    """Write terms as a change case holds them."""
    return {
        "crypto_units": str(crypto),
        "fiat_units": str(fiat),
        "rate": str(2_300_000_000_000 * 10 ** (RATE_SCALE - 9)),
        "valid_until": (START + timedelta(minutes=minutes)).isoformat(),
    }


CHANGED = {
    "old": terms(CRYPTO, FIAT, 15),
    "new": terms(41_000_000, 98_000, 30),
    "quote": str(QUOTE),
    "late": True,
}


def payment(direction: Direction, confirmations: int = 2, **changes: Any) -> PaymentView:
    """Build a payment on the chain."""
    seen = {
        "direction": direction,
        "sender": "sender-secret-9",
        "block_hash": None,
    }
    payment = make_payment(order(), **{**seen, **changes})
    return PaymentView(payment, confirmations, None, "CZK")


def scenes() -> dict[str, TradeView]:
    """Build a view for each thing the public page can say."""
    state, sell = OrderState, OrderKind.SELL
    out, incoming = Direction.OUT, Direction.IN
    paid, sold = trade(fiat_received=FIAT), trade(filled=True)
    return {
        "waiting": view(),
        "waiting-sepa": view(pay=replace(INSTRUCTIONS, method=Method.SEPA, iban=None)),
        "price-over": view(with_trade=trade(valid_until=NOW)),
        "checks": held(CaseKind.IDENTITY),
        "review": held(CaseKind.AML, state=CaseState.SUBMITTED),
        "looked-at": held(CaseKind.EDD),
        "change": held(
            CaseKind.CHANGE, facts=CHANGED, of_trade={"fiat_received": 98_000}
        ),
        "exchanging": view(order(state=state.PAID), paid),
        "sending": view(order(state=state.SENDING), replace(paid, filled=True)),
        "sent": view(order(state=state.SENT), replace(paid, filled=True), [], [payment(out)]),
        "completed": view(order(state=state.COMPLETED), sold, [], [payment(out, 9)]),
        "returning": view(order(state=state.RETURNING), paid),
        "returned": view(order(state=state.RETURNED), paid),
        "cancelled": view(order(state=state.CANCELLED)),
        "expired": view(order(state=state.EXPIRED)),
        "rejected": view(order(state=state.REJECTED), trade(required=("identity",))),
        "created": view(order(state=state.CREATED)),
        "sell-waiting": view(order(kind=sell)),
        "sell-seen": view(order(kind=sell, state=state.PAYMENT_SEEN, received=CRYPTO), None, [],
                          [payment(incoming)]),
        "sell-return": held(CaseKind.RETURN, sell, of_order={"confirmed": CRYPTO}),
        "sell-sent": view(order(kind=sell, state=state.SENT, confirmed=CRYPTO), sold, [],
                          [payment(incoming, 9)]),
        "sell-completed": view(order(kind=sell, state=state.COMPLETED, confirmed=CRYPTO), sold),
    }  # fmt: skip


def case_scenes() -> dict[str, TradeView]:
    """Build a view for each form a case can be."""
    sell = OrderKind.SELL
    asked_again: dict[str, Any] = {
        "reasons": ("document-unreadable",),
        "remark": "The picture is too dark.",
    }
    return {
        "identity": held(CaseKind.IDENTITY, reasons=("first-order",)),
        "identity-again": held(CaseKind.IDENTITY, **asked_again),
        "aml": held(CaseKind.AML, reasons=("amount",)),
        "phone": held(CaseKind.PHONE),
        "phone-sent": held(CaseKind.PHONE, codes=[code()]),
        "phone-spent": held(CaseKind.PHONE, codes=[code(tries=5)]),
        "deposit": held(CaseKind.DEPOSIT, codes=[code(Purpose.DEPOSIT)]),
        "change": held(CaseKind.CHANGE, facts=CHANGED, of_trade={"fiat_received": 98_000}),
        "return": held(CaseKind.RETURN, sell, of_order={"confirmed": CRYPTO}),
        "review": held(CaseKind.IDENTITY, state=CaseState.SUBMITTED),
        "looked-at": held(CaseKind.EDD),
    }
