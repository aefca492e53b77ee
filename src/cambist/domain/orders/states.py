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


class OrderState(StrEnum):
    """Name where an order stands; every dialect's table is total over this list."""

    CREATED = "created"
    AWAITING_PAYMENT = "awaiting_payment"
    PAYMENT_SEEN = "payment_seen"
    SENDING = "sending"
    SENT = "sent"
    COMPLETED = "completed"
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
OUTGOING = frozenset(OrderKind) - INCOMING

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
