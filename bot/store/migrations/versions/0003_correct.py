"""What both languages in one story need: corrections that can be undone, echoes, credits and moderators' names."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("stories", sa.Column("echo", sa.Float(), nullable=False, server_default=sa.text("1")))
    op.add_column("articles", sa.Column("via", sa.Text(), nullable=True))
    op.add_column("corrections", sa.Column("before", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "names",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("added_at", UTC, nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("removed_at", UTC, nullable=True),
        sa.Column("removed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_names")),
        comment="names that a server's moderators added to the lexicon",
    )
    op.create_index(op.f("ix_names_scope"), "names", ["scope"])
