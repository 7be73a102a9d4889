"""Watches, their alerts on the way, and what each has told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "watches",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("ended_at", UTC),
        sa.Column("reason", sa.String(length=32)),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
        comment="saved searches that alert: whose, and in which channel",
    )
    op.create_index(op.f("ix_watches_scope"), "watches", ["scope"])
    op.create_index(op.f("ix_watches_owner"), "watches", ["owner"])
    _alerts()
    op.create_table(
        "alerted",
        sa.Column("watch_id", NUMBER, nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_alerted_watch_id")),
        sa.ForeignKeyConstraint(["article"], ["articles.number"], name=op.f("fk_alerted_article")),
        sa.PrimaryKeyConstraint("watch_id", "article", name=op.f("pk_alerted")),
        comment="memory by article: what a watch has told, so that merges and splits cannot cause a repeat",
    )
    op.create_index(op.f("ix_alerted_article"), "alerted", ["article"])


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("watch_id", NUMBER, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", UTC),
        sa.Column("first_at", UTC),
        sa.Column("next_at", UTC),
        sa.Column("sent_at", UTC),
        sa.Column("message_id", sa.String(length=64)),
        sa.Column("trouble", sa.Text()),
        sa.Column("unclear", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_alerts_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        comment="the outbox of watches: waiting, sending, sent or failed",
    )
    op.create_index(op.f("ix_alerts_watch_id"), "alerts", ["watch_id"])
    op.create_index(op.f("ix_alerts_state"), "alerts", ["state"])
