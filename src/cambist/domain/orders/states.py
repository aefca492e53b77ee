"""Decide the states an order passes through, by kind; shared names as in the dialects' tables."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class OrderKind(StrEnum):
    """Tell what an order is for."""

    PAYMENT = "payment"
    DEPOSIT = "deposit"
    REFUND = "refund"
    WITHDRAWAL = "withdrawal"
    SEND = "send"
    BUY = "buy"
    SELL = "sell"


class OrderState(StrEnum):
    """Name where an order stands; every dialect's table is total over this list."""

    CREATED = "created"
    ON_CASE = "on_case"
    AWAITING_PAYMENT = "awaiting_payment"
    PAYMENT_SEEN = "payment_seen"
    PAID = "paid"
    SENDING = "sending"
    SENT = "sent"
    COMPLETED = "completed"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"


class Label(StrEnum):
    """Name what is out of the ordinary about an order, beside its state."""

    OVER = "OVER"
    UNDER = "UNDER"
    LATE = "LATE"
    REPLACED = "REPLACED"
    REORGED = "REORGED"


INCOMING = frozenset({OrderKind.PAYMENT, OrderKind.DEPOSIT})
TRADES = frozenset({OrderKind.BUY, OrderKind.SELL})
OUTGOING = frozenset(OrderKind) - INCOMING - TRADES

_S = OrderState

PAY_IN = StateMachine(
    name="pay_in",
    initial=frozenset({_S.CREATED, _S.AWAITING_PAYMENT}),
    transitions={
        _S.CREATED: frozenset({_S.AWAITING_PAYMENT, _S.EXPIRED}),
        _S.AWAITING_PAYMENT: frozenset({_S.PAYMENT_SEEN, _S.COMPLETED, _S.EXPIRED}),
        _S.PAYMENT_SEEN: frozenset({_S.AWAITING_PAYMENT, _S.COMPLETED, _S.EXPIRED}),
        _S.COMPLETED: frozenset({_S.AWAITING_PAYMENT, _S.PAYMENT_SEEN, _S.EXPIRED}),
        _S.EXPIRED: frozenset({_S.PAYMENT_SEEN, _S.COMPLETED}),
    },
)
"""Incoming orders: a reorg may lead back from completed, a late payment out of expired."""

PAY_OUT = StateMachine(
    name="pay_out",
    initial=frozenset({_S.CREATED}),
    transitions={
        _S.CREATED: frozenset({_S.SENDING, _S.REJECTED}),
        _S.SENDING: frozenset({_S.SENT}),
        _S.SENT: frozenset({_S.COMPLETED}),
        _S.COMPLETED: frozenset(),
        _S.REJECTED: frozenset(),
    },
)
"""Outgoing orders: nothing is given up once bytes may have been signed."""

TRADE = StateMachine(
    name="trade",
    initial=frozenset({_S.CREATED}),
    transitions={
        _S.CREATED: frozenset({_S.ON_CASE, _S.AWAITING_PAYMENT, _S.PAID}),
        _S.ON_CASE: frozenset(
            {
                _S.AWAITING_PAYMENT,
                _S.PAID,
                _S.SENDING,
                _S.RETURNING,
                _S.COMPLETED,
                _S.RETURNED,
                _S.CANCELLED,
                _S.EXPIRED,
                _S.REJECTED,
            }
        ),
        _S.AWAITING_PAYMENT: frozenset(
            {_S.PAYMENT_SEEN, _S.PAID, _S.ON_CASE, _S.CANCELLED, _S.EXPIRED}
        ),
        _S.PAYMENT_SEEN: frozenset({_S.AWAITING_PAYMENT, _S.PAID, _S.ON_CASE, _S.EXPIRED}),
        _S.PAID: frozenset(
            {_S.SENDING, _S.COMPLETED, _S.ON_CASE, _S.PAYMENT_SEEN, _S.AWAITING_PAYMENT}
        ),
        _S.SENDING: frozenset({_S.SENT, _S.ON_CASE}),
        _S.SENT: frozenset({_S.COMPLETED, _S.ON_CASE}),
        _S.COMPLETED: frozenset({_S.ON_CASE}),
        _S.RETURNING: frozenset({_S.RETURNED, _S.COMPLETED, _S.ON_CASE}),
        _S.RETURNED: frozenset({_S.ON_CASE}),
        _S.CANCELLED: frozenset({_S.ON_CASE, _S.PAYMENT_SEEN}),
        _S.EXPIRED: frozenset({_S.ON_CASE, _S.PAYMENT_SEEN, _S.PAID}),
        _S.REJECTED: frozenset({_S.ON_CASE, _S.PAYMENT_SEEN}),
    },
)
"""Orders to buy and sell: a case may hold one at any time; late money leads back out of an end.

A reorganisation leads back from paid, until the exchange is booked. What came beyond the exchange
is given back without undoing it: the order is completed again.
"""

MACHINES = {
    **dict.fromkeys(INCOMING, PAY_IN),
    **dict.fromkeys(OUTGOING, PAY_OUT),
    **dict.fromkeys(TRADES, TRADE),
}
"""The machine of each kind of order."""
