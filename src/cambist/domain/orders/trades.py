"""Decide what an order to buy or sell holds beside the order itself, and where money leads it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum

from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import Label, OrderKind, OrderState
from cambist.kernel.ids import CustomerId, OrderId, PartnerId, QuoteId

NUMBER_BITS = 52


class Payout(StrEnum):
    """Name where a trade's outcome goes: out over chain or rail, or onto the customer's balance."""

    SEND = "send"
    KEEP = "keep"


def number_of(order_id: OrderId) -> int:
    """Derive the positive integer the wire knows an order by: the id's last 52 random bits."""
    return (order_id.int & ((1 << NUMBER_BITS) - 1)) or 1


@dataclass(frozen=True, slots=True)
class TradeTerms:
    """Hold the price a trade is made at; units of crypto and fiat, rates as mantissas.

    A buyer pays `fiat_units` = principal + commission + payment_fee and receives `crypto_units`;
    a seller gives `crypto_units` and receives `fiat_units` = principal - commission - payment_fee.
    """

    crypto_units: int
    fiat_units: int
    raw: int
    rate: int
    principal: int
    commission: int
    payment_fee: int
    network_fee: int
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Trade:
    """Hold what an order to buy or sell is about; it shares the order's id and lock.

    `fiat_received` sums the fiat matched to a buy; `filled` tells that the exchange is booked,
    which happens once; `counted` is what stands of it against the limits, in fiat, since
    `counted_at`; `required` lists the checks still asked of the customer, in order; `page` is the
    unguessable name of the order's own page; `sealed` holds the customer's data of this order
    (bank account, where the request came from) under his key.
    """

    id: OrderId
    number: int
    partner_id: PartnerId
    customer_id: CustomerId
    dialect: str
    crypto: str
    fiat: str
    method: str
    payout: Payout
    quote_id: QuoteId
    crypto_units: int
    fiat_units: int
    raw: int
    rate: int
    principal: int
    commission: int
    payment_fee: int
    network_fee: int
    valid_until: datetime
    fiat_received: int
    filled: bool
    reference: str
    required: tuple[str, ...]
    page: str
    sealed: str
    created_at: datetime
    counted: int
    counted_at: datetime

    @property
    def asked(self) -> str:
        """Name the fiat a buyer is to pay, to find the order by."""
        return f"{self.method}:{self.fiat}:{self.fiat_units}"

    def reprice(self, terms: TradeTerms, quote_id: QuoteId) -> "Trade":
        """Take new terms over the old ones."""
        return replace(
            self,
            crypto_units=terms.crypto_units,
            fiat_units=terms.fiat_units,
            raw=terms.raw,
            rate=terms.rate,
            principal=terms.principal,
            commission=terms.commission,
            payment_fee=terms.payment_fee,
            network_fee=terms.network_fee,
            valid_until=terms.valid_until,
            quote_id=quote_id,
        )


class Verdict(StrEnum):
    """Name what the money received means for a trade."""

    WAIT = "wait"
    SEEN = "seen"
    PAID = "paid"
    CHANGE = "change"
    RETURN = "return"
    EXPIRE = "expire"
    NOTE = "note"


UNPAID = frozenset({OrderState.AWAITING_PAYMENT, OrderState.PAYMENT_SEEN, OrderState.EXPIRED})
GIVEN_UP = frozenset({OrderState.CANCELLED, OrderState.REJECTED})


@dataclass(frozen=True, slots=True)
class Received:
    """Sum the crypto of a sell: seen, confirmed, and when the last of it was first seen."""

    seen: int
    confirmed: int
    last_at: datetime | None


def judge_sell(order: Order, trade: Trade, received: Received, now: datetime) -> Verdict:
    """Tell what the crypto received means: exactly what was agreed and in time fills the order.

    Crypto that is not final yet is only shown; money for an order given up goes back. What a
    reorganisation takes away before the exchange is booked is waited for again.
    """
    if order.state is OrderState.PAID and received.confirmed < trade.crypto_units:
        return Verdict.SEEN if received.seen else Verdict.WAIT
    if order.state in GIVEN_UP:
        return Verdict.RETURN if received.seen else Verdict.WAIT
    if order.state not in UNPAID:
        return Verdict.NOTE
    if not received.seen:
        return Verdict.EXPIRE if is_over(order, now) else Verdict.WAIT
    if received.confirmed < received.seen:
        return Verdict.SEEN
    in_time = received.last_at is not None and received.last_at <= trade.valid_until
    exact = received.confirmed == trade.crypto_units
    return Verdict.PAID if exact and in_time else Verdict.CHANGE


def judge_buy(order: Order, trade: Trade, booked_at: datetime) -> Verdict:
    """Tell what the fiat received means, the newest of it counting from `booked_at`."""
    if order.state in GIVEN_UP:
        return Verdict.RETURN
    if order.state not in UNPAID:
        return Verdict.NOTE
    exact = trade.fiat_received == trade.fiat_units
    return Verdict.PAID if exact and booked_at <= trade.valid_until else Verdict.CHANGE


def counts_from(booked_on: date, now: datetime) -> datetime:
    """Tell from when fiat counts: since we know of it, at the latest the end of its booking day."""
    return min(now, datetime.combine(booked_on, time.max, tzinfo=UTC))


def sums_of(order: Order, received: Received) -> Order:
    """Bring the sums and labels of a sell up to date."""
    labels = set(order.labels) - {Label.OVER, Label.UNDER}
    if order.kind is OrderKind.SELL and order.amount is not None and received.seen:
        if received.seen > order.amount:
            labels.add(Label.OVER)
        if received.seen < order.amount:
            labels.add(Label.UNDER)
    return replace(
        order, received=received.seen, confirmed=received.confirmed, labels=frozenset(labels)
    )


def due_back(order: Order, trade: Trade, sent: int) -> int:
    """Compute how much final crypto of a sell is neither exchanged nor `sent` back already.

    Negative when a reorganisation took what was exchanged.
    """
    return order.confirmed - (trade.crypto_units if trade.filled else 0) - sent


def is_over(order: Order, now: datetime) -> bool:
    """Tell whether an order's time is over."""
    return order.expires_at is not None and now >= order.expires_at
