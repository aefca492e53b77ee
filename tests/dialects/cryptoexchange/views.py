"""Decide which orders the wire tests show: of each side, in the states that look different."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cambist.domain.identity.customers import EXTERNAL, customer_id
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import Label, OrderKind, OrderState
from cambist.domain.orders.trades import Payout, Trade
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction, PaymentState
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId, PaymentId, QuoteId
from cambist.ports.queries import PaymentView
from cambist.ports.rails import Instructions
from cambist.ports.trades import TradeView

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
HASH = "36c8d916bb4f76fe9fc39cee53a5da1fdfc5ed2215940534ba2d1b52f36580de"
MADE = datetime(2026, 11, 21, 7, 20, 23, 512_000, UTC)
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
    order = Order(
        id=OrderId(UUID(number)),
        kind=OrderKind.BUY,
        state=OrderState.AWAITING_PAYMENT,
        labels=frozenset(),
        partner_id=owner,
        integration_id=CHANNEL,
        asset="LTC",
        amount=122_539_019,
        fiat="EUR",
        rate=81_600_000_000_000_000_000,
        fee_ppm=0,
        address=OUTSIDE,
        source_address=None,
        parent_id=None,
        received=0,
        confirmed=0,
        fee=0,
        refunded=0,
        returned=0,
        required_confirmations=6,
        external_id="1",
        customer=CUSTOMER,
        expires_at=MADE + timedelta(days=1),
        created_at=MADE,
        updated_at=MADE,
        seq=1,
        customer_id=customer_id(owner, EXTERNAL, CUSTOMER),
    )
    return replace(order, **changes)


def make_trade(order: Order) -> Trade:
    """Make what an order of 100 euros is about."""
    return Trade(
        id=order.id,
        number=1,
        partner_id=order.partner_id,
        customer_id=customer_id(order.partner_id, EXTERNAL, CUSTOMER),
        dialect="cryptoexchange",
        crypto="LTC",
        fiat="EUR",
        method=Method.SEPA,
        payout=Payout.SEND,
        quote_id=QuoteId(UUID(int=5)),
        crypto_units=122_539_019,
        fiat_units=10_000,
        raw=80_000_000_000_000_000_000,
        rate=81_600_000_000_000_000_000,
        principal=9_803,
        commission=147,
        payment_fee=50,
        network_fee=10_000,
        valid_until=MADE + timedelta(seconds=900),
        fiat_received=0,
        filled=False,
        counted=10_000,
        counted_at=MADE,
        reference="RF571343109556594312",
        required=(),
        page=f"page-{str(order.id)[9:13]}",
        sealed="",
        created_at=order.created_at,
    )


def make_payment(order: Order, way: Direction, **changes: Any) -> PaymentView:
    """Make a transfer of an order's crypto."""
    payment = Payment(
        id=PaymentId(UUID(int=order.id.int + (way is Direction.IN))),
        number=1,
        partner_id=order.partner_id,
        order_id=order.id,
        direction=way,
        state=PaymentState.PENDING,
        chain="litecoin",
        asset="LTC",
        txid=HASH,
        index=0,
        address=order.address or OUTSIDE,
        sender=None,
        units=122_539_019,
        fee=0,
        fiat_units=10_000,
        matched=True,
        loss=0,
        credits=0,
        height=100,
        block_hash="b",
        created_at=MADE,
        updated_at=MADE,
    )
    return PaymentView(replace(payment, **changes), 2, order.external_id, order.fiat)


def show(order: Order, *payments: PaymentView, **changes: Any) -> TradeView:
    """Make the view of an order."""
    view = TradeView(
        order=order,
        trade=make_trade(order),
        external_customer=CUSTOMER,
        language="en",
        email="jana@shop.example",
        phone="+420601123456",
        first_name="Jana",
        bank_account=IBAN,
        cases=(),
        payments=payments,
        payouts=(),
        codes=(),
        pay=PAY if order.kind is OrderKind.BUY else None,
    )
    return replace(view, **changes)


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
        show(held),
        show(sent, make_payment(sent, Direction.OUT)),
        show(sell),
        show(foreign),
    ]
