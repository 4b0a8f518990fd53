"""What persons say of a case: misread passages, decisions, remarks, changed sentences."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STRUCK = ("struck_by", "struck_because")


def _said(*texts: str) -> list[sa.Column[Any]]:
    """The columns of something that a person says of a case, and may strike out again."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("because", "by", "role")),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("struck_at", sa.DateTime(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _STRUCK),
    ]


def upgrade() -> None:
    for table, columns in (
        ("misread", [*_said("concept"), sa.Column("sources", sa.JSON(), nullable=False)]),
        ("decisions", _said("item", "words", "policy", "computed", "outcome")),
    ):
        op.create_table(
            table,
            *columns,
            sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"], unique=False)
    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        *(sa.Column(n, sa.Text(), nullable=False) for n in ("sentence", "says", "by", "role")),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_remarks_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_version_id"), "remarks", ["version_id"], unique=False)
    with op.batch_alter_table("versions") as batch:
        batch.add_column(sa.Column("amends", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("versions") as batch:
        batch.alter_column("amends", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("versions") as batch:
        batch.drop_column("amends")
    for table in ("remarks", "decisions", "misread"):
        op.drop_table(table)
