"""Decide how the core's values are stored: units in a domain that refuses NaN and fractions."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType


class Units(UserDefinedType[int]):
    """Store whole units of any size; the database's domain `units` checks them."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Name the domain."""
        return "units"


# A subclass comes before its base: BigInteger is an Integer.
_ARRAYS: tuple[tuple[type[Any], str], ...] = (
    (Units, "numeric[]"),
    (sa.Uuid, "uuid[]"),
    (sa.Boolean, "bool[]"),
    (sa.BigInteger, "int8[]"),
    (sa.Integer, "int4[]"),
    (sa.DateTime, "timestamptz[]"),
    (sa.LargeBinary, "bytea[]"),
    (sa.Date, "date[]"),
    (sa.Text, "text[]"),
)


def array_of(column: sa.Column[Any]) -> str:
    """Name the PostgreSQL array type that carries a column's values to a bulk statement."""
    for kind, name in _ARRAYS:
        if isinstance(column.type, kind):
            return name
    raise TypeError(f"no bulk type for {column}")


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> sa.CheckConstraint:
    """Restrict a text column to a closed list."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=f"{column}_known")
