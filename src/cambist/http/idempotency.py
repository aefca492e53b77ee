"""Decide which repeats of a request are the same request."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from litestar.params import HeaderParameter

from cambist.bus.bus import Gate
from cambist.http.patterns import whole

HEADER = "Idempotency-Key"
KEY_MAX = 255
PATTERN = "^[ -~]+$"

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        min_length=1,
        max_length=KEY_MAX,
        pattern=whole(PATTERN),
        description="The same key and body get the same answer; another body is a conflict",
        required=False,
        schema_extra={"pattern": PATTERN},
    ),
]
"""The header as a handler's parameter: 1 to 255 printable ASCII characters, or absent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold a command as a dialect mapped it.

    `reference` is the caller's own name for the request, unique within `scope`; it gates the
    command when there is no header.
    """

    command: object
    operation: str
    scope: str = ""
    reference: str | None = None


def gate_for(tenant: UUID, asked: Asked, header: str | None) -> Gate | None:
    """Choose what makes a repeat the same request: the header, else the reference, else none."""
    if header is not None:
        return Gate(str(tenant), asked.operation, header)
    if asked.reference is not None:
        return Gate(str(tenant), f"{asked.operation}:external:{asked.scope}", asked.reference)
    return None
