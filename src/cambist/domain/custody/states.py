"""Decide the states of a withdrawal, the chain's side of every outgoing order and sweep."""

from enum import StrEnum

from cambist.kernel.statemachine import StateMachine


class WithdrawalState(StrEnum):
    """Name how far a withdrawal has come; what is signed is never given up by itself."""

    ACCEPTED = "accepted"
    ALLOTTED = "allotted"
    SIGNED = "signed"
    BROADCAST = "broadcast"
    SETTLED = "settled"
    REJECTED = "rejected"
    STUCK = "stuck"


_S = WithdrawalState

WITHDRAWAL = StateMachine(
    name="withdrawal",
    initial=frozenset({_S.ACCEPTED}),
    transitions={
        _S.ACCEPTED: frozenset({_S.ALLOTTED, _S.REJECTED, _S.STUCK}),
        _S.ALLOTTED: frozenset({_S.SIGNED, _S.STUCK}),
        _S.SIGNED: frozenset({_S.BROADCAST, _S.STUCK}),
        _S.BROADCAST: frozenset({_S.SETTLED, _S.STUCK}),
        _S.SETTLED: frozenset(),
        _S.REJECTED: frozenset(),
        _S.STUCK: frozenset({_S.ACCEPTED, _S.SIGNED, _S.BROADCAST}),
    },
)
"""STUCK waits for a person: signer or chain refused for good; its coins stay reserved."""
