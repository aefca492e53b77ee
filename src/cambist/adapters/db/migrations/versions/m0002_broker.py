"""Add the broker: quotes, trades, cases, customers, the bank's side, messages."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = Path(__file__).with_name("0002_broker.sql")


def upgrade() -> None:
    """Create what buying and selling needs; orders and payments of before belong to no customer."""
    for statement in STATEMENTS.read_text(encoding="utf-8").split(";\n\n"):
        op.execute(statement.replace(":", r"\:"))


def downgrade() -> None:
    """Refuse: money is never unbooked by a migration."""
    raise RuntimeError("the second migration cannot be taken back")
