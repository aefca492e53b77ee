"""Decide how a callback moves: pending until delivered or dead, both may be sent again."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class CallbackState(StrEnum):
    """Tell where a callback stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


CALLBACK = StateMachine(
    name="callback",
    initial=frozenset({CallbackState.PENDING}),
    transitions={
        CallbackState.PENDING: frozenset({CallbackState.DELIVERED, CallbackState.DEAD}),
        CallbackState.DELIVERED: frozenset({CallbackState.PENDING}),
        CallbackState.DEAD: frozenset({CallbackState.PENDING}),
    },
)
