"""Decide the states of a payment on a chain, of a statement's line, of fiat on its way out."""

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


class LineState(StrEnum):
    """Name what became of a line: booked, waiting for a person, or what a person decided.

    LEFT stays in suspense until somebody knows better; RETURNED goes back to where it came from;
    OWN is the house's.
    """

    MATCHED = "matched"
    WAITING = "waiting"
    LEFT = "left"
    RESOLVED = "resolved"
    RETURNED = "returned"
    OWN = "own"


SUSPENDED = frozenset({LineState.WAITING, LineState.LEFT})
"""Lines whose money is in suspense."""


LINE = StateMachine(
    name="bank_line",
    initial=frozenset({LineState.MATCHED, LineState.WAITING}),
    transitions={
        LineState.MATCHED: frozenset(),
        LineState.WAITING: frozenset(
            {LineState.LEFT, LineState.RESOLVED, LineState.RETURNED, LineState.OWN}
        ),
        LineState.LEFT: frozenset({LineState.RESOLVED, LineState.RETURNED, LineState.OWN}),
        LineState.RESOLVED: frozenset(),
        LineState.RETURNED: frozenset(),
        LineState.OWN: frozenset(),
    },
)
"""Nothing is ever taken off the work list but by deciding it; its money moves once."""


class BankPayoutState(StrEnum):
    """Name how far fiat on its way out has come."""

    QUEUED = "queued"
    EXPORTED = "exported"
    SETTLED = "settled"
    RETURNED = "returned"
    CANCELLED = "cancelled"


BANK_PAYOUT = StateMachine(
    name="bank_payout",
    initial=frozenset({BankPayoutState.QUEUED}),
    transitions={
        BankPayoutState.QUEUED: frozenset({BankPayoutState.EXPORTED, BankPayoutState.CANCELLED}),
        BankPayoutState.EXPORTED: frozenset({BankPayoutState.SETTLED, BankPayoutState.RETURNED}),
        BankPayoutState.SETTLED: frozenset({BankPayoutState.RETURNED}),
        BankPayoutState.RETURNED: frozenset(),
        BankPayoutState.CANCELLED: frozenset(),
    },
)
"""What was handed to the bank is settled by its statement, and may still come back."""
