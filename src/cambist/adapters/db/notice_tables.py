"""Decide the tables of messages to people, of one-time codes and of what they may cost."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, column, id_, integer, moment, text, uuid
from cambist.adapters.db.types import one_of
from cambist.domain.messaging.codes import Purpose
from cambist.domain.messaging.states import MessageState
from cambist.domain.messaging.templates import Channel, Template

MESSAGES = sa.Table(
    "messages",
    METADATA,
    id_(),
    text("channel"),
    text("template"),
    text("language"),
    uuid("customer_id"),
    uuid("order_id", null=True),
    text("state"),
    text("sealed"),
    integer("attempts"),
    moment("due_at"),
    moment("expires_at", null=True),
    moment("created_at"),
    moment("updated_at"),
    text("error", null=True),
    sa.Column("lease_until", sa.DateTime(timezone=True), server_default=sa.text("null")),
    one_of("channel", Channel),
    one_of("template", Template),
    one_of("state", MessageState),
    sa.Index("ix_messages_due", "channel", "due_at", postgresql_where=sa.text("state = 'queued'")),
    sa.Index("ix_messages_dead", "id", postgresql_where=sa.text("state = 'dead'")),
    sa.Index("ix_messages_order", "order_id", postgresql_where=sa.text("order_id is not null")),
    sa.Index("ix_messages_customer", "customer_id"),
)

CODES = sa.Table(
    "codes",
    METADATA,
    id_(),
    uuid("order_id", null=True),
    text("purpose"),
    column("target_index", sa.LargeBinary()),
    column("salt", sa.LargeBinary()),
    column("code_hash", sa.LargeBinary()),
    integer("tries"),
    moment("expires_at"),
    moment("used_at", null=True),
    column("superseded", sa.Boolean()),
    moment("created_at"),
    one_of("purpose", Purpose),
    sa.CheckConstraint("tries between 0 and 5", name="tries_few"),
    sa.Index("ix_codes_order", "order_id", "purpose"),
    sa.Index("ix_codes_expires", "expires_at"),
)

BUDGETS = sa.Table(
    "budgets",
    METADATA,
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("window", sa.Text(), primary_key=True),
    integer("used"),
    moment("ends_at"),
    sa.Index("ix_budgets_ends", "ends_at"),
)
