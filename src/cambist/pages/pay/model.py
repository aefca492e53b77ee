"""Decide where an order stands in a payer's eyes, from a view alone."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from urllib.parse import urlsplit

from cambist.app.steps import policy_of
from cambist.domain.market.assets import ASSETS, asset_of, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.pay_in import Excess, PayInPolicy, least_accepted
from cambist.domain.orders.states import Label, OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.payments.states import PaymentState
from cambist.kernel.money import Asset, Money
from cambist.kernel.rates import Rate, Rounding
from cambist.pages.look.payload import exact_text, groups_of, qr_payload, wallet_uri
from cambist.pages.pay.shown import (
    Advice,
    Amount,
    AssetName,
    Figure,
    FigureKind,
    Notice,
    PageStatus,
    PayBox,
    PayModel,
    Row,
    RowKind,
    Shop,
    Tone,
)
from cambist.pages.pay.timeline import rows_of
from cambist.ports.queries import OrderView, PayPageView

NAME_MAX = 80

TONES: dict[PageStatus, Tone] = {
    PageStatus.CHOOSE: Tone.CALM,
    PageStatus.WAITING: Tone.CALM,
    PageStatus.PARTLY_PAID: Tone.WARN,
    PageStatus.CONFIRMING: Tone.BUSY,
    PageStatus.PAID: Tone.GOOD,
    PageStatus.OVERPAID: Tone.GOOD,
    PageStatus.EXPIRED: Tone.OVER,
    PageStatus.UNDERPAID: Tone.WARN,
    PageStatus.LATE: Tone.WARN,
    PageStatus.REFUNDED: Tone.OVER,
    PageStatus.REPLACED: Tone.WARN,
    PageStatus.REORGED: Tone.WARN,
}

_PAYABLE = frozenset(
    {PageStatus.WAITING, PageStatus.PARTLY_PAID, PageStatus.REPLACED, PageStatus.REORGED}
)
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def page_model(view: PayPageView) -> PayModel:
    """Work out what a payer is shown.

    Raises:
        ValueError: the order brings no money in.
    """
    order, policy = view.view.order, policy_of(view.integration)
    status = _status(order, policy, view.now)
    asset = asset_of(order.asset) if order.asset and order.address else None
    due = _due(order, policy)
    pay = None
    if asset is not None and order.address and status in _PAYABLE and due != 0:
        pay = _pay_box(asset, order.address, due)
    awaited = pay is not None or status is PageStatus.CHOOSE
    rows, hidden = rows_of(view.view, status)
    return PayModel(
        order_id=order.id,
        status=status,
        tone=TONES[status],
        shop=shop_of(view.integration),
        asset=AssetName.of(asset) if asset else None,
        figure=_figure(order, asset, status, due),
        asked=_amount(order.amount, asset),
        due=_amount(due, asset),
        received=_amount(order.received, asset),
        surplus=_amount(_surplus(order), asset),
        refunded=_amount(order.refunded, asset),
        pay=pay,
        address=order.address,
        advice=_advice(order, policy, status),
        notices=_notices(view.view, status),
        rows=rows,
        hidden_rows=hidden,
        required_confirmations=order.required_confirmations,
        confirmations=_confirmations(rows, status),
        opened_at=order.created_at,
        expires_at=order.expires_at,
        is_counting=awaited and order.expires_at is not None,
    )


def shop_of(integration: Integration) -> Shop:
    """Name the shop without characters that cannot be seen; link it when its url is plain https."""
    spaced = " ".join(integration.name.split())
    seen = [c for c in spaced if unicodedata.category(c) not in _HIDDEN_CATEGORIES]
    name = "".join(seen)[:NAME_MAX].strip()
    host = _https_host(integration.url)
    return Shop(name or "?", integration.url if host else None, host)


def choices_of(codes: Sequence[str]) -> tuple[AssetName, ...]:
    """Name the assets a payer may choose from, in the registry's order."""
    return tuple(AssetName.of(a) for a in ASSETS.values() if a.code in codes and not a.is_fiat)


def _https_host(url: str) -> str | None:
    """Read the host of a url that is https, without user, and printable ASCII throughout."""
    if not all("!" <= character <= "~" for character in url) or set(url) & set("\\<>\"'`"):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.hostname if port is None else f"{parts.hostname}:{port}"


def _status(order: Order, policy: PayInPolicy, now: datetime) -> PageStatus:
    match order.state:
        case OrderState.COMPLETED:
            if _is_all_back(order):
                return PageStatus.REFUNDED
            return PageStatus.OVERPAID if Label.OVER in order.labels else PageStatus.PAID
        case OrderState.EXPIRED:
            return PageStatus.REFUNDED if _is_all_back(order) else _over_status(order)
        case OrderState.CREATED | OrderState.AWAITING_PAYMENT | OrderState.PAYMENT_SEEN:
            return _open_status(order, policy, now)
        case _:
            raise ValueError("only orders that bring money in have a pay page")


def _open_status(order: Order, policy: PayInPolicy, now: datetime) -> PageStatus:
    is_enough = order.received >= least_accepted(order, policy)
    if not is_enough and order.expires_at is not None and now >= order.expires_at:
        return _over_status(order)
    if order.asset is None or order.address is None:
        return PageStatus.CHOOSE
    if is_enough:
        return PageStatus.REORGED if Label.REORGED in order.labels else PageStatus.CONFIRMING
    if order.received:
        return PageStatus.PARTLY_PAID
    if Label.REORGED in order.labels:
        return PageStatus.REORGED
    return PageStatus.REPLACED if Label.REPLACED in order.labels else PageStatus.WAITING


def _over_status(order: Order) -> PageStatus:
    if Label.LATE in order.labels:
        return PageStatus.LATE
    return PageStatus.UNDERPAID if order.received else PageStatus.EXPIRED


def _is_all_back(order: Order) -> bool:
    return 0 < order.received <= order.refunded


def _due(order: Order, policy: PayInPolicy) -> int | None:
    """Count the units still missing, None when the payer decides."""
    if order.received >= least_accepted(order, policy):
        return 0
    if order.amount is None or order.asset is None:
        return None
    return max(0, order.amount - order.received)


def _surplus(order: Order) -> int:
    if Label.OVER not in order.labels or order.amount is None:
        return 0
    return order.received - order.amount


def _advice(order: Order, policy: PayInPolicy, status: PageStatus) -> Advice:
    match status:
        case PageStatus.LATE:
            return _advice_of(policy.late)
        case PageStatus.UNDERPAID:
            return _advice_of(policy.under)
        case PageStatus.OVERPAID:
            return _advice_of(policy.over)
        case PageStatus.CONFIRMING if Label.OVER in order.labels:
            return _advice_of(policy.over)
        case _:
            return Advice.NONE


def _advice_of(policy: Excess) -> Advice:
    match policy:
        case Excess.REFUND:
            return Advice.COMES_BACK
        case Excess.COMPLETE:
            return Advice.STILL_COUNTS
        case Excess.KEEP:
            return Advice.ASK_SHOP
        case _ as unreachable:
            assert_never(unreachable)


def _notices(view: OrderView, status: PageStatus) -> tuple[Notice, ...]:
    order = view.order
    own = {
        Label.OVER: (Notice.OVER, PageStatus.OVERPAID),
        Label.LATE: (Notice.LATE, PageStatus.LATE),
        Label.REPLACED: (Notice.REPLACED, PageStatus.REPLACED),
        Label.REORGED: (Notice.REORGED, PageStatus.REORGED),
    }
    notices = [
        notice
        for label, (notice, said_by) in own.items()
        if label in order.labels and status is not said_by
    ]
    if order.refunded and status is not PageStatus.REFUNDED:
        notices.append(Notice.PARTLY_REFUNDED)
    payments = (item.payment for item in view.payments)
    if any(not p.matched and p.state is not PaymentState.DROPPED for p in payments):
        notices.append(Notice.OTHER_ASSET)
    return tuple(notices)


def _confirmations(rows: Sequence[Row], status: PageStatus) -> int | None:
    if status not in (PageStatus.CONFIRMING, PageStatus.REORGED):
        return None
    pending = (RowKind.SEEN, RowKind.CONFIRMING)
    return min((row.confirmations for row in rows if row.kind in pending), default=None)


def _figure(order: Order, asset: Asset | None, status: PageStatus, due: int | None) -> Figure:
    kind, units = _counted(order, status, due)
    if asset is None:
        return Figure(kind, None, None)
    return Figure(kind, _amount(units, asset), _fiat_text(order, asset, units))


def _counted(order: Order, status: PageStatus, due: int | None) -> tuple[FigureKind, int | None]:
    match status:
        case PageStatus.REFUNDED:
            return FigureKind.REFUNDED, order.refunded
        case PageStatus.PARTLY_PAID:
            return FigureKind.MISSING, due
        case _ if order.received:
            return FigureKind.RECEIVED, order.received
        case PageStatus.EXPIRED:
            return FigureKind.WAS_ASKED, order.amount
        case _:
            return FigureKind.ASKED, order.amount


def _fiat_text(order: Order, asset: Asset, units: int | None) -> str | None:
    if order.rate is None or units is None:
        return None
    rate = Rate(asset, asset_of(order.fiat), order.rate)
    worth = rate.convert(Money(units, asset), Rounding.HALF_UP)
    return f"{worth}\u00a0{worth.asset.symbol}" if worth.units else None


def _amount(units: int | None, asset: Asset | None) -> Amount | None:
    if units is None or asset is None:
        return None
    return Amount(units, exact_text(units, asset.scale))


def _pay_box(asset: Asset, address: str, due: int | None) -> PayBox:
    chain = chain_of(asset)
    return PayBox(
        address=address,
        groups=groups_of(address),
        qr=qr_payload(asset, chain, address, due),
        wallet_uri=wallet_uri(asset, chain, address, due),
    )
