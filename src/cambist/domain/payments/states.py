"""Decide the states of a payment."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class Direction(StrEnum):
    """Tell whether money came in or went out."""

    IN = "in"
    OUT = "out"


class PaymentState(StrEnum):
    """Name where a payment stands: seen or promised, real, or gone from the chain."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


PAYMENT = StateMachine(
    name="payment",
    initial=frozenset({PaymentState.PENDING}),
    transitions={
        PaymentState.PENDING: frozenset({PaymentState.CONFIRMED, PaymentState.DROPPED}),
        PaymentState.CONFIRMED: frozenset({PaymentState.PENDING}),
        PaymentState.DROPPED: frozenset({PaymentState.PENDING}),
    },
)
"""A reorg leads back from confirmed; a transaction thought lost may come back."""
