"""What persons type beside the ledger and not in it; what is kept how long, and held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_words",
        sa.Column("n", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["n"], ["ledger.n"], name=op.f("fk_ledger_words_n")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_ledger_words")),
    )
    op.create_index(op.f("ix_ledger_words_case_id"), "ledger_words", ["case_id"])
    for name in ("held_by", "held_because"):
        op.add_column("cases", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("held_at", "forgotten_at"):
        op.add_column("cases", sa.Column(name, sa.DateTime(), nullable=True))


def downgrade() -> None:
    for name in ("forgotten_at", "held_at", "held_because", "held_by"):
        op.drop_column("cases", name)
    op.drop_index(op.f("ix_ledger_words_case_id"), table_name="ledger_words")
    op.drop_table("ledger_words")
