"""Decide in whose words an event is told: the dialect's through which the order was made."""

from collections.abc import Callable, Mapping

from cambist.dialects import btcex, cryptoexchange, cryptopayments
from cambist.domain.webhooks.callbacks import CallbackForm
from cambist.ports.outbox import OutboxRow
from cambist.ports.queries import OrderView
from cambist.ports.trades import TradeQueries, TradeView
from cambist.workers.subscriptions import Told

BOTH = frozenset(CallbackForm)
STANDARD = frozenset({CallbackForm.STANDARD})

TradeWords = Callable[[OutboxRow, TradeView, str], tuple[str, str] | None]
"""Write an event of a trade as (type, JSON of the order); the text is the root of our pages."""

TRADE_WORDS: Mapping[str, TradeWords] = {
    btcex.DIALECT.name: btcex.told,
    cryptoexchange.DIALECT.name: cryptoexchange.render_event,
}


class Rendering:
    """Write events for their partners."""

    def __init__(self, trades: TradeQueries, base_url: str) -> None:
        self._trades, self._base_url = trades, base_url

    async def __call__(self, row: OutboxRow, view: OrderView) -> Told | None:
        """Write an event, None when its dialect tells nobody of it."""
        order = view.order
        if not order.is_trade:
            if order.customer_id is not None:
                return None
            return Told(row.name.value, cryptopayments.render_order(view), BOTH)
        trade = await self._trades.trade(None, order.id)
        words = TRADE_WORDS.get(trade.trade.dialect) if trade is not None else None
        if trade is None or words is None:
            return None
        told = words(row, trade, self._base_url)
        return None if told is None else Told(told[0], told[1], STANDARD)
