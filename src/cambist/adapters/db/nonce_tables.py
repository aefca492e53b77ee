"""Decide the table of used nonces."""

import sqlalchemy as sa

from cambist.adapters.db.columns import METADATA, moment

NONCES = sa.Table(
    "nonces",
    METADATA,
    sa.Column("api_key_id", sa.Uuid(), primary_key=True),
    sa.Column("nonce", sa.BigInteger(), primary_key=True, autoincrement=False),
    moment("used_at"),
)
