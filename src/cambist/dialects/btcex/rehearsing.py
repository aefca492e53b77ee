"""Decide how an order is shown that only might have been: from what would have been written.

Nobody is told how to pay it: there would be no order to match the money with.
"""

from dataclasses import replace
from typing import Any, TypeVar

from cambist.app.knowing import Client
from cambist.app.trades.open_trade import OpenTrade
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind
from cambist.ports.store import Kind, Writes
from cambist.ports.trades import TradeView

T = TypeVar("T", bound=Any)


def would_be(command: OpenTrade, writes: Writes) -> TradeView | None:
    """Show the order a rehearsed command would have opened, None when it had been before."""
    opened: list[Order] = writes.added.get(Kind.ORDER, [])
    if not opened:
        return None
    client: Client = command.client
    return TradeView(
        order=_unpayable(opened[0], None),
        trade=writes.added[Kind.TRADE][0],
        external_customer=client.external_id,
        language=client.language,
        email=client.email or "",
        phone=client.phone or "",
        first_name="",
        bank_account=command.bank_account or "",
        cases=tuple(writes.added.get(Kind.CASE, ())),
        payments=(),
        payouts=(),
        codes=(),
        pay=None,
    )


def would_become(view: TradeView, writes: Writes) -> TradeView:
    """Show an order as a rehearsed command would have left it."""
    cases = [_newest(writes, Kind.CASE, case) for case in view.cases]
    codes = [_newest(writes, Kind.CODE, code) for code in view.codes]
    order = _newest(writes, Kind.ORDER, view.order)
    return replace(
        view,
        order=_unpayable(order, view.order.address),
        trade=_newest(writes, Kind.TRADE, view.trade),
        cases=(*cases, *writes.added.get(Kind.CASE, ())),
        codes=(*writes.added.get(Kind.CODE, ()), *codes),
        pay=None,
    )


def _unpayable(order: Order, address: str | None) -> Order:
    """Hide an address of ours that was only allotted in the rehearsal."""
    return replace(order, address=address) if order.kind is OrderKind.SELL else order


def _newest(writes: Writes, kind: Kind, item: T) -> T:
    """Find what became of something."""
    after = (one for one in writes.changed.get(kind, ()) if one.id == item.id)
    found: T = next(after, item)
    return found
