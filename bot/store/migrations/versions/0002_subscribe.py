"""What Discord needs: editions asked for early, ended wishes, waits between tries, mutes and questions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the two tables."""
    op.add_column("subscriptions", sa.Column("wanted_at", UTC, nullable=True))
    op.add_column("subscriptions", sa.Column("ended_at", UTC, nullable=True))
    op.add_column("deliveries", sa.Column("next_at", UTC, nullable=True))
    op.add_column("deliveries", sa.Column("first_at", UTC, nullable=True))
    op.add_column("deliveries", sa.Column("unclear", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "mutes",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("feed_id", NUMBER, nullable=False),
        sa.Column("muted_at", UTC, nullable=False),
        sa.Column("muted_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_mutes_feed_id")),
        sa.PrimaryKeyConstraint("scope", "feed_id", name=op.f("pk_mutes")),
        comment="feeds of the catalogue that one server does not want to see",
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        comment="what was searched for, without who: a button has no room for it",
    )
    op.create_index(op.f("ix_questions_asked_at"), "questions", ["asked_at"])
