"""Decide the states of a case."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class CaseState(StrEnum):
    """Name where a case stands: with the customer, with the reviewer, or decided."""

    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CLOSED = "closed"


_S = CaseState

CASE = StateMachine(
    name="case",
    initial=frozenset({_S.OPEN, _S.SUBMITTED}),
    transitions={
        _S.OPEN: frozenset({_S.SUBMITTED, _S.ACCEPTED, _S.REJECTED, _S.CLOSED}),
        _S.SUBMITTED: frozenset({_S.OPEN, _S.ACCEPTED, _S.REJECTED, _S.CLOSED}),
        _S.ACCEPTED: frozenset(),
        _S.REJECTED: frozenset(),
        _S.CLOSED: frozenset(),
    },
)
"""An answer that does not satisfy goes back to the customer, open again with the reasons."""
