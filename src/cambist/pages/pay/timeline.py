"""Decide what the timeline of an order tells, oldest first."""

from datetime import datetime

from cambist.domain.market.assets import ASSETS, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.states import Direction, PaymentState
from cambist.pages.look.payload import exact_text
from cambist.pages.pay.shown import PageStatus, Row, RowKind
from cambist.ports.queries import OrderView, PaymentView

ROWS_MAX = 20
"""Anybody can send dust to an address; a page stays short all the same."""

_TIME_OVER = frozenset({PageStatus.EXPIRED, PageStatus.UNDERPAID, PageStatus.LATE})
_COMPLETED = frozenset({PageStatus.PAID, PageStatus.OVERPAID})


def rows_of(view: OrderView, status: PageStatus) -> tuple[tuple[Row, ...], int]:
    """List the rows, and count the older payments left out beyond ROWS_MAX."""
    order = view.order
    incoming = [item for item in view.payments if item.payment.direction is Direction.IN]
    shown = incoming[-ROWS_MAX:]
    dated: list[tuple[datetime, Row]] = [
        (item.payment.created_at, _payment_row(order, item)) for item in shown
    ]
    if status in _TIME_OVER and order.expires_at is not None:
        dated.append((order.expires_at, Row(RowKind.TIME_OVER, order.expires_at)))
    dated.sort(key=lambda pair: pair[0])
    rows = [Row(RowKind.OPENED, order.created_at), *(row for _, row in dated)]
    if status in _COMPLETED:
        rows.append(Row(RowKind.COMPLETED, None))
    return tuple(rows), len(incoming) - len(shown)


def _payment_row(order: Order, item: PaymentView) -> Row:
    payment = item.payment
    asset = ASSETS[payment.asset]
    required = order.required_confirmations if payment.matched else chain_of(asset).confirmations
    kind = _kind(payment, item.confirmations)
    return Row(
        kind=kind,
        moment=payment.created_at,
        amount=exact_text(payment.units, asset.scale),
        symbol=asset.symbol,
        txid=payment.txid,
        confirmations=0 if kind is RowKind.DROPPED else min(item.confirmations, required),
        required=required,
    )


def _kind(payment: Payment, confirmations: int) -> RowKind:
    if payment.state is PaymentState.DROPPED:
        return RowKind.DROPPED
    if not payment.matched:
        return RowKind.OTHER_ASSET
    if payment.state is PaymentState.CONFIRMED:
        return RowKind.CONFIRMED
    return RowKind.CONFIRMING if confirmations else RowKind.SEEN
