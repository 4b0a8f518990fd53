"""Signed cases whose policies are others by now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flags",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("article_hash", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_flags_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_flags")),
    )


def downgrade() -> None:
    op.drop_table("flags")
