"""Decide where a check of a customer stands."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class CheckState(StrEnum):
    """Name what is known about one thing a customer told us."""

    NONE = "none"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


_S = CheckState

CHECK = StateMachine(
    name="check",
    initial=frozenset({_S.NONE}),
    transitions={
        _S.NONE: frozenset({_S.SUBMITTED}),
        _S.SUBMITTED: frozenset({_S.ACCEPTED, _S.REJECTED}),
        _S.ACCEPTED: frozenset({_S.SUBMITTED}),
        _S.REJECTED: frozenset({_S.SUBMITTED}),
    },
)
"""What was accepted may be told anew; nothing is accepted unseen."""
