"""Create the core: partners, orders, payments, custody, the ledger, messages."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = Path(__file__).with_name("0001_core.sql")


def upgrade() -> None:
    """Create everything of the first release."""
    for statement in STATEMENTS.read_text(encoding="utf-8").split(";\n\n"):
        op.execute(statement.replace(":", r"\:"))


def downgrade() -> None:
    """Refuse: money is never unbooked by a migration."""
    raise RuntimeError("the first migration cannot be taken back")
