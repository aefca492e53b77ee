"""Decide the tables of the ledger."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, column, id_, moment, text, units, uuid
from cambist.adapters.db.types import one_of
from cambist.domain.ledger.accounts import HoldState

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    id_(),
    text("owner"),
    text("asset"),
    column("bounded", sa.Boolean()),
    units("posted"),
    units("held"),
    column("version", sa.BigInteger()),
    sa.UniqueConstraint("owner", "asset"),
    sa.CheckConstraint("held >= 0 and (not bounded or posted - held >= 0)", name="floor"),
)

HOLDS = sa.Table(
    "holds",
    METADATA,
    id_(),
    uuid("account_id"),
    uuid("order_id"),
    units("units"),
    text("state"),
    one_of("state", HoldState),
    sa.CheckConstraint("units > 0", name="positive"),
    sa.Index("ix_holds_order", "order_id"),
)

JOURNALS = sa.Table(
    "journals",
    METADATA,
    id_(),
    text("recipe"),
    text("reference"),
    uuid("order_id", null=True),
    moment("posted_at"),
    sa.UniqueConstraint("reference"),
)

ENTRIES = sa.Table(
    "entries",
    METADATA,
    sa.Column("journal_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    uuid("account_id"),
    text("asset"),
    units("units"),
    column("version", sa.BigInteger(), null=True),
    units("balance_after", null=True),
    sa.Index("ix_entries_account", "account_id", "version"),
)

UNFOLDED = sa.Table(
    "unfolded_entries",
    METADATA,
    sa.Column("journal_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    uuid("account_id"),
    units("units"),
)

UNSEALED = sa.Table("unsealed_journals", METADATA, id_("journal_id"))

SEALS = sa.Table(
    "journal_seals",
    METADATA,
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    uuid("journal_id"),
    text("hash"),
    sa.UniqueConstraint("journal_id"),
)
