"""Decide which orders the wire tests show: of each side, in the states that look different."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cambist.domain.identity.customers import EXTERNAL, customer_id
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import Label, OrderKind, OrderState
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId, PaymentId
from cambist.ports.queries import PaymentView
from cambist.ports.rails import Instructions
from cambist.ports.trades import TradeView
from tests import orders_made

CLIENT_ID = PartnerId(UUID(int=1))
OTHER_ID = PartnerId(UUID(int=2))
CHANNEL = IntegrationId(UUID(int=3))
CUSTOMER = "shared customer / 7"
"""Both clients call one of their customers so."""
NOBODY = "nobody yet"

BUY = "019ac5f0-0001-7c31-9d1e-5f0a3b7c9e21"
HELD = "019ac5f0-0002-7c31-9d1e-5f0a3b7c9e21"
SENT = "019ac5f0-0003-7c31-9d1e-5f0a3b7c9e21"
SELL = "019ac5f0-0004-7c31-9d1e-5f0a3b7c9e21"
FOREIGN = "019ac5f0-0005-7c31-9d1e-5f0a3b7c9e21"
NOWHERE = "019ac5f0-0009-7c31-9d1e-5f0a3b7c9e21"

OUTSIDE = "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"
CUSTODY = "ltc1q2usuxc8n9ss600yh4m6jr0x753py5xcet9hpx9"
IBAN = "DE89370400440532013000"
MADE = orders_made.MADE
NOW = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)

PAY = Instructions(
    method=Method.SEPA,
    currency="EUR",
    units=10_000,
    account=IBAN,
    iban=IBAN,
    bic="COBADEFFXXX",
    holder="Cambist Sandbox",
    reference="RF571343109556594312",
    message="RF57 1343 1095 5659 4312",
    qr_payload="BCD\n002\n1\nSCT\nCOBADEFFXXX",
    qr_kind="EPC",
)


def make_order(number: str, owner: PartnerId, **changes: Any) -> Order:
    """Make a buy that waits for its money."""
    made = {
        "id": OrderId(UUID(number)),
        "kind": OrderKind.BUY,
        "partner_id": owner,
        "integration_id": CHANNEL,
        "asset": "LTC",
        "amount": 122_539_019,
        "rate": 81_600_000_000_000_000_000,
        "address": OUTSIDE,
        "required_confirmations": 6,
        "external_id": "1",
        "customer": CUSTOMER,
        "expires_at": MADE + timedelta(days=1),
        "customer_id": customer_id(owner, EXTERNAL, CUSTOMER),
    }
    return orders_made.make_order(**{**made, **changes})


def make_trade(order: Order) -> Trade:
    """Make what an order of 100 euros is about."""
    return orders_made.make_trade(
        order,
        customer_id=customer_id(order.partner_id, EXTERNAL, CUSTOMER),
        dialect="cryptoexchange",
        method=Method.SEPA,
        fiat_units=10_000,
        raw=80_000_000_000_000_000_000,
        principal=9_803,
        commission=147,
        payment_fee=50,
        network_fee=10_000,
        counted=10_000,
        reference="RF571343109556594312",
        page=f"page-{str(order.id)[9:13]}",
    )


def make_payment(order: Order, way: Direction, **changes: Any) -> PaymentView:
    """Make a transfer of an order's crypto."""
    made = {
        "id": PaymentId(UUID(int=order.id.int + (way is Direction.IN))),
        "direction": way,
        "fiat_units": 10_000,
    }
    payment = orders_made.make_payment(order, **{**made, **changes})
    return PaymentView(payment, 2, order.external_id, order.fiat)


def show(order: Order, *payments: PaymentView, **changes: Any) -> TradeView:
    """Make the view of an order."""
    told = {
        "language": "en",
        "bank_account": IBAN,
        "payments": payments,
        "pay": PAY if order.kind is OrderKind.BUY else None,
    }
    return orders_made.show_trade(order, make_trade(order), **{**told, **changes})


def sample_views() -> list[TradeView]:
    """Make a client's orders (to be paid, held, sent, a sell), and another client's."""
    buy = make_order(BUY, CLIENT_ID)
    held = make_order(HELD, CLIENT_ID, state=OrderState.ON_CASE, external_id=None)
    sent = make_order(
        SENT, CLIENT_ID, state=OrderState.SENT, labels=frozenset({Label.LATE, Label.OVER})
    )
    sell = make_order(SELL, CLIENT_ID, kind=OrderKind.SELL, address=CUSTODY)
    foreign = make_order(FOREIGN, OTHER_ID)
    return [
        show(buy),
        show(held, email=""),
        show(sent, make_payment(sent, Direction.OUT)),
        show(sell),
        show(foreign),
    ]
