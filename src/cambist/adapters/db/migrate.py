"""Decide how the schema is brought up to date: one at a time, transactional, safe to repeat."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

LOCK_TIMEOUT = "30s"
ADVISORY_LOCK = 0x63616D62
"""Spells 'camb': only one process migrates at a time."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "m%%(rev)s_%%(slug)s")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def _sqlalchemy_url(url: str) -> str:
    _, _, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}"


def _upgrade(connection: Connection) -> None:
    connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
    command.upgrade(_config(connection), "head")


async def upgrade_async(url: str) -> None:
    """Migrate the database at an asyncpg URL to the newest schema, all or nothing."""
    engine = create_async_engine(_sqlalchemy_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def upgrade(url: str) -> None:
    """Migrate from outside an event loop."""
    asyncio.run(upgrade_async(url))


async def pending(url: str) -> str | None:
    """Name the revision the database lacks, None when it is up to date."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    engine = create_async_engine(_sqlalchemy_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_revision()
            )
    finally:
        await engine.dispose()
    return None if current == head else head
