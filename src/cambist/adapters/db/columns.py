"""Decide how columns are written, and keep what all tables register with."""

from typing import Any

import sqlalchemy as sa

from cambist.adapters.db.types import Units

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def column(name: str, kind: sa.types.TypeEngine[Any], *, null: bool = False) -> sa.Column[Any]:
    """Make a column, not null unless said."""
    return sa.Column(name, kind, nullable=null)


def id_(name: str = "id") -> sa.Column[Any]:
    """Make a primary key of type uuid."""
    return sa.Column(name, sa.Uuid(), primary_key=True)


def text(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Make a text column."""
    return column(name, sa.Text(), null=null)


def units(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Make a column of whole units."""
    return column(name, Units(), null=null)


def uuid(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Make a uuid column."""
    return column(name, sa.Uuid(), null=null)


def integer(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Make a 32-bit column."""
    return column(name, sa.Integer(), null=null)


def moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Make a column for a moment with time zone."""
    return column(name, sa.DateTime(timezone=True), null=null)
