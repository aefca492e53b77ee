"""Decide what orders, trades, payments and their views look like, but for what a test changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cambist.domain.market.assets import ASSETS
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Payout, Trade
from cambist.domain.payments.payments import Payment, payment_id
from cambist.domain.payments.states import Direction, PaymentState
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId, QuoteId
from cambist.ports.trades import TradeView

MADE = datetime(2026, 11, 21, 7, 20, 23, 512_000, UTC)
HASH = "36c8d916bb4f76fe9fc39cee53a5da1fdfc5ed2215940534ba2d1b52f36580de"
PHONE = "+420601123456"
PRICE_S = 900

_ORDER = Order(
    id=OrderId(UUID(int=1)),
    kind=OrderKind.PAYMENT,
    state=OrderState.AWAITING_PAYMENT,
    labels=frozenset(),
    partner_id=PartnerId(UUID(int=2)),
    integration_id=IntegrationId(UUID(int=3)),
    asset="TRX",
    amount=1_000,
    fiat="EUR",
    rate=None,
    fee_ppm=0,
    address=None,
    source_address=None,
    parent_id=None,
    received=0,
    confirmed=0,
    fee=0,
    refunded=0,
    returned=0,
    required_confirmations=19,
    external_id=None,
    customer=None,
    expires_at=None,
    created_at=MADE,
    updated_at=MADE,
    seq=1,
)


def make_order(**fields: Any) -> Order:
    """Make an order that waits to be paid and has received nothing; fields change it."""
    return replace(_ORDER, **fields)


def make_trade(order: Order, **fields: Any) -> Trade:
    """Make what an order to buy or sell is about, with no fees and nothing done yet.

    `fields` change it, and must name what an order cannot tell: dialect, method, units of fiat.
    """
    told: dict[str, Any] = {
        "id": order.id,
        "number": 1,
        "partner_id": order.partner_id,
        "customer_id": order.customer_id,
        "crypto": order.asset,
        "fiat": order.fiat,
        "payout": Payout.SEND,
        "quote_id": QuoteId(UUID(int=5)),
        "crypto_units": order.amount,
        "raw": order.rate,
        "rate": order.rate,
        "payment_fee": 0,
        "network_fee": 0,
        "valid_until": order.created_at + timedelta(seconds=PRICE_S),
        "fiat_received": 0,
        "filled": False,
        "counted": 0,
        "counted_at": order.created_at,
        "required": (),
        "sealed": "",
        "created_at": order.created_at,
    }
    return Trade(**{**told, **fields})


def make_payment(order: Order, **fields: Any) -> Payment:
    """Make a transfer of what an order asks, to its address and still pending; fields change it."""
    asset = ASSETS[order.asset or ""]
    told: dict[str, Any] = {
        "id": payment_id(asset.chain or "", HASH, 0),
        "number": 1,
        "partner_id": order.partner_id,
        "order_id": order.id,
        "direction": Direction.IN,
        "state": PaymentState.PENDING,
        "chain": asset.chain,
        "asset": asset.code,
        "txid": HASH,
        "index": 0,
        "address": order.address,
        "sender": None,
        "units": order.amount,
        "fee": 0,
        "fiat_units": 0,
        "matched": True,
        "loss": 0,
        "credits": 0,
        "height": 100,
        "block_hash": "b",
        "created_at": order.created_at,
        "updated_at": order.created_at,
    }
    return Payment(**{**told, **fields})


def show_trade(order: Order, trade: Trade, **fields: Any) -> TradeView:
    """Make the view of an order to buy or sell, of a customer called Jana; fields change it."""
    told: dict[str, Any] = {
        "external_customer": order.customer,
        "language": "cs",
        "email": "jana@shop.example",
        "phone": PHONE,
        "first_name": "Jana",
        "bank_account": "",
        "cases": (),
        "payments": (),
        "payouts": (),
        "codes": (),
        "pay": None,
    }
    return TradeView(order, trade, **{**told, **fields})
