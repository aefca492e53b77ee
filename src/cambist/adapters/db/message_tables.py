"""Decide the tables of events, answers, callbacks and signs of life."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, column, id_, integer, moment, text, uuid
from cambist.adapters.db.types import one_of
from cambist.domain.webhooks.callbacks import CallbackForm
from cambist.domain.webhooks.states import CallbackState
from cambist.kernel.events import EventName

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
    uuid("aggregate_id"),
    integer("seq"),
    text("name"),
    text("facts"),
    moment("happened_at"),
    moment("delivered_at", null=True),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    moment("parked_at", null=True),
    text("error", null=True),
    one_of("name", EventName),
    sa.UniqueConstraint("aggregate_id", "seq"),
    sa.Index("ix_outbox_due", "id", postgresql_where=sa.text("delivered_at is null")),
)

INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("consumer", sa.Text(), primary_key=True),
    sa.Column("event_id", sa.BigInteger(), primary_key=True),
)

IDEMPOTENCY = sa.Table(
    "idempotency",
    METADATA,
    sa.Column("tenant", sa.Text(), primary_key=True),
    sa.Column("operation", sa.Text(), primary_key=True),
    sa.Column("key", sa.Text(), primary_key=True),
    column("fingerprint", sa.LargeBinary()),
    column("result", sa.LargeBinary()),
    moment("created_at"),
)

CALLBACKS = sa.Table(
    "callbacks",
    METADATA,
    id_(),
    uuid("partner_id"),
    uuid("integration_id"),
    uuid("order_id"),
    integer("event_seq"),
    text("form"),
    text("url"),
    text("body"),
    text("state"),
    integer("attempts"),
    moment("next_attempt_at", null=True),
    moment("created_at"),
    moment("updated_at"),
    one_of("state", CallbackState),
    one_of("form", CallbackForm),
    sa.UniqueConstraint("order_id", "event_seq", "form"),
    sa.Index(
        "ix_callbacks_due",
        "integration_id",
        "next_attempt_at",
        postgresql_where=sa.text("state = 'pending'"),
    ),
    sa.Index("ix_callbacks_dead", "id", postgresql_where=sa.text("state = 'dead'")),
)

CALLBACK_ATTEMPTS = sa.Table(
    "callback_attempts",
    METADATA,
    sa.Column("callback_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    moment("at"),
    integer("status", null=True),
    text("error", null=True),
    integer("duration_ms"),
)

HEARTBEATS = sa.Table(
    "heartbeats",
    METADATA,
    sa.Column("name", sa.Text(), primary_key=True),
    moment("beat_at"),
    text("detail"),
)
