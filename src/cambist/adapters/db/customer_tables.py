"""Decide the tables of customers: pseudonyms, sealed data, documents, links, turnover."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, id_, integer, moment, text, uuid
from cambist.adapters.db.types import one_of
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.identity.states import CheckState

CUSTOMERS = sa.Table(
    "customers",
    METADATA,
    id_(),
    uuid("partner_id"),
    text("external_id", null=True),
    text("key", null=True),
    text("contact"),
    text("language"),
    text("country", null=True),
    text("identity", null=True),
    text("identity_state"),
    text("declaration", null=True),
    text("declaration_state"),
    text("phone_index", null=True),
    integer("level"),
    text("hits"),
    text("cleared"),
    text("screened_with"),
    integer("orders"),
    text("consent_version", null=True),
    moment("consented_at", null=True),
    moment("retain_until"),
    moment("created_at"),
    moment("updated_at"),
    one_of("identity_state", CheckState),
    sa.CheckConstraint(
        f"declaration_state in ({', '.join(repr(s.value) for s in CheckState)})",
        name="declaration_known",
    ),
    sa.Index("ix_customers_partner", "partner_id", "id"),
    sa.Index(
        "ix_customers_screened",
        "screened_with",
        postgresql_where=sa.text("identity is not null"),
    ),
    sa.Index("ix_customers_flagged", "id", postgresql_where=sa.text("hits <> ''")),
)

DOCUMENTS = sa.Table(
    "documents",
    METADATA,
    id_(),
    uuid("customer_id"),
    uuid("order_id"),
    text("kind"),
    text("media_type"),
    integer("size"),
    text("sha256"),
    moment("created_at"),
    one_of("kind", DocumentKind),
    sa.Index("ix_documents_customer", "customer_id"),
    sa.Index("ix_documents_order", "order_id"),
)

LINKS = sa.Table(
    "page_links",
    METADATA,
    sa.Column("token_hash", sa.Text(), primary_key=True),
    uuid("order_id"),
    uuid("customer_id"),
    moment("expires_at"),
    moment("used_at", null=True),
    text("session_hash", null=True),
    moment("session_until", null=True),
    moment("created_at"),
    sa.Index("ix_page_links_created", "created_at"),
    sa.Index(
        "ix_page_links_session",
        "session_hash",
        unique=True,
        postgresql_where=sa.text("session_hash is not null"),
    ),
)

TURNOVERS = sa.Table(
    "turnovers",
    METADATA,
    sa.Column("subject", sa.Text(), primary_key=True),
    text("buckets"),
)
