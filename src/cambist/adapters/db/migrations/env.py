"""Run migrations on the connection that `adapters.db.migrate` hands over."""

from alembic import context

from cambist.adapters.db import mappers, nonce_tables
from cambist.adapters.db.columns import METADATA

TABLES = (mappers.MAPPERS, nonce_tables.NONCES)
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
