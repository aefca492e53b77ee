"""Decide the tables of the bank's side: statement lines, payouts, files handed to the bank."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, column, id_, integer, moment, text, units, uuid
from cambist.adapters.db.types import one_of
from cambist.domain.payments.bank import BankPayoutState, LineState

BANK_LINES = sa.Table(
    "bank_lines",
    METADATA,
    id_(),
    text("account"),
    text("method"),
    column("credit", sa.Boolean()),
    text("currency"),
    units("units"),
    column("booked_on", sa.Date()),
    text("reference"),
    text("state"),
    uuid("order_id", null=True),
    text("note"),
    text("sealed"),
    moment("imported_at"),
    text("resolved_by", null=True),
    one_of("state", LineState),
    sa.CheckConstraint("units > 0", name="positive"),
    sa.Index("ix_bank_lines_order", "order_id"),
    sa.Index(
        "ix_bank_lines_waiting",
        "imported_at",
        "id",
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index(
        "ix_bank_lines_left",
        "imported_at",
        "id",
        postgresql_where=sa.text("state = 'left'"),
    ),
)

BANK_PAYOUTS = sa.Table(
    "bank_payouts",
    METADATA,
    id_(),
    uuid("order_id", null=True),
    uuid("line_id", null=True),
    uuid("partner_id", null=True),
    uuid("customer_id", null=True),
    integer("number"),
    text("method"),
    text("currency"),
    units("units"),
    column("returning", sa.Boolean()),
    text("state"),
    uuid("batch_id", null=True),
    text("reason"),
    text("sealed"),
    moment("created_at"),
    moment("updated_at"),
    one_of("state", BankPayoutState),
    sa.CheckConstraint("units > 0", name="positive"),
    sa.CheckConstraint(
        "num_nulls(order_id, partner_id, customer_id) = 3 * num_nonnulls(line_id)", name="owned"
    ),
    sa.UniqueConstraint("order_id", "number"),
    sa.UniqueConstraint("line_id"),
    sa.Index(
        "ix_bank_payouts_queued",
        "method",
        "currency",
        "created_at",
        "id",
        postgresql_where=sa.text("state = 'queued'"),
    ),
    sa.Index("ix_bank_payouts_batch", "batch_id"),
    sa.Index(
        "ix_bank_payouts_exported", "batch_id", postgresql_where=sa.text("state = 'exported'")
    ),
)

PAYOUT_BATCHES = sa.Table(
    "payout_batches",
    METADATA,
    id_(),
    text("method"),
    text("currency"),
    integer("count"),
    units("units"),
    column("document", sa.LargeBinary()),
    moment("created_at"),
)
