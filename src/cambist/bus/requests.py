"""Decide what waits between a use case and its batch: requests for aggregates and answers."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from cambist.ports.store import Kind, Question


@dataclass(slots=True)
class Load:
    """Ask for aggregates of one kind, by key (`field` None) or by a field's value."""

    kind: Kind
    field: str | None
    values: tuple[Any, ...]
    lock: bool

    def __await__(self) -> Generator["Load", Any, Any]:
        """Hand the request to the batch and receive `{key: item}` or a list of items."""
        return (yield self)


@dataclass(slots=True)
class Ask:
    """Ask a question; the batch answers all of one turn together."""

    question: Question
    argument: Any

    def __await__(self) -> Generator["Ask", Any, Any]:
        """Hand the question to the batch and receive the answer, or its DomainError raised."""
        return (yield self)


Request = Load | Ask
