"""Clocks that stop, and more than one extension."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    count = sa.Column("extensions", sa.Integer(), nullable=False, server_default="0")
    words = sa.Column("pended_because", sa.Text(), nullable=False, server_default="")
    op.add_column("cases", count)
    op.add_column("cases", sa.Column("pended_at", sa.DateTime(), nullable=True))
    op.add_column("cases", words)
    op.execute("UPDATE cases SET extensions = 1 WHERE extended_because <> ''")


def downgrade() -> None:
    for name in ("pended_because", "pended_at", "extensions"):
        op.drop_column("cases", name)
