"""Decide the tables of partners."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, column, id_, integer, moment, text, uuid

PARTNERS = sa.Table(
    "partners",
    METADATA,
    id_(),
    text("kind"),
    text("name"),
    text("status"),
)

INTEGRATIONS = sa.Table(
    "integrations",
    METADATA,
    id_(),
    uuid("partner_id"),
    text("name"),
    text("url"),
    text("status"),
    text("callback_url", null=True),
    text("callback_secret_sealed", null=True),
    text("callback_statuses"),
    column("standard_webhooks", sa.Boolean()),
    text("embed_origins"),
    text("fiat"),
    integer("fee_ppm"),
    integer("payout_fee_ppm"),
    integer("order_lifetime_s"),
    integer("under_tolerance_ppm"),
    text("under_policy"),
    text("over_policy"),
    text("late_policy"),
    column("min_fiat_units", sa.BigInteger(), null=True),
    column("max_fiat_units", sa.BigInteger(), null=True),
    integer("max_open_orders"),
    sa.Index("ix_integrations_partner", "partner_id", "id"),
)

API_KEYS = sa.Table(
    "api_keys",
    METADATA,
    id_(),
    uuid("partner_id"),
    text("prefix"),
    column("key_hash", sa.LargeBinary()),
    text("sealed"),
    text("mode"),
    moment("created_at"),
    moment("revoked_at", null=True),
    column("rounding_until", sa.Date(), null=True),
    sa.UniqueConstraint("key_hash"),
    sa.Index("ix_api_keys_partner", "partner_id"),
)

API_KEY_USES = sa.Table(
    "api_key_uses",
    METADATA,
    sa.Column("api_key_id", sa.Uuid(), primary_key=True),
    moment("last_used_at"),
    column("rounded", sa.BigInteger()),
)
