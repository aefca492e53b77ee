"""Decide how a message moves: queued until sent or dead; a dead one may be queued again by hand."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class MessageState(StrEnum):
    """Tell where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"


MESSAGE = StateMachine(
    name="message",
    initial=frozenset({MessageState.QUEUED}),
    transitions={
        MessageState.QUEUED: frozenset({MessageState.QUEUED, MessageState.SENT, MessageState.DEAD}),
        MessageState.SENT: frozenset(),
        MessageState.DEAD: frozenset({MessageState.QUEUED}),
    },
)
