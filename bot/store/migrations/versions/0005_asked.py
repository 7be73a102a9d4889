"""In which servers a question was asked, and on how many days: what may be offered to whom, without who asked."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what was asked before is offered to nobody until it is asked again."""
    op.create_table(
        "asked",
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["questions.id"], name=op.f("fk_asked_question")),
        sa.PrimaryKeyConstraint("scope", "question", name=op.f("pk_asked")),
        comment="in which servers a question was asked and on how many days, without who asked",
    )
    op.create_index(op.f("ix_asked_question"), "asked", ["question"])
