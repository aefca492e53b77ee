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


def array_of(column: sa.Column[Any]) -> str:
    """Name the PostgreSQL array type that carries a column's values to a bulk statement."""
    match column.type:
        case Units():
            return "numeric[]"
        case sa.Uuid():
            return "uuid[]"
        case sa.Boolean():
            return "bool[]"
        case sa.BigInteger():
            return "int8[]"
        case sa.Integer():
            return "int4[]"
        case sa.DateTime():
            return "timestamptz[]"
        case sa.LargeBinary():
            return "bytea[]"
        case sa.Date():
            return "date[]"
        case sa.Text():
            return "text[]"
        case _:
            raise TypeError(f"no bulk type for {column}")


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> sa.CheckConstraint:
    """Restrict a text column to a closed list."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=f"{column}_known")
