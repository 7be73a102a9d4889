"""Feeds that are looked at before they are added, and which acts were made at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table and the column."""
    op.add_column("acts", sa.Column("batch", NUMBER))
    op.create_table(
        "drafts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("language", sa.String(length=8)),
        sa.Column("home", sa.Text()),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sqlite_autoincrement=True,
        comment="feeds somebody may add: a button's hundred characters have no room for an address",
    )
    op.create_index(op.f("ix_drafts_made_at"), "drafts", ["made_at"])
