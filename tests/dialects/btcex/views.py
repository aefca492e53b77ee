"""Decide which orders the transcripts show: one in every case and state that looks different."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cambist.domain.compliance.cases import Case, CaseKind, CaseState
from cambist.domain.messaging.codes import OneTimeCode, Purpose
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction
from cambist.kernel.ids import (
    CaseId,
    CustomerId,
    IntegrationId,
    OrderId,
    PartnerId,
    PaymentId,
)
from cambist.ports.queries import PaymentView
from cambist.ports.rails import Instructions
from cambist.ports.trades import TradeView
from tests import orders_made

PARTNER, OTHER = PartnerId(UUID(int=1)), PartnerId(UUID(int=2))
CHANNEL = IntegrationId(UUID(int=3))
CUSTOMER = CustomerId(UUID(int=4))
OUTSIDE = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
DEPOSIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
IBAN = "CZ6508000000192000145399"
MADE = orders_made.MADE
NOW = datetime(2026, 11, 21, 7, 25, 0, tzinfo=UTC)

PAY = Instructions(
    method=Method.CZ_BANK,
    currency="CZK",
    units=200_000,
    account="19-2000145399/0800",
    iban=IBAN,
    bic="GIBACZPX",
    holder="Cambist Sandbox",
    reference="4503599627",
    message="VS4503599627",
    qr_payload=f"SPD*1.0*ACC:{IBAN}+GIBACZPX*AM:2000.00*CC:CZK*X-VS:4503599627",
    qr_kind="SPD",
)
TERMS = {
    "old": {
        "crypto_units": "500000",
        "fiat_units": "712500",
        "rate": "1425000000000000000000000",
        "valid_until": "2026-11-21T07:35:23+00:00",
    },
    "new": {
        "crypto_units": "1000000",
        "fiat_units": "1425000",
        "rate": "1425000000000000000000000",
        "valid_until": "2026-11-21T07:39:00+00:00",
    },
    "quote": "019ac5f0-2a4b-7c31-9d1e-5f0a3b7c9e21",
    "late": False,
}

(BUY, IDENTITY, AML, PHONE, KEPT, CHANGE, RETURN, SENT, SELL, FOREIGN) = range(1001, 1011)


def order_id(number: int) -> OrderId:
    """Make the id of the order of a number."""
    return OrderId(UUID(int=(0x019AC5F0 << 96) | (7 << 76) | (2 << 62) | number))


def make_order(number: int, **changes: Any) -> Order:
    """Make a buy that waits for its money."""
    made = {
        "id": order_id(number),
        "kind": OrderKind.BUY,
        "partner_id": PARTNER,
        "integration_id": CHANNEL,
        "asset": "BTC",
        "amount": 126_984,
        "fiat": "CZK",
        "address": OUTSIDE,
        "required_confirmations": 2,
        "expires_at": MADE + timedelta(days=1),
        "customer_id": CUSTOMER,
    }
    return orders_made.make_order(**{**made, **changes})


def make_trade(order: Order, number: int, **changes: Any) -> Trade:
    """Make what an order of 2000 koruna, or a sale of half a hundredth of a bitcoin, is about."""
    buying = order.kind is OrderKind.BUY
    made = {
        "number": number,
        "dialect": "btcex",
        "method": Method.CZ_BANK,
        "crypto_units": 126_984 if buying else 500_000,
        "fiat_units": 200_000 if buying else 712_500,
        "raw": 1_500_000 * 10**18,
        "rate": (1_575_000 if buying else 1_425_000) * 10**18,
        "principal": 190_476,
        "commission": 9_524,
        "counted": 200_000,
        "reference": "4503599627",
        "page": f"page-{number}",
    }
    return orders_made.make_trade(order, **{**made, **changes})


def make_case(order: Order, kind: CaseKind, **changes: Any) -> Case:
    """Make the case that holds an order."""
    case = Case(
        id=CaseId(UUID(int=order.id.int + 1)),
        order_id=order.id,
        customer_id=CUSTOMER,
        kind=kind,
        state=CaseState.OPEN,
        reasons=(),
        remark="",
        facts=json.dumps(TERMS) if kind is CaseKind.CHANGE else "{}",
        refused=False,
        reviewer=None,
        expires_at=MADE + timedelta(days=14),
        opened_at=MADE,
        updated_at=MADE,
    )
    return replace(case, **changes)


def make_payment(order: Order, way: Direction, units: int) -> PaymentView:
    """Make a transfer of an order's bitcoin, one block deep."""
    payment = orders_made.make_payment(
        order,
        id=PaymentId(UUID(int=order.id.int + 2)),
        direction=way,
        units=units,
        fiat_units=200_000,
    )
    return PaymentView(payment, 1, None, "CZK")


def make_code(order: Order, purpose: Purpose) -> OneTimeCode:
    """Make a code that was sent and tried once."""
    return OneTimeCode(
        id=UUID(int=order.id.int + 3),
        order_id=order.id,
        purpose=purpose,
        target_index=b"",
        salt=b"",
        code_hash=b"",
        tries=1,
        expires_at=MADE + timedelta(seconds=600),
        used_at=None,
        superseded=False,
        created_at=MADE,
    )


def show(order: Order, number: int, *payments: PaymentView, **changes: Any) -> TradeView:
    """Make the view of an order."""
    trade = changes.pop("trade", {})
    told = {
        "bank_account": IBAN,
        "code_phone": orders_made.PHONE,
        "payments": payments,
        "pay": PAY if order.kind is OrderKind.BUY else None,
    }
    return orders_made.show_trade(order, make_trade(order, number, **trade), **{**told, **changes})


def held(number: int, kind: CaseKind, *codes: Purpose, **changes: Any) -> TradeView:
    """Make the view of an order a case holds."""
    selling = kind in (CaseKind.CHANGE, CaseKind.RETURN)
    sale = {"kind": OrderKind.SELL, "address": DEPOSIT, "received": 10**6, "confirmed": 10**6}
    order = make_order(number, state=OrderState.ON_CASE, **(sale if selling else {}))
    case = make_case(order, kind, reasons=changes.pop("reasons", ()))
    sent = tuple(make_code(order, purpose) for purpose in codes)
    came = (make_payment(order, Direction.IN, 10**6),) if selling else ()
    return show(order, number, *came, cases=(case,), codes=sent, **changes)


def sample_views() -> list[TradeView]:
    """Make an affiliate's orders, one for each number above, and another affiliate's."""
    sent = make_order(SENT, state=OrderState.SENT, updated_at=NOW)
    from_balance = {"method": Method.BALANCE, "reference": ""}
    return [
        show(make_order(BUY), BUY),
        held(IDENTITY, CaseKind.IDENTITY, reasons=("first-order",)),
        held(AML, CaseKind.AML, reasons=("amount",)),
        held(PHONE, CaseKind.PHONE, Purpose.PHONE),
        held(KEPT, CaseKind.DEPOSIT, reasons=("kept-funds",), trade=from_balance),
        held(CHANGE, CaseKind.CHANGE),
        held(RETURN, CaseKind.RETURN),
        show(sent, SENT, make_payment(sent, Direction.OUT, 126_984)),
        show(make_order(SELL, kind=OrderKind.SELL, address=DEPOSIT), SELL),
        show(make_order(FOREIGN, partner_id=OTHER), FOREIGN),
    ]
