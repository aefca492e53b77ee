"""Decide how orders, transactions, sinks and the books are shown: plain words, decimal strings."""

import base64
from collections.abc import Sequence

from cambist.domain.market.assets import ASSETS
from cambist.domain.orders.orders import Order
from cambist.kernel.money import format_units
from cambist.kernel.rates import Rate
from cambist.ports.chain import BlockRef, TxStatus
from cambist.ports.queries import OrderView, PaymentView
from cambist.ports.sandbox import ReceivedRequest, RecordedEvent

Shown = dict[str, object]


def order_shown(view: OrderView, events: Sequence[RecordedEvent]) -> Shown:
    """Show an order with its payments and events as the core knows them."""
    order = view.order
    return {
        "id": order.id,
        "kind": order.kind,
        "state": order.state,
        "labels": sorted(order.labels),
        "partner_id": order.partner_id,
        "integration_id": order.integration_id,
        "parent_id": order.parent_id,
        "external_id": order.external_id,
        "customer": order.customer,
        "asset": order.asset,
        "fiat": order.fiat,
        "rate": _rate(order),
        "fee_ppm": order.fee_ppm,
        "address": order.address,
        "source_address": order.source_address,
        "amount": amount(order.amount, order.asset),
        "received": amount(order.received, order.asset),
        "confirmed": amount(order.confirmed, order.asset),
        "fee": amount(order.fee, order.asset),
        "refunded": amount(order.refunded, order.asset),
        "returned": amount(order.returned, order.asset),
        "required_confirmations": order.required_confirmations,
        "expires_at": order.expires_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "payments": [_payment_shown(payment) for payment in view.payments],
        "events": [_event_shown(event) for event in events],
    }


def amount(units: int | None, asset: str | None) -> str | None:
    """Write units of an asset in its own decimals; what has no asset yet has no amount."""
    if units is None or asset is None:
        return None
    return format_units(units, ASSETS[asset].scale)


def block_shown(block: BlockRef) -> Shown:
    """Show a block by height and hash."""
    return {"height": block.height, "hash": block.hash}


def transaction_shown(status: TxStatus) -> Shown:
    """Show where a transaction stands; `block` is null while it waits in the mempool."""
    return {
        "hash": status.txid,
        "confirmations": status.confirmations,
        "block": None if status.block is None else block_shown(status.block),
    }


def received_shown(received: ReceivedRequest) -> Shown:
    """Show a request a sink kept; `body` is null when it is no UTF-8 text."""
    request = received.request
    headers: dict[str, str] = {}
    for name, value in request.headers:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return {
        "number": received.number,
        "at": received.at,
        "method": request.method,
        "query": request.query,
        "headers": headers,
        "body": text_of(request.body),
        "body_base64": base64.b64encode(request.body).decode("ascii"),
        "status": received.status,
    }


def text_of(body: bytes) -> str | None:
    """Read a body as UTF-8, None when it is something else."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _rate(order: Order) -> str | None:
    if order.asset is None or order.rate is None:
        return None
    return str(Rate(ASSETS[order.asset], ASSETS[order.fiat], order.rate))


def _payment_shown(view: PaymentView) -> Shown:
    payment = view.payment
    return {
        "id": payment.id,
        "number": payment.number,
        "direction": payment.direction,
        "state": payment.state,
        "chain": payment.chain,
        "asset": payment.asset,
        "hash": payment.txid,
        "index": payment.index,
        "address": payment.address,
        "sender": payment.sender,
        "amount": amount(payment.units, payment.asset),
        "fee": amount(payment.fee, payment.asset),
        "fiat_amount": amount(payment.fiat_units, view.fiat),
        "matched": payment.matched,
        "confirmations": view.confirmations,
        "height": payment.height,
        "block_hash": payment.block_hash,
        "created_at": payment.created_at,
        "updated_at": payment.updated_at,
    }


def _event_shown(event: RecordedEvent) -> Shown:
    return {
        "seq": event.seq,
        "name": event.name,
        "happened_at": event.happened_at,
        "facts": event.facts,
        "delivered": event.delivered,
    }
