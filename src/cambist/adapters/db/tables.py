"""Decide the tables of orders, payments, custody and prices."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, column, id_, integer, moment, text, units, uuid
from cambist.adapters.db.types import one_of
from cambist.domain.custody.custody import Place
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.payments.states import Direction, PaymentState

ORDERS = sa.Table(
    "orders",
    METADATA,
    id_(),
    text("kind"),
    text("state"),
    text("labels"),
    uuid("partner_id"),
    uuid("integration_id"),
    text("asset", null=True),
    units("amount", null=True),
    text("fiat"),
    units("rate", null=True),
    integer("fee_ppm"),
    text("address", null=True),
    text("source_address", null=True),
    uuid("parent_id", null=True),
    units("received"),
    units("confirmed"),
    units("fee"),
    units("refunded"),
    units("returned"),
    integer("required_confirmations"),
    text("external_id", null=True),
    text("customer", null=True),
    moment("expires_at", null=True),
    moment("created_at"),
    moment("updated_at"),
    integer("seq"),
    uuid("customer_id", null=True),
    one_of("kind", OrderKind),
    one_of("state", OrderState),
    sa.CheckConstraint("refunded >= 0 and returned >= 0", name="refund_sign"),
    sa.Index("ix_orders_partner", "partner_id", "id"),
    sa.Index(
        "ix_orders_expiring",
        "expires_at",
        postgresql_where=sa.text("state in ('created', 'awaiting_payment', 'payment_seen')"),
    ),
    sa.Index(
        "ix_orders_traded",
        "partner_id",
        "state",
        "id",
        postgresql_where=sa.text("customer_id is not null"),
    ),
    sa.Index("ix_orders_on_case", "expires_at", postgresql_where=sa.text("state = 'on_case'")),
    sa.Index(
        "ix_orders_open",
        "integration_id",
        postgresql_where=sa.text("state in ('created', 'awaiting_payment', 'payment_seen')"),
    ),
    sa.Index("ix_orders_parent", "parent_id", postgresql_where=sa.text("parent_id is not null")),
)

PAYMENTS = sa.Table(
    "payments",
    METADATA,
    id_(),
    column("number", sa.BigInteger()),
    uuid("partner_id"),
    uuid("order_id", null=True),
    text("direction"),
    text("state"),
    text("chain"),
    text("asset"),
    text("txid", null=True),
    integer("index"),
    text("address"),
    text("sender", null=True),
    units("units"),
    units("fee"),
    units("fiat_units"),
    column("matched", sa.Boolean()),
    units("loss"),
    integer("credits"),
    integer("height", null=True),
    text("block_hash", null=True),
    moment("created_at"),
    moment("updated_at"),
    uuid("customer_id", null=True),
    one_of("direction", Direction),
    one_of("state", PaymentState),
    sa.UniqueConstraint("partner_id", "number"),
    sa.Index("ix_payments_lost", "order_id", postgresql_where=sa.text("loss > 0")),
    sa.Index("ix_payments_order", "order_id"),
    sa.Index("ix_payments_txid", "txid"),
    sa.Index("ix_payments_block", "block_hash"),
    sa.Index(
        "ix_payments_pending",
        "chain",
        "height",
        postgresql_where=sa.text("state = 'pending' and direction = 'in'"),
    ),
)

WITHDRAWALS = sa.Table(
    "withdrawals",
    METADATA,
    id_(),
    uuid("order_id", null=True),
    uuid("partner_id", null=True),
    text("state"),
    text("chain"),
    text("asset"),
    text("destination"),
    text("source", null=True),
    units("units"),
    units("fee"),
    units("network_fee"),
    column("nonce", sa.BigInteger(), null=True),
    units("change_units"),
    column("raw", sa.LargeBinary(), null=True),
    text("txid", null=True),
    integer("attempts"),
    text("reason", null=True),
    moment("created_at"),
    moment("updated_at"),
    uuid("customer_id", null=True),
    one_of("state", WithdrawalState),
    sa.Index("ix_withdrawals_txid", "txid"),
    sa.Index(
        "ix_withdrawals_open",
        "chain",
        "id",
        postgresql_where=sa.text("state not in ('settled', 'rejected', 'stuck')"),
    ),
    sa.Index("ix_withdrawals_stuck", "chain", "id", postgresql_where=sa.text("state = 'stuck'")),
)

ADDRESSES = sa.Table(
    "addresses",
    METADATA,
    sa.Column("key", sa.Text(), primary_key=True),
    text("chain"),
    text("address"),
    text("place"),
    column("number", sa.BigInteger()),
    uuid("partner_id", null=True),
    uuid("integration_id", null=True),
    uuid("order_id", null=True),
    column("nonce", sa.BigInteger()),
    moment("issued_at"),
    one_of("place", Place),
    sa.UniqueConstraint("chain", "place", "number"),
)

COINS = sa.Table(
    "coins",
    METADATA,
    id_(),
    text("chain"),
    text("asset"),
    text("address"),
    text("place"),
    column("number", sa.BigInteger()),
    text("txid"),
    integer("vout"),
    units("units"),
    column("ready", sa.Boolean()),
    uuid("spent_by", null=True),
    sa.Index(
        "ix_coins_pool",
        sa.text("(chain || ':' || asset)"),
        postgresql_where=sa.text("spent_by is null"),
    ),
    sa.Index(
        "ix_coins_holder",
        sa.text("(chain || ':' || address)"),
        postgresql_where=sa.text("spent_by is null"),
    ),
    sa.Index("ix_coins_spent", "spent_by", postgresql_where=sa.text("spent_by is not null")),
)

CURSORS = sa.Table(
    "cursors",
    METADATA,
    sa.Column("chain", sa.Text(), primary_key=True),
    integer("height"),
    text("hash"),
    moment("seen_at"),
)

BLOCKS = sa.Table(
    "blocks",
    METADATA,
    sa.Column("chain", sa.Text(), primary_key=True),
    sa.Column("height", sa.Integer(), primary_key=True),
    text("hash"),
    text("parent"),
)

WALLETS = sa.Table(
    "wallets",
    METADATA,
    sa.Column("chain", sa.Text(), primary_key=True),
    column("spends", sa.BigInteger()),
)

COUNTERS = sa.Table("counters", METADATA, id_("partner_id"), column("payments", sa.BigInteger()))

LEASES = sa.Table(
    "leases",
    METADATA,
    sa.Column("name", sa.Text(), primary_key=True),
    text("holder"),
    column("epoch", sa.BigInteger()),
    moment("expires_at"),
)

PRICES = sa.Table(
    "price_current",
    METADATA,
    sa.Column("pair", sa.Text(), primary_key=True),
    units("mantissa"),
    moment("taken_at"),
    text("sources"),
    text("samples"),
)

SAMPLES = sa.Table(
    "price_sample",
    METADATA,
    text("pair"),
    text("source"),
    column("seq", sa.BigInteger()),
    units("mantissa"),
    moment("taken_at"),
    moment("received_at"),
    sa.UniqueConstraint("source", "pair", "seq"),
    sa.Index("ix_price_sample_received", "received_at"),
)

ADVANCES = sa.Table(
    "sandbox_clock",
    METADATA,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    column("seconds", sa.BigInteger()),
)
