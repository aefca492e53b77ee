"""Decide the tables of the core; the migrations must lead to exactly these."""

import sqlalchemy as sa

from cambist.adapters.db.types import Units, one_of
from cambist.domain.custody.custody import Place
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.ledger.accounts import HoldState
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.payments.states import Direction, PaymentState
from cambist.domain.webhooks.callbacks import CallbackForm
from cambist.domain.webhooks.states import CallbackState
from cambist.kernel.events import EventName

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _column(name: str, kind: sa.types.TypeEngine[object], *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=null)


def _id(name: str = "id") -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), primary_key=True)


def _text(name: str, *, null: bool = False) -> sa.Column[object]:
    return _column(name, sa.Text(), null=null)


def _units(name: str, *, null: bool = False) -> sa.Column[object]:
    return _column(name, Units(), null=null)


def _uuid(name: str, *, null: bool = False) -> sa.Column[object]:
    return _column(name, sa.Uuid(), null=null)


def _int(name: str, *, null: bool = False) -> sa.Column[object]:
    return _column(name, sa.Integer(), null=null)


def _time(name: str, *, null: bool = False) -> sa.Column[object]:
    return _column(name, sa.DateTime(timezone=True), null=null)


ORDERS = sa.Table(
    "orders",
    METADATA,
    _id(),
    _text("kind"),
    _text("state"),
    _text("labels"),
    _uuid("partner_id"),
    _uuid("integration_id"),
    _text("asset", null=True),
    _units("amount", null=True),
    _text("fiat"),
    _units("rate", null=True),
    _int("fee_ppm"),
    _text("address", null=True),
    _text("source_address", null=True),
    _uuid("parent_id", null=True),
    _units("received"),
    _units("confirmed"),
    _units("fee"),
    _units("refunded"),
    _units("returned"),
    _int("required_confirmations"),
    _text("external_id", null=True),
    _text("customer", null=True),
    _time("expires_at", null=True),
    _time("created_at"),
    _time("updated_at"),
    _int("seq"),
    one_of("kind", OrderKind),
    one_of("state", OrderState),
    sa.CheckConstraint("refunded >= 0 and returned >= 0", name="refund_sign"),
    sa.Index("ix_orders_partner", "partner_id", "id"),
    sa.Index(
        "ix_orders_expiring",
        "expires_at",
        postgresql_where=sa.text("state in ('created', 'awaiting_payment', 'payment_seen')"),
    ),
    sa.Index("ix_orders_parent", "parent_id", postgresql_where=sa.text("parent_id is not null")),
)

PAYMENTS = sa.Table(
    "payments",
    METADATA,
    _id(),
    _column("number", sa.BigInteger()),
    _uuid("partner_id"),
    _uuid("order_id", null=True),
    _text("direction"),
    _text("state"),
    _text("chain"),
    _text("asset"),
    _text("txid", null=True),
    _int("index"),
    _text("address"),
    _text("sender", null=True),
    _units("units"),
    _units("fee"),
    _units("fiat_units"),
    _column("matched", sa.Boolean()),
    _units("loss"),
    _int("credits"),
    _int("height", null=True),
    _text("block_hash", null=True),
    _time("created_at"),
    _time("updated_at"),
    one_of("direction", Direction),
    one_of("state", PaymentState),
    sa.UniqueConstraint("partner_id", "number"),
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
    _id(),
    _uuid("order_id", null=True),
    _uuid("partner_id", null=True),
    _text("state"),
    _text("chain"),
    _text("asset"),
    _text("destination"),
    _text("source", null=True),
    _units("units"),
    _units("fee"),
    _units("network_fee"),
    _column("nonce", sa.BigInteger(), null=True),
    _units("change_units"),
    _column("raw", sa.LargeBinary(), null=True),
    _text("txid", null=True),
    _int("attempts"),
    _text("reason", null=True),
    _time("created_at"),
    _time("updated_at"),
    one_of("state", WithdrawalState),
    sa.Index("ix_withdrawals_txid", "txid"),
    sa.Index(
        "ix_withdrawals_open",
        "chain",
        "id",
        postgresql_where=sa.text("state not in ('settled', 'rejected', 'stuck')"),
    ),
)

ADDRESSES = sa.Table(
    "addresses",
    METADATA,
    sa.Column("key", sa.Text(), primary_key=True),
    _text("chain"),
    _text("address"),
    _text("place"),
    _column("number", sa.BigInteger()),
    _uuid("partner_id", null=True),
    _uuid("integration_id", null=True),
    _uuid("order_id", null=True),
    _column("nonce", sa.BigInteger()),
    _time("issued_at"),
    one_of("place", Place),
    sa.UniqueConstraint("chain", "place", "number"),
)

COINS = sa.Table(
    "coins",
    METADATA,
    _id(),
    _text("chain"),
    _text("asset"),
    _text("address"),
    _text("place"),
    _column("number", sa.BigInteger()),
    _text("txid"),
    _int("vout"),
    _units("units"),
    _column("ready", sa.Boolean()),
    _uuid("spent_by", null=True),
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
    _int("height"),
    _text("hash"),
    _time("seen_at"),
)

BLOCKS = sa.Table(
    "blocks",
    METADATA,
    sa.Column("chain", sa.Text(), primary_key=True),
    sa.Column("height", sa.Integer(), primary_key=True),
    _text("hash"),
    _text("parent"),
)

WALLETS = sa.Table(
    "wallets",
    METADATA,
    sa.Column("chain", sa.Text(), primary_key=True),
    _column("spends", sa.BigInteger()),
)

COUNTERS = sa.Table(
    "counters", METADATA, _id("partner_id"), _column("payments", sa.BigInteger())
)

LEASES = sa.Table(
    "leases",
    METADATA,
    sa.Column("name", sa.Text(), primary_key=True),
    _text("holder"),
    _column("epoch", sa.BigInteger()),
    _time("expires_at"),
)

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    _id(),
    _text("owner"),
    _text("asset"),
    _column("bounded", sa.Boolean()),
    _units("posted"),
    _units("held"),
    _column("version", sa.BigInteger()),
    sa.UniqueConstraint("owner", "asset"),
    sa.CheckConstraint("held >= 0 and (not bounded or posted - held >= 0)", name="floor"),
)

HOLDS = sa.Table(
    "holds",
    METADATA,
    _id(),
    _uuid("account_id"),
    _uuid("order_id"),
    _units("units"),
    _text("state"),
    one_of("state", HoldState),
    sa.CheckConstraint("units > 0", name="positive"),
    sa.Index("ix_holds_order", "order_id"),
)

JOURNALS = sa.Table(
    "journals",
    METADATA,
    _id(),
    _text("recipe"),
    _text("reference"),
    _uuid("order_id", null=True),
    _time("posted_at"),
    sa.UniqueConstraint("reference"),
)

ENTRIES = sa.Table(
    "entries",
    METADATA,
    sa.Column("journal_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    _uuid("account_id"),
    _text("asset"),
    _units("units"),
    _column("version", sa.BigInteger(), null=True),
    _units("balance_after", null=True),
    sa.Index("ix_entries_account", "account_id", "version"),
)

UNFOLDED = sa.Table(
    "unfolded_entries",
    METADATA,
    sa.Column("journal_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    _uuid("account_id"),
    _units("units"),
)

UNSEALED = sa.Table("unsealed_journals", METADATA, _id("journal_id"))

SEALS = sa.Table(
    "journal_seals",
    METADATA,
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    _uuid("journal_id"),
    _text("hash"),
    sa.UniqueConstraint("journal_id"),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
    _uuid("aggregate_id"),
    _int("seq"),
    _text("name"),
    _text("facts"),
    _time("happened_at"),
    _time("delivered_at", null=True),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    _time("parked_at", null=True),
    _text("error", null=True),
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
    _column("fingerprint", sa.LargeBinary()),
    _column("result", sa.LargeBinary()),
    _time("created_at"),
)

PARTNERS = sa.Table(
    "partners",
    METADATA,
    _id(),
    _text("kind"),
    _text("name"),
    _text("status"),
)

INTEGRATIONS = sa.Table(
    "integrations",
    METADATA,
    _id(),
    _uuid("partner_id"),
    _text("name"),
    _text("url"),
    _text("status"),
    _text("callback_url", null=True),
    _text("callback_secret_sealed", null=True),
    _text("callback_statuses"),
    _column("standard_webhooks", sa.Boolean()),
    _text("embed_origins"),
    _text("fiat"),
    _int("fee_ppm"),
    _int("payout_fee_ppm"),
    _int("order_lifetime_s"),
    _int("under_tolerance_ppm"),
    _text("under_policy"),
    _text("over_policy"),
    _text("late_policy"),
    _column("min_fiat_units", sa.BigInteger(), null=True),
    _column("max_fiat_units", sa.BigInteger(), null=True),
    _int("max_open_orders"),
    sa.Index("ix_integrations_partner", "partner_id", "id"),
)

API_KEYS = sa.Table(
    "api_keys",
    METADATA,
    _id(),
    _uuid("partner_id"),
    _text("prefix"),
    _column("key_hash", sa.LargeBinary()),
    _text("sealed"),
    _text("mode"),
    _time("created_at"),
    _time("revoked_at", null=True),
    _column("rounding_until", sa.Date(), null=True),
    sa.UniqueConstraint("key_hash"),
    sa.Index("ix_api_keys_partner", "partner_id"),
)

API_KEY_USES = sa.Table(
    "api_key_uses",
    METADATA,
    sa.Column("api_key_id", sa.Uuid(), primary_key=True),
    _time("last_used_at"),
    _column("rounded", sa.BigInteger()),
)

CALLBACKS = sa.Table(
    "callbacks",
    METADATA,
    _id(),
    _uuid("partner_id"),
    _uuid("integration_id"),
    _uuid("order_id"),
    _int("event_seq"),
    _text("form"),
    _text("url"),
    _text("body"),
    _text("state"),
    _int("attempts"),
    _time("next_attempt_at", null=True),
    _time("created_at"),
    _time("updated_at"),
    one_of("state", CallbackState),
    one_of("form", CallbackForm),
    sa.UniqueConstraint("order_id", "event_seq", "form"),
    sa.Index("ix_callbacks_due", "next_attempt_at", postgresql_where=sa.text("state = 'pending'")),
)

CALLBACK_ATTEMPTS = sa.Table(
    "callback_attempts",
    METADATA,
    sa.Column("callback_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    _time("at"),
    _int("status", null=True),
    _text("error", null=True),
    _int("duration_ms"),
)

PRICES = sa.Table(
    "price_current",
    METADATA,
    sa.Column("pair", sa.Text(), primary_key=True),
    _units("mantissa"),
    _time("taken_at"),
    _text("sources"),
)

SAMPLES = sa.Table(
    "price_sample",
    METADATA,
    _text("pair"),
    _text("source"),
    _column("seq", sa.BigInteger()),
    _units("mantissa"),
    _time("taken_at"),
    _time("received_at"),
    sa.Index("ix_price_sample_received", "received_at"),
)

ADVANCES = sa.Table(
    "sandbox_clock",
    METADATA,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    _column("seconds", sa.BigInteger()),
)
