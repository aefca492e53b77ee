"""Decide how amounts are read from the wire: decimal strings only, by the kernel's one rule."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import (
    AMOUNT_MAX_LENGTH,
    AMOUNT_PATTERN,
    Asset,
    parse_rounded,
    parse_units,
)

MESSAGE = "A plain decimal string is expected, such as 1.5"

_AMOUNT = re.compile(AMOUNT_PATTERN, re.ASCII)


def _check_form(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise PydanticCustomError(ErrorCode.AMOUNT_INVALID.value, MESSAGE)
    return text


AmountText = Annotated[
    str,
    Field(
        strict=True,
        max_length=AMOUNT_MAX_LENGTH,
        json_schema_extra={"pattern": AMOUNT_PATTERN, "examples": ["1.5"]},
    ),
    AfterValidator(_check_form),
]
"""An amount in a request's model; it stays text until an `AmountCodec` reads it."""


def amount_pattern(scale: int) -> str:
    """Write the pattern of positive amounts with at most `scale` decimals, for OpenAPI."""
    return rf"^(?!0(\.0*)?$)(0|[1-9][0-9]{{0,20}})(\.[0-9]{{1,{scale}}})?$"


@dataclass(frozen=True, slots=True)
class AmountCodec:
    """Read amounts for one caller; `rounds` is the compatibility switch of its key.

    Each amount that lost decimals by it is told to `on_rounded`.
    """

    rounds: bool
    on_rounded: Callable[[], None]

    def units(self, text: str, asset: Asset, field: str = "amount") -> int:
        """Read a positive amount as units of an asset.

        Raises:
            DomainError: AMOUNT_INVALID, AMOUNT_TOO_PRECISE unless the caller rounds,
                AMOUNT_TOO_SMALL for nothing; all with the field.
        """
        try:
            units = self._read(text, asset.scale)
        except DomainError as refusal:
            raise DomainError(refusal.code, field=field, **refusal.facts) from refusal
        if units == 0:
            raise DomainError(ErrorCode.AMOUNT_TOO_SMALL, field=field)
        return units

    def _read(self, text: str, scale: int) -> int:
        if not self.rounds:
            return parse_units(text, scale)
        units = parse_rounded(text, scale)
        if len(text.partition(".")[2]) > scale:
            self.on_rounded()
        return units
