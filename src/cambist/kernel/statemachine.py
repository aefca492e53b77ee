"""Decide how states change: one declarative table per aggregate, one step."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from cambist.kernel.errors import DomainError, ErrorCode

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class StateMachine(Generic[S]):
    """List every allowed transition; checked when built, drawn by `tools/states.py`."""

    name: str
    initial: frozenset[S]
    transitions: Mapping[S, frozenset[S]]

    def __post_init__(self) -> None:
        known = set(self.transitions)
        mentioned = set(self.initial).union(*self.transitions.values())
        if mentioned - known:
            raise ValueError(f"{self.name}: states without a row: {sorted(mentioned - known)}")
        reached, frontier = set(self.initial), list(self.initial)
        while frontier:
            fresh = self.transitions[frontier.pop()] - reached
            reached |= fresh
            frontier.extend(fresh)
        if known - reached:
            raise ValueError(f"{self.name}: unreachable states: {sorted(known - reached)}")

    @property
    def terminal(self) -> frozenset[S]:
        """List the states nothing leads out of."""
        return frozenset(state for state, after in self.transitions.items() if not after)

    def step(self, state: S, target: S) -> S:
        """Return the target when the table allows it.

        Raises:
            DomainError: INVALID_STATE when the transition is not listed.
        """
        if target not in self.transitions[state]:
            raise DomainError(ErrorCode.INVALID_STATE, machine=self.name, state=state.value)
        return target
